"""The second fence, attacked: raw SQL under iom_app, in somebody's context, in none, and in forged ones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from sqlmodel import SQLModel

from iom.adapters.database import Pool, transaction
from iom.adapters.embedded.postgres import as_role
from iom.adapters.fences.rules import unfenced
from iom.adapters.tables import Case
from iom.vocabulary import Role
from tests.builders import START
from tests.integration.api_house import ApiHouse

TABLES = sorted(SQLModel.metadata.tables)
OTHERS = (Role.COORDINATOR, Role.CHAIR, Role.PROBATION_PRACTITIONER, Role.LEAD_PROFESSIONAL)
"""The team of the case that is not the attacker's."""

ATTACKER = Role.TREATMENT_WORKER
REFUSED = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.NotNullViolation,
)
OF_A_CASE = [
    name for name in TABLES if "case_id" in SQLModel.metadata.tables[name].columns and name != "audit"
]


@dataclass(frozen=True)
class Theirs:
    """A restricted case of another agency."""

    case: Case
    surname: str
    pnc_id: str


@pytest.fixture
async def theirs(api: ApiHouse) -> Theirs:
    case = await api.a_case(team=OTHERS)
    await api.do("update cases set restricted_at = %s where id = %s", START, case.id)
    [person] = await api.rows("select surname, pnc_id from person where id = %s", case.person_id)
    return Theirs(case, person["surname"], person["pnc_id"])


@asynccontextmanager
async def under_app(database_url: str) -> AsyncIterator[AsyncConnection[DictRow]]:
    url = as_role(database_url, "iom_app")
    async with await AsyncConnection.connect(url, row_factory=dict_row) as conn:
        yield conn
        await conn.rollback()


async def enter(conn: AsyncConnection[DictRow], api: ApiHouse, role: Role) -> None:
    await conn.execute("select * from fence.enter_by_token(%s)", (api.tokens[role],))


async def told(conn: AsyncConnection[DictRow], statement: str) -> str:
    """Everything the statement gave away, errors and notices too; "" if it was refused or gave nothing."""
    heard: list[str] = []
    conn.add_notice_handler(lambda notice: heard.append(str(notice.message_primary)))
    try:
        async with conn.transaction(force_rollback=True):
            cursor = await conn.execute(statement)
            rows = await cursor.fetchall() if cursor.description else []
            changed = f"changed {cursor.rowcount}" if cursor.rowcount > 0 and not cursor.description else ""
            return " ".join([*heard, *(str(row) for row in rows), changed])
    except psycopg.Error as error:
        return " ".join([*heard, str(error)])


def test_every_table_has_a_fence() -> None:
    assert unfenced(TABLES) == []


async def test_every_table_is_walled_even_against_its_owner(pool: Pool) -> None:
    async with transaction(pool) as conn:
        found = await conn.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
            " and not (relrowsecurity and relforcerowsecurity) and relname <> 'alembic_version'"
        )
        assert await found.fetchall() == []
        found = await conn.execute(
            "select rolname from pg_roles where rolname like 'iom\\_%' and rolbypassrls"
        )
        assert await found.fetchall() == []


@pytest.mark.parametrize("table", TABLES)
async def test_without_a_context_no_table_gives_a_row(
    api: ApiHouse, theirs: Theirs, database_url: str, table: str
) -> None:
    async with under_app(database_url) as conn:
        try:
            cursor = await conn.execute(f"select count(*) as n from {table}")
        except psycopg.errors.InsufficientPrivilege:
            return
        assert await cursor.fetchall() == [{"n": 0}]


READS = (
    "select * from {table}",
    "select * from {table} where case_id = '{case}'",
    "select {table}.*, cases.ref from cases full join {table} on true",
    "select count(*) as n from {table} where case_id = '{case}' having count(*) > 0",
    "select to_jsonb(t) from {table} t where t.case_id::text = '{case}'",
    "table {table}",
)


@pytest.mark.parametrize("table", OF_A_CASE)
async def test_no_select_gives_anothers_restricted_rows(
    api: ApiHouse, theirs: Theirs, database_url: str, table: str
) -> None:
    async with under_app(database_url) as conn:
        await enter(conn, api, ATTACKER)
        for read in READS:
            said = await told(conn, read.format(table=table, case=theirs.case.id))
            said = said.replace(read, "")
            for secret in (str(theirs.case.id), theirs.case.ref, theirs.surname, theirs.pnc_id):
                assert secret not in said, read
            assert "'n'" not in said, read


@pytest.mark.parametrize("table", OF_A_CASE)
async def test_no_write_changes_anothers_restricted_rows(
    api: ApiHouse, theirs: Theirs, database_url: str, table: str
) -> None:
    before = await everything(api, theirs)
    async with under_app(database_url) as conn:
        await enter(conn, api, ATTACKER)
        columns = [column.name for column in SQLModel.metadata.tables[table].columns]
        tried = [f"delete from {table} where case_id = '{theirs.case.id}'", f"truncate {table} cascade"]
        tried += [
            f"update {table} set {column} = {column} where case_id = '{theirs.case.id}'" for column in columns
        ]
        tried.append(f"insert into {table} select * from {table} where case_id = '{theirs.case.id}'")
        for statement in tried:
            assert "changed" not in await told(conn, statement), statement
    assert await everything(api, theirs) == before


