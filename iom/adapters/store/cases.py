"""Cases: opening them, holding one for a decision, changing what stands on its cover."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from iom.adapters.database import Connection
from iom.adapters.store import events
from iom.adapters.store.rows import insert
from iom.adapters.store.working_on import works_on
from iom.adapters.tables import Adoption, Assessment, Case, CaseNeed, Person, TeamMember, Whereabouts
from iom.decisions import team
from iom.events import Entry


@dataclass(frozen=True)
class NewCase:
    """Everything there is to a case on its first day; ``adopted_on`` if it is on the scheme already.

    ``team`` pairs roles with accounts. Without ``whereabouts`` the person is in the community.
    """

    person: Person
    case: Case
    assessment: Assessment
    whereabouts: Whereabouts | None = None
    adopted_on: date | None = None
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
    await insert(conn, new.assessment)
    await insert(conn, new.whereabouts or Whereabouts(case_id=new.case.id))
    await insert(conn, *(CaseNeed(case_id=new.case.id, need=need) for need in new.needs))
    await insert(
        conn, *(TeamMember(case_id=new.case.id, role=role, account_id=account) for role, account in new.team)
    )
    if new.adopted_on:
        await adopt(conn, new.case.id, new.adopted_on)
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
    establishment: str | None
    earliest_release_on: date | None
    adopted: bool
    closed_at: datetime | None
    last_seq: int
    on_team: bool
    is_restricted: bool


_LOCK = "select from cases where ref = %s for update"
_HELD = f"""
select cases.id, ref, basis, cohort, rag, custody_status, establishment, earliest_release_on,
       adopted_on is not null as adopted, closed_at, last_seq,
       {works_on("cases.id", "%s")} as on_team,
       restricted_at is not null as is_restricted
from cases left join assessment on assessment.case_id = cases.id
left join whereabouts on whereabouts.case_id = cases.id left join adoption on adoption.case_id = cases.id
where ref = %s
"""
"""Read by a second statement: the first may have waited, and sees of joined rows what they were before."""


async def lock(conn: Connection, ref: str, account_id: UUID) -> HeldCase | None:
    """Holds the case called ``ref`` for a decision; None if there is none."""
    async with conn.pipeline():
        await conn.execute(_LOCK, (ref,))
        found = await conn.execute(_HELD, (account_id, ref))
        row = await found.fetchone()
    return HeldCase(**row) if row else None


async def assess(conn: Connection, case_id: UUID, columns: Mapping[str, Any]) -> None:
    """Sets these columns of the case's assessment."""
    await _change(conn, "assessment", case_id, columns)


async def locate(conn: Connection, case_id: UUID, columns: Mapping[str, Any]) -> None:
    """Sets these columns of the person's whereabouts."""
    await _change(conn, "whereabouts", case_id, columns)


async def adopt(conn: Connection, case_id: UUID, day: date) -> None:
    """Notes that the person is on the scheme from this day."""
    await insert(conn, Adoption(case_id=case_id, adopted_on=day))


async def _change(conn: Connection, table: str, case_id: UUID, columns: Mapping[str, Any]) -> None:
    settings = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in columns
    )
    statement = sql.SQL("update {} set {} where case_id = {}").format(
        sql.Identifier(table), settings, sql.Placeholder("case_id")
    )
    written = await conn.execute(statement, {**columns, "case_id": case_id})
    assert written.rowcount == 1, "row-level security hides no row from somebody who may change it"


async def set_member(conn: Connection, case_id: UUID, role: str, account_id: UUID) -> None:
    """Gives a role on the case to this account."""
    await conn.execute(
        "insert into team_member (case_id, role, account_id) values (%s, %s, %s)"
        " on conflict (case_id, role) do update set account_id = excluded.account_id",
        (case_id, role, account_id),
    )


async def has_member(conn: Connection, case_id: UUID, account_id: UUID) -> bool:
    """Whether this account has a role on the case; being let into it for a time is none."""
    found = await conn.execute(
        "select exists (select from team_member where case_id = %s and account_id = %s) as held",
        (case_id, account_id),
    )
    row = await found.fetchone()
    return row is not None and bool(row["held"])


async def refs_in_need(conn: Connection, need: str, most: int) -> list[str]:
    """References of open cases in the community that need support on this pathway, the first imported first."""
    found = await conn.execute(
        "select ref from cases join case_need on case_need.case_id = cases.id and need = %s"
        " join assessment on assessment.case_id = cases.id"
        " where closed_at is null and rag <> 'Blue' order by local_ref limit %s",
        (need, most),
    )
    return [row["ref"] async for row in found]


async def ref_taken(conn: Connection, ref: str) -> bool:
    """Whether a case is called so already."""
    found = await conn.execute("select fence.ref_taken(%s) as taken", (ref,))
    row = await found.fetchone()
    return row is not None and bool(row["taken"])


async def ref_of(conn: Connection, case_id: UUID) -> str:
    """The reference of a case."""
    found = await conn.execute("select ref from cases where id = %s", (case_id,))
    row = await found.fetchone()
    assert row is not None, "cases are never deleted"
    return str(row["ref"])
