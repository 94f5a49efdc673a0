"""The cohort as a list: filters, search and pages of it, by name. Shows only what the asker may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from iom.adapters.database import Connection
from iom.adapters.store.asker import Asker
from iom.adapters.store.working_on import MY_CASES
from iom.identifiers import PncId
from iom.refusals import Refused


@dataclass(frozen=True)
class CohortQuery:
    """What to list; None asks for no such filter. ``agency`` is the lead agency's code, ``area`` the police area.

    ``q`` is part of a name, or a PNC id, CRN, NOMS number, case or local reference.
    """

    cohort: str | None = None
    rag: str | None = None
    area: str | None = None
    agency: str | None = None
    overdue: bool | None = None
    q: str | None = None
    closed: bool = False


@dataclass(frozen=True)
class CohortRow:
    """One case in the list. Steps that rest are neither counted nor due."""

    id: UUID
    ref: str
    surname: str
    forenames: str
    cohort: str | None
    basis: str
    rag: str | None
    custody_status: str
    police_area: str
    lead_agency: str | None
    opened_at: datetime
    adopted_on: date | None
    closed_at: datetime | None
    open_steps: int
    overdue_steps: int
    next_due_at: datetime | None


_LATE = (
    "step.case_id = cases.id and step.closed_at is null and step.paused_at is null and step.due_at < %(now)s"
)

_NAME = "lower(person.forenames || ' ' || person.surname || ' ' || person.forenames)"

_FILTERS = {
    "cohort": "assessment.cohort = %(cohort)s",
    "rag": "assessment.rag = %(rag)s",
    "area": "lower(cases.police_area) = lower(%(area)s)",
    "agency": "agency.code = %(agency)s",
    "overdue": f"exists (select from step where {_LATE}) = %(overdue)s",
    "q": f"""(strpos({_NAME}, %(words)s) > 0 or %(exactly)s in
              (person.pnc_id, person.crn, person.noms_number, cases.ref, upper(cases.local_ref)))""",
}

_SEEN = f"""
from cases left join person on person.id = cases.person_id and %(named)s
join whereabouts on whereabouts.case_id = cases.id left join adoption on adoption.case_id = cases.id
left join assessment on assessment.case_id = cases.id and %(assessed)s
left join agency on agency.id = cases.lead_agency_id
where (%(everywhere)s and restricted_at is null or cases.id in {MY_CASES})
"""

_PLACE = "lower(coalesce(person.surname, '')), lower(coalesce(person.forenames, '')), cases.ref"

_LIST = """
select page.*, work.open_steps, work.overdue_steps, work.next_due_at
from (
    select cases.id, cases.ref, coalesce(person.surname, '') as surname, coalesce(person.forenames, '') as forenames,
           cohort, cases.basis, rag, custody_status, cases.police_area, agency.name as lead_agency, cases.opened_at,
           adopted_on, cases.closed_at
    {seen} and {filters}
    order by {place} limit %(limit)s
) page
cross join lateral (
    select count(*) as open_steps, count(*) filter (where due_at < %(now)s) as overdue_steps, min(due_at) as next_due_at
    from step where case_id = page.id and closed_at is null and paused_at is null
) work
order by lower(page.surname), lower(page.forenames), page.ref
"""


async def listed(
    conn: Connection, asker: Asker, wanted: CohortQuery, now: datetime, limit: int, after: str | None = None
) -> Sequence[CohortRow]:
    """Cases by surname, at most ``limit``, from behind the one whose reference is ``after``."""
    asked = {name: value for name in _FILTERS if (value := getattr(wanted, name)) is not None}
    filters = [
        f"cases.closed_at is {'not ' if wanted.closed else ''}null",
        *(_FILTERS[name] for name in asked),
    ]
    values: dict[str, Any] = {**asked, **asker.asked()}
    values |= {"now": now, "limit": limit, **_search(wanted.q or "")}
    if after is not None:
        filters.append(f"({_PLACE}) > (select lower(surname), lower(forenames), ref from passed)")
        values["after"] = after
    statement = _LIST.format(seen=_SEEN, place=_PLACE, filters=" and ".join(filters))
    if after is not None:
        names = "coalesce(surname, '') as surname, coalesce(forenames, '') as forenames"
        passed = f"select {names}, ref {_SEEN} and cases.ref = %(after)s"
        statement = f"with passed as ({passed}) {statement}"
    async with conn.cursor(row_factory=class_row(CohortRow)) as cursor:
        return await (await cursor.execute(statement, values)).fetchall()


def _search(q: str) -> dict[str, str]:
    """What is looked for in names, and what must be equal to an identifier in its canonical form."""
    try:
        exactly = str(PncId.parse(q))
    except Refused:
        exactly = q.strip().upper()
    return {"words": " ".join(q.lower().split()), "exactly": exactly}


async def areas(conn: Connection) -> Sequence[str]:
    """The police areas of open cases, for a filter's choices."""
    found = await conn.execute(
        "select distinct police_area from cases where closed_at is null and police_area <> '' order by 1"
    )
    return [row["police_area"] async for row in found]