async def everything(api: ApiHouse, theirs: Theirs) -> list[str]:
    """All there is about the case, as its owner sees it."""
    found = [
        str(row)
        for table in OF_A_CASE
        for row in await api.rows(f"select * from {table} where case_id = %s", theirs.case.id)
    ]
    found += [str(row) for row in await api.rows("select * from cases where id = %s", theirs.case.id)]
    return found + [
        str(row) for row in await api.rows("select * from person where id = %s", theirs.case.person_id)
    ]


MINE = "(select id from account where email like 'treatment%')"
ATTACKS = (
    "select * from cases where id = '{case}'",
    "select * from person",
    "select * from cases where id = '{case}' for update",
    "update cases set last_seq = 0",
    "update cases set restricted_at = null",
    "update person set surname = surname",
    "select * from known",
    "select fence.enter('{account}')",
    "select fence.seal('{account}|chair|{account}||')",
    "select fence.visit(1)",
    "select value from fence.secret",
    "insert into fence.roles values ('treatment_worker', 'T2:full:all', 'change_team')",
    "update fence.roles set sights = 'T2:full:all'",
    "set role iom_worker",
    "set session authorization postgres",
    "select set_config('role', 'iom_worker', false)",
    "set row_security = off",
    "alter table cases no force row level security",
    "create policy mine on cases using (true)",
    "copy cases to '/tmp/cases'",
    "copy (select * from person) to program 'cat'",
    "create function public.peek() returns text language sql security definer as 'select 1::text'",
    "create table public.mine as select * from person",
    "do $$ begin raise notice '%', (select string_agg(surname, ',') from person); end $$",
    "select query_to_xml('select * from person', true, true, '')",
    "select pg_read_file('PG_VERSION')",
    "select lo_import('/etc/passwd')",
    "select * from pg_stats where tablename in ('person', 'cases', 'assessment')",
    "select * from pg_stat_activity where query like '%{ref}%' and pid <> pg_backend_pid()",
    "insert into team_member (case_id, role, account_id) values ('{case}', 'mentor', " + MINE + ")",
    "insert into cases (id, ref, person_id, basis, police_area, opened_at, last_seq, acknowledged_seq)"
    " values (gen_random_uuid(), 'X', '{person}', 'statutory', '', now(), 0, 0)",
    "insert into event (case_id, seq, kind, at, by_id) values ('{case}', 999, 'step_done', now(), "
    + MINE
    + ")",
    "insert into letter (id, key, kind, account_id, case_id, moment, written_at) values (gen_random_uuid(), 'x',"
    " 'overdue', " + MINE + ", '{case}', now(), now())",
    "insert into nomination values ('{case}', now(), " + MINE + ", 'x', '')",
)


@pytest.mark.parametrize("attack", ATTACKS)
async def test_an_attack_is_refused_or_finds_nothing(
    api: ApiHouse, theirs: Theirs, database_url: str, attack: str
) -> None:
    before = await everything(api, theirs)
    coordinator = api.scheme.id_of(Role.COORDINATOR)
    statement = attack.format(
        case=theirs.case.id, person=theirs.case.person_id, account=coordinator, ref=theirs.case.ref
    )
    async with under_app(database_url) as conn:
        await enter(conn, api, ATTACKER)
        said = (await told(conn, statement)).replace(statement, "")
        assert theirs.surname not in said
        assert theirs.pnc_id not in said
        assert "changed" not in said
        await enter(conn, api, ATTACKER)
        assert not await (
            await conn.execute("select * from person where id = %s", (theirs.case.person_id,))
        ).fetchall()
    assert await everything(api, theirs) == before


async def test_a_context_cannot_be_made_kept_or_borrowed(
    api: ApiHouse, theirs: Theirs, database_url: str
) -> None:
    asked = "select ref from cases where id = %s"
    async with under_app(database_url) as others, under_app(database_url) as conn:
        await enter(others, api, Role.COORDINATOR)
        [row] = await (await others.execute("select current_setting('iom.visit') as visit")).fetchall()
        assert len(await (await others.execute(asked, (theirs.case.id,))).fetchall()) == 1

        genuine = row["visit"]
        visit, seal = genuine.split("#")
        await enter(conn, api, ATTACKER)
        [row] = await (await conn.execute("select current_setting('iom.visit') as visit")).fetchall()
        mine, my_seal = row["visit"].split("#")
        for forged in (
            genuine,
            visit,
            f"{visit}#",
            f"{visit}#{my_seal}",
            f"{mine}#{seal}",
            f"{visit}#{seal}#{my_seal}",
        ):
            await conn.execute("select set_config('iom.visit', %s, false)", (forged,))
            assert not await (await conn.execute(asked, (theirs.case.id,))).fetchall(), forged

        await others.commit()
        await others.execute("select set_config('iom.visit', %s, false)", (genuine,))
        assert not await (await others.execute(asked, (theirs.case.id,))).fetchall()


