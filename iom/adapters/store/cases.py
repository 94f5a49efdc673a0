"""Cases: opening them, holding one for a decision, changing what stands on its cover."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from iom.adapters.database import Connection
from iom.adapters.store import events
from iom.adapters.store.rows import insert
from iom.adapters.tables import Case, CaseNeed, Person, TeamMember
from iom.decisions import team
from iom.events import Entry


@dataclass(frozen=True)
class NewCase:
    """Everything there is to a case on its first day. ``team`` pairs roles with accounts."""

    person: Person
    case: Case
    needs: tuple[str, ...] = ()
    team: tuple[tuple[str, UUID], ...] = ()


async def open_case(
    conn: Connection,
    new: NewCase,
    entries: Iterable[Entry],
    at: datetime,
    by: UUID | None,
    *,
    known: bool = False,
    request_id: UUID | None = None,
) -> None:
    """Writes a case whole: person (unless ``known``), cover, needs, team and the first entries of its log.

    ``by`` is None where nobody is signed in, as in an import. A PNC id, CRN or NOMS number of another person, and a
    ``request_id`` used before, raise psycopg's UniqueViolation.
    """
    if not known:
        await insert(conn, new.person)
    await insert(conn, new.case)
    await insert(conn, *(CaseNeed(case_id=new.case.id, need=need) for need in new.needs))
    await insert(
        conn, *(TeamMember(case_id=new.case.id, role=role, account_id=account) for role, account in new.team)
    )
    await events.append(conn, new.case.id, [*team(new.team), *entries], at, by, request_id)


@dataclass(frozen=True)
class HeldCase:
    """A case held until the transaction ends, with what a decision about it turns on."""

    id: UUID
    ref: str
    basis: str
    cohort: str | None
    rag: str | None
    custody_status: str
    adopted: bool
    closed_at: datetime | None
    on_team: bool


_LOCK = """
select id, ref, basis, cohort, rag, custody_status, adopted_on is not null as adopted, closed_at,
       exists (select 1 from team_member where case_id = cases.id and account_id = %s) as on_team
from cases where ref = %s for update
"""


async def lock(conn: Connection, ref: str, account_id: UUID) -> HeldCase | None:
    """Holds the case called ``ref`` for a decision; None if there is none."""
    found = await conn.execute(_LOCK, (account_id, ref))
    row = await found.fetchone()
    return HeldCase(**row) if row else None


async def change(conn: Connection, case_id: UUID, columns: Mapping[str, Any]) -> None:
    """Sets these columns of the case's cover."""
    settings = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in columns
    )
    await conn.execute(
        sql.SQL("update cases set {} where id = {}").format(settings, sql.Placeholder("case_id")),
        {**columns, "case_id": case_id},
    )


async def set_member(conn: Connection, case_id: UUID, role: str, account_id: UUID) -> None:
    """Gives a role on the case to this account."""
    await conn.execute(
        "insert into team_member (case_id, role, account_id) values (%s, %s, %s)"
        " on conflict (case_id, role) do update set account_id = excluded.account_id",
        (case_id, role, account_id),
    )


async def refs_in_need(conn: Connection, need: str, most: int) -> list[str]:
    """References of open cases in the community that need support on this pathway, the first imported first."""
    found = await conn.execute(
        "select ref from cases join case_need on case_id = cases.id and need = %s"
        " where closed_at is null and rag <> 'Blue' order by local_ref limit %s",
        (need, most),
    )
    return [row["ref"] async for row in found]


async def ref_taken(conn: Connection, ref: str) -> bool:
    """Whether a case is called so already."""
    found = await conn.execute("select 1 from cases where ref = %s", (ref,))
    return await found.fetchone() is not None


async def ref_of(conn: Connection, case_id: UUID) -> str:
    """The reference of a case."""
    found = await conn.execute("select ref from cases where id = %s", (case_id,))
    row = await found.fetchone()
    assert row is not None, "cases are never deleted"
    return str(row["ref"])
