"""Cases: the cohort list, one case, its timeline, its forecast. Reads; each leaves a line in the record of looks."""

from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from iom.adapters.deeds import looks
from iom.adapters.store.cohort import CohortQuery
from iom.calendar import at_london
from iom.duration import Duration, Unit
from iom.vocabulary import Cohort, Rag
from web.api import cursors
from web.api.bodies import CaseReference, Horizon, Short
from web.api.case_shapes import CaseDetail
from web.api.described import ALWAYS, FOUND, SECURED, problems
from web.api.shapes import CaseList, CaseSummary, Forecast, ForeseenShape, HappeningShape, Timeline
from web.deps import ApiVisit

router = APIRouter(prefix="/cases", tags=["cases"])

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[
    str | None, Query(max_length=cursors.LONGEST, description="next_cursor of the page before.")
]
Months = Annotated[int, Query(ge=1, le=24, description="How many months ahead.")]


@router.get("", responses=ALWAYS | FOUND, openapi_extra=SECURED)
async def cohort(
    visit: ApiVisit,
    cohort: Cohort | None = None,
    rag: Rag | None = None,
    area: Annotated[Short | None, Query(description="The police area.")] = None,
    agency: Annotated[Short | None, Query(description="The lead agency's code.")] = None,
    overdue: Annotated[bool | None, Query(description="Whether a step is overdue.")] = None,
    q: Annotated[
        Short | None, Query(description="Part of a name, or a PNC id, CRN, NOMS number or reference.")
    ] = None,
    closed: Annotated[bool, Query(description="Closed cases instead of open ones.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> CaseList:
    """The cases you may see, by surname."""
    wanted = CohortQuery(cohort, rag, area, agency, overdue, q, closed)
    after = cursors.unpack(cursor, 1)[0] if cursor else None
    page = await looks.at_cohort(visit.conn, visit.by, wanted, limit, after)
    cases = tuple(CaseSummary.of(row) for row in page.rows)
    return CaseList(cases=cases, next_cursor=cursors.pack(cases[-1].ref) if page.more else None)


@router.get("/{ref}", responses=ALWAYS | FOUND, openapi_extra=SECURED)
async def case(visit: ApiVisit, ref: CaseReference) -> CaseDetail:
    """One case: its cover, person, needs, team, open steps, reviews and interventions."""
    return CaseDetail.of(await looks.at_case(visit.conn, visit.by, ref))


@router.get("/{ref}/timeline", responses=ALWAYS | FOUND, openapi_extra=SECURED)
async def timeline(
    visit: ApiVisit, ref: CaseReference, cursor: Cursor = None, limit: Limit = 100
) -> Timeline:
    """What has happened, newest first: every entry of the case's log, and its letters."""
    behind = cursors.at_moment(cursor) if cursor else None
    page = await looks.at_timeline(visit.conn, visit.by, ref, limit, behind)
    last = page.rows[-1] if page.more else None
    return Timeline(
        happenings=tuple(HappeningShape.of(row) for row in page.rows),
        next_cursor=cursors.pack(last.at.isoformat(), last.place) if last else None,
    )


@router.get(
    "/{ref}/forecast", responses=ALWAYS | FOUND | problems(HTTPStatus.FORBIDDEN), openapi_extra=SECURED
)
async def forecast(
    visit: ApiVisit,
    ref: CaseReference,
    months: Months = 3,
    until: Annotated[
        Horizon | None,
        Query(description="Up to this moment, or the end of this London day, instead."),
    ] = None,
) -> Forecast:
    """What will happen if nobody does anything more: every step, review and letter to come.

    It looks two years ahead at most: ``until`` in the answer says how far.
    """
    horizon = _horizon(visit.by.now, months, until)
    foreseen = await looks.at_forecast(visit.conn, visit.by, ref, horizon)
    return Forecast(until=horizon, foreseen=tuple(ForeseenShape.of(item) for item in foreseen))


def _horizon(now: datetime, months: int, until: datetime | date | None) -> datetime:
    """Compared before it is turned into UTC: the first and the last day of all years have none."""
    if until is None:
        return Duration(months, Unit.MONTH).after(now)
    if not isinstance(until, datetime):
        until = at_london(until, time.max)
    return min(max(until, now), Duration(24, Unit.MONTH).after(now)).astimezone(UTC)