async def test_nobody_opens_a_team_or_breaks_a_log_by_its_number(api: ApiHouse, database_url: str) -> None:
    case = await api.a_case()
    me = api.scheme.id_of(ATTACKER)
    for tried in (
        "update cases set last_seq = 0",
        "update cases set last_seq = 2147483647",
        f"insert into team_member (case_id, role, account_id) values ('{case.id}', 'mentor', '{me}')",
        f"insert into event (case_id, seq, kind, at, by_id) values ('{case.id}', 999, 'step_done', now(), '{me}')",
        "insert into event (case_id, seq, kind, at, by_id)"
        f" select id, last_seq + 1, 'team_changed', now(), '{me}' from cases",
        "update step set closed_at = now(), closed_by_id = (select account_id from team_member where role = 'chair')",
        "insert into remark (id, step_id, case_id, tier, owner, agency_id, by_id, at)"
        " select gen_random_uuid(), id, case_id,"
        f" 'T2', owner, (select id from agency where code = 'police'), '{me}', now() from step",
        f"insert into audit (at, account_id, role, action, object, purpose, channel, address) values"
        f" (now(), '{me}', 'coordinator', 'consult', 'x', 'x', 'x', 'x')",
    ):
        async with under_app(database_url) as conn:
            await enter(conn, api, ATTACKER)
            assert "changed" not in await told(conn, tried), tried


async def test_no_session_comes_back_by_turning_back_the_clock(api: ApiHouse, database_url: str) -> None:
    await api.do("delete from fence.free_clock")
    await api.do(
        "insert into session (id, token_hash, account_id, form_token, how, began_at, seen_at, until, idle_minutes,"
        " address, agent) values (gen_random_uuid(), sha256('cookie'), %s, 'x', 'password', now() - interval '1 hour',"
        " now() - interval '1 hour', now() + interval '1 hour', 30, '', '')",
        api.scheme.id_of(Role.CHAIR),
    )
    for told_as in ("now()", "now() - interval '50 minutes'"):
        async with under_app(database_url) as conn:
            asked = f"select id from fence.enter_by_session('cookie', {told_as})"
            assert not await (await conn.execute(asked)).fetchall(), told_as


async def test_nobody_learns_which_cases_are_walled(api: ApiHouse, theirs: Theirs, database_url: str) -> None:
    async with under_app(database_url) as conn:
        assert not await (await conn.execute("select * from fence.walled()")).fetchall()
        await enter(conn, api, ATTACKER)
        assert not await (await conn.execute("select * from fence.walled()")).fetchall()


async def test_somebody_elses_token_is_no_ones_unless_known(
    api: ApiHouse, theirs: Theirs, database_url: str
) -> None:
    async with under_app(database_url) as conn:
        await enter(conn, api, Role.COORDINATOR)
        hashes = await told(conn, "select token_hash from api_token")
        assert "permission denied" in hashes
        await conn.execute("select * from fence.enter_by_token(%s)", ("guessed",))
        assert not await (await conn.execute("select id from cases")).fetchall()
        left = api.scheme.id_of(Role.COORDINATOR)
        await api.do("update account set left_at = %s where id = %s", START, left)
        await conn.rollback()
        await enter(conn, api, Role.COORDINATOR)
        assert not await (await conn.execute("select id from cases")).fetchall()


async def test_once_an_agreement_is_over_nothing_is_written(
    api: ApiHouse, theirs: Theirs, database_url: str
) -> None:
    agency = api.scheme.actors[Role.PROBATION_PRACTITIONER].agency_id
    await api.do("update agreement set expires_on = current_date - 1 where agency_id = %s", agency)
    async with under_app(database_url) as conn:
        await enter(conn, api, Role.PROBATION_PRACTITIONER)
        assert len(await (await conn.execute("select id from cases")).fetchall()) == 1
        closing = "update step set closed_at = now() where case_id = %s"
        assert (await conn.execute(closing, (theirs.case.id,))).rowcount == 0


async def test_a_tier_that_was_not_agreed_is_not_shown(
    api: ApiHouse, theirs: Theirs, database_url: str
) -> None:
    agency = api.scheme.actors[Role.PROBATION_PRACTITIONER].agency_id
    await api.do("update agreement set tiers = '{T0,T1}' where agency_id = %s", agency)
    async with under_app(database_url) as conn:
        await enter(conn, api, Role.PROBATION_PRACTITIONER)
        assert len(await (await conn.execute("select id from cases")).fetchall()) == 1
        assert not await (await conn.execute("select case_id from assessment")).fetchall()
    answer = await api.get(Role.PROBATION_PRACTITIONER, f"/cases/{theirs.case.ref}")
    assert answer.json()["rag"] is None
