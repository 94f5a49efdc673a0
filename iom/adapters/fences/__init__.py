"""The second fence: row-level security and grants in PostgreSQL, put up anew at every migrate. Decides nothing."""

from pathlib import Path
from typing import Any

from psycopg import AsyncConnection, sql

from iom.access import ALLOWED, EVERYWHERE, MATRIX, WRITTEN_BY, Sight
from iom.adapters.fences.rules import RULES, Rule
from iom.refusals import Refused
from iom.vocabulary import Role

APP, DOOR, WORKER = "iom_app", "iom_door", "iom_worker"
"""Who connects: the web for somebody signed in, the web before that, the worker and the commands."""

POLICIES = ("owner", "worker", "door", "read", "add", "change")

FUNCTIONS = [Path(__file__).parent / name for name in ("functions.sql", "access.sql", "logs.sql")]

CALLED_BY_APP = (
    "me()",
    "role()",
    "agency()",
    "enter_by_token(text)",
    "enter_by_session(text, timestamptz)",
    "sees_all(text[])",
    "seen(text[])",
    "walled()",
    "limited()",
    "told_of(uuid)",
    "may(text[])",
    "may_write(text)",
    "owns(uuid, text)",
    "opening(uuid)",
    "known_by(text, text, text)",
    "is_on_scheme(uuid)",
    "confirmed()",
    "ref_taken(text)",
    "leads(uuid)",
    "known_on_scheme(text, text, date, text, text, text)",
    "case_to_ask(text)",
    "asked_ref(uuid)",
    "restrict(uuid, timestamptz)",
    "told(uuid, uuid)",
    "reads_logs()",
    "case_ref(uuid)",
    "case_named(text)",
    "teams()",
    "namesakes()",
    "looks_readable(text)",
    "looks_at(text, bigint, int)",
)


NOTHING_OF_THEIR_OWN = """
do $$ begin execute format('revoke create, temporary on database %I from public', current_database()); end $$
"""
"""Nobody makes tables or functions in this database but its owner."""


async def put_up(conn: AsyncConnection[Any]) -> None:
    """Functions, the matrix as data, and each table's fence, as the owner of the tables. Safe to run again.

    Raises Refused(roles_missing) where PostgreSQL does not know the three roles and we may not make them.
    """
    await _roles(conn)
    for file in FUNCTIONS:
        await conn.execute(file.read_bytes())
    await _matrix(conn)
    await conn.execute(NOTHING_OF_THEIR_OWN)
    for table, rule in RULES.items():
        await conn.execute(_fence(table, rule))
    for function in CALLED_BY_APP:
        await conn.execute(f"grant execute on function fence.{function} to {APP}, {WORKER}".encode())
    await conn.execute(f"grant usage on schema fence to {APP}, {WORKER}".encode())
    await conn.execute(f"grant usage on all sequences in schema public to {APP}, {DOOR}, {WORKER}".encode())


async def _roles(conn: AsyncConnection[Any]) -> None:
    found = await conn.execute("select rolname from pg_roles where rolname like 'iom%'")
    known = {row["rolname"] for row in await found.fetchall()}
    if missing := [role for role in (APP, DOOR, WORKER) if role not in known]:
        raise Refused(
            "roles_missing",
            f"PostgreSQL has no role {' and none '.join(missing)}. Make them as deploy/postgres/roles.sh does, or "
            "start the demo anew with --fresh.",
        )


async def _matrix(conn: AsyncConnection[Any]) -> None:
    roles = [(role, " ".join(_sights(role)), " ".join(_deeds(role))) for role in Role]
    entries = [(kind, deed) for kind, allowed in WRITTEN_BY.items() for deed in allowed]
    async with conn.cursor() as cursor:
        for table, rows in (("roles", roles), ("entries", entries)):
            name = sql.Identifier("fence", table)
            places = sql.SQL(", ").join([sql.Placeholder()] * len(rows[0]))
            await cursor.execute(sql.SQL("delete from {}").format(name))
            await cursor.executemany(sql.SQL("insert into {} values ({})").format(name, places), rows)


def _sights(role: Role) -> list[str]:
    """As ``functions.sql`` reads them: "T1:full", and "T1:full:all" where it is so on every case."""
    on_its_cases = [f"{tier}:{sight}" for tier, sight in MATRIX[role].items() if sight is not Sight.NONE]
    return [*on_its_cases, *(f"{each}:all" for each in on_its_cases if role in EVERYWHERE)]


def _deeds(role: Role) -> list[str]:
    return sorted(deed for deed, roles in ALLOWED.items() if role in roles)


def _fence(table: str, rule: Rule) -> bytes:
    statements = [
        "alter table {t} enable row level security",
        "alter table {t} force row level security",
        *(f"drop policy if exists {name} on {{t}}" for name in POLICIES),
        "revoke all on {t} from public, iom_app, iom_door, iom_worker",
        "create policy owner on {t} to current_user using (true) with check (true)",
        "create policy worker on {t} to iom_worker using (true) with check (true)",
        f"grant {_WORKER_MAY.get(table, 'select, insert, update, delete')} on {{t}} to iom_worker",
        f"create policy read on {{t}} for select to iom_app using ({rule.read})",
        f"grant select{_columns(rule.shown)} on {{t}} to iom_app",
        *_writing(rule),
        *_door(rule),
    ]
    return ";\n".join(statements).replace("{t}", table).encode()


_WORKER_MAY = {"audit": "select, insert", "audit_head": "select", "audit_seal": "select, insert"}
"""What is less than everything."""


def _writing(rule: Rule) -> list[str]:
    written = []
    if rule.insert != "false":
        written += [
            f"create policy add on {{t}} for insert to iom_app with check ({rule.insert})",
            "grant insert on {t} to iom_app",
        ]
    if rule.update != "false":
        seen = (
            f"({rule.read}) and ({rule.update})"  # an update without a condition is asked its own policy only
        )
        kept = rule.update if rule.changed else seen
        kept = f"({kept}) and ({rule.leaves})" if rule.leaves else kept
        written += [
            f"create policy change on {{t}} for update to iom_app using ({seen}) with check ({kept})",
            f"grant update{_columns(rule.changed)} on {{t}} to iom_app",
        ]
    return written


def _door(rule: Rule) -> list[str]:
    if not rule.door:
        return []
    return [
        "create policy door on {t} to iom_door using (true) with check (true)",
        f"grant {', '.join(rule.door)} on {{t}} to iom_door",
    ]


def _columns(names: tuple[str, ...]) -> str:
    return f" ({', '.join(names)})" if names else ""
