"""What each role of the database may do to the record of looks: the web and the worker add to it, and no more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import dict_row

from iom.adapters.database import Connection, transaction
from iom.adapters.embedded.postgres import as_role
from iom.adapters.store import audit, audit_chain
from iom.adapters.store.audit import Look
from iom.vocabulary import Role
from tests.builders import START
from tests.integration.api_house import ApiHouse

ROLES = ("iom_app", "iom_door", "iom_worker")
CONSULTED = Look(None, "consult", "case:X", "case", "test")


@asynccontextmanager
async def as_(role: str, url: str) -> AsyncIterator[Connection]:
    async with await psycopg.AsyncConnection.connect(as_role(url, role), row_factory=dict_row) as conn:
        yield conn


async def signed_in(conn: Connection, api: ApiHouse, role: Role) -> None:
    """From here on the transaction is in their name."""
    found = await conn.execute("select * from fence.enter_by_token(%s)", (api.tokens[role],))
    assert await found.fetchone() is not None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("table", ["audit", "audit_head", "audit_seal"])
@pytest.mark.parametrize(
    "deed",
    [
        "update {} set place = 1",
        "delete from {}",
        "truncate {}",
        "alter table {} disable trigger all",
        "drop table {}",
    ],
)
async def test_no_role_takes_anything_away(
    api: ApiHouse, database_url: str, role: str, table: str, deed: str
) -> None:
    async with as_(role, database_url) as conn:
        if role == "iom_app":
            await signed_in(conn, api, Role.COORDINATOR)
        with pytest.raises(InsufficientPrivilege):
            await conn.execute(deed.format(table).encode())


@pytest.mark.parametrize("statement", [
    "insert into audit_head values (1, 1, 'x')",
    "insert into audit_seal values (1, now(), 1, 1, 'x', 'x')",
    "create or replace function audit_chain() returns trigger language plpgsql as 'begin return new; end'",
    "select audit_chain()",
])  # fmt: skip
async def test_the_web_puts_nothing_beside_the_chain(
    api: ApiHouse, database_url: str, statement: str
) -> None:
    async with as_("iom_app", database_url) as conn:
        await signed_in(conn, api, Role.COORDINATOR)
        with pytest.raises((InsufficientPrivilege, psycopg.errors.FeatureNotSupported)):
            await conn.execute(statement.encode())


async def test_the_web_notes_looks_in_the_name_of_who_is_signed_in_only(
    api: ApiHouse, database_url: str
) -> None:
    other = Look(api.scheme.id_of(Role.CHAIR), "consult", "case:X", "case", "api")
    nameless = Look(api.scheme.id_of(Role.ANALYST), "consult", "case:X", "case", "api")
    me = api.scheme.actors[Role.ANALYST]
    own = replace(nameless, role=Role.ANALYST, agency_id=me.agency_id)
    promoted = replace(own, role=Role.COORDINATOR)
    async with as_("iom_app", database_url) as conn:
        for forged in (other, CONSULTED, nameless, promoted):
            await signed_in(conn, api, Role.ANALYST)
            with pytest.raises(InsufficientPrivilege, match="row-level security"):
                await audit.write(conn, forged, START)
            await conn.rollback()
        await signed_in(conn, api, Role.ANALYST)
        await audit.write(conn, own, START)
    assert [row["account_id"] for row in await api.looks()] == [own.account_id]


async def test_nobody_signed_in_notes_nothing_and_reads_nothing(api: ApiHouse, database_url: str) -> None:
    async with transaction(api.scheme.pool) as conn:
        await audit.write(conn, CONSULTED, START)
    async with as_("iom_app", database_url) as conn:
        for table in ("audit", "audit_head", "audit_seal"):
            assert await (await conn.execute(f"select * from {table}".encode())).fetchall() == []  # noqa: S608
        with pytest.raises(InsufficientPrivilege):
            await audit.write(conn, CONSULTED, START)


async def test_people_read_their_own_looks_and_nobody_elses(api: ApiHouse, database_url: str) -> None:
    case = await api.a_case()
    for role in (Role.CHAIR, Role.COORDINATOR):
        await api.get(role, f"/cases/{case.ref}")
    async with as_("iom_app", database_url) as conn:
        await signed_in(conn, api, Role.CHAIR)
        rows = await (await conn.execute("select role from audit")).fetchall()
    assert rows == [{"role": Role.CHAIR}]


@pytest.mark.parametrize("asked", [
    "select fence.case_ref((select id from cases limit 1))",
    "select fence.case_named('{ref}')",
    "select case_id from fence.teams()",
    "select case_id from fence.namesakes()",
    "select id from fence.looks_at('{ref}', null, 10)",
])  # fmt: skip
async def test_what_auditors_ask_of_cases_answers_nobody_else(
    api: ApiHouse, database_url: str, asked: str
) -> None:
    case = await api.a_case()
    await api.get(Role.CHAIR, f"/cases/{case.ref}")
    await api.do("update person set surname = (select substring(name from '[^ ]+$') from account limit 1)")
    async with as_("iom_app", database_url) as conn:
        await signed_in(conn, api, Role.HOUSING_OFFICER)
        rows = await (await conn.execute(asked.format(ref=case.ref).encode())).fetchall()
    assert [value for row in rows for value in row.values() if value is not None] == []


async def test_the_worker_seals_and_reads_through(api: ApiHouse, database_url: str) -> None:
    case = await api.a_case()
    await api.get(Role.CHAIR, f"/cases/{case.ref}")
    async with as_("iom_worker", database_url) as conn:
        assert (await audit_chain.seal(conn, START)).lanes > 0
        await conn.commit()
        reading = await audit_chain.read_through(conn)
    assert (reading.faults, reading.rows) == ([], len(await api.looks()))
