"""Consents and public-interest decisions on a case: who may read what a health service wrote, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from psycopg.rows import class_row

from iom.access import Actor
from iom.adapters.database import Connection
from iom.adapters.store.rows import insert
from iom.adapters.tables import Consent, PublicInterestDecision

Row = TypeVar("Row")


@dataclass(frozen=True)
class ConsentView:
    """What the person agreed to. ``is_ours`` if the asker's service recorded it."""

    id: UUID
    agency: str
    agencies: list[str]
    what: str
    given_on: date
    recorded_by: str
    withdrawn_at: datetime | None
    is_ours: bool


@dataclass(frozen=True)
class DecisionView:
    """What a service decided to tell without consent, and why."""

    agency: str
    agencies: list[str]
    why: str
    person_told: bool
    seniority: str
    decided_at: datetime
    decided_by: str
    until_on: date


@dataclass(frozen=True)
class AgencyName:
    """An agency that can be named."""

    id: UUID
    code: str
    name: str


_TOLD = (
    "array(select named.name from agency named where named.id = any (shared.agencies) order by 1) as agencies"
)
_OURS = "shared.case_id = %(case)s and (shared.agency_id = %(agency)s or %(agency)s = any (shared.agencies))"

_CONSENTS = f"""
select shared.id, service.name as agency, {_TOLD}, what, given_on, account.name as recorded_by, withdrawn_at,
       shared.agency_id = %(agency)s as is_ours
from consent shared join agency service on service.id = shared.agency_id
join account on account.id = recorded_by_id where {_OURS} order by given_on desc, shared.id
"""

_DECISIONS = f"""
select service.name as agency, {_TOLD}, why, person_told, seniority, decided_at, account.name as decided_by, until_on
from public_interest_decision shared join agency service on service.id = shared.agency_id
join account on account.id = decided_by_id where {_OURS} order by decided_at desc, shared.id
"""


async def consents(conn: Connection, case_id: UUID, asker: Actor) -> Sequence[ConsentView]:
    """Those that the asker's agency recorded, or that name it; the newest first."""
    return await _rows(conn, ConsentView, _CONSENTS, case_id, asker)


async def decisions(conn: Connection, case_id: UUID, asker: Actor) -> Sequence[DecisionView]:
    """Those that the asker's agency took, or that name it; the newest first."""
    return await _rows(conn, DecisionView, _DECISIONS, case_id, asker)


async def others(conn: Connection, agency_id: UUID) -> Sequence[AgencyName]:
    """Every agency but this one, by name."""
    async with conn.cursor(row_factory=class_row(AgencyName)) as cursor:
        found = await cursor.execute(
            "select id, code, name from agency where id <> %s order by name", (agency_id,)
        )
        return await found.fetchall()


async def write(conn: Connection, row: Consent | PublicInterestDecision) -> None:
    """Writes one down."""
    await insert(conn, row)


async def withdraw(conn: Connection, consent_id: UUID, agency_id: UUID, at: datetime) -> UUID | None:
    """Ends a consent that this agency recorded, from now on. Returns its case's id, or None if there is none."""
    written = await conn.execute(
        "update consent set withdrawn_at = %s where id = %s and agency_id = %s and withdrawn_at is null"
        " returning case_id",
        (at, consent_id, agency_id),
    )
    row = await written.fetchone()
    return row["case_id"] if row else None


async def _rows(
    conn: Connection, shape: type[Row], statement: str, case_id: UUID, asker: Actor
) -> Sequence[Row]:
    async with conn.cursor(row_factory=class_row(shape)) as cursor:
        return await (
            await cursor.execute(statement, {"case": case_id, "agency": asker.agency_id})
        ).fetchall()
