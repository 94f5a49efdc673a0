"""Looks that a reviewer is shown: at odd hours, many at once, namesakes, broken glass, others' cases. Judges nobody."""

from dataclasses import dataclass
from enum import StrEnum

from fastapi import APIRouter
from starlette.responses import Response

from iom.adapters.deeds import log_reading
from iom.adapters.store.audit_reads import Busy, Unusual, Wanted
from web.api import cursors
from web.deps import settings_of
from web.pages.audit_lines import AT_ONCE, LookLine, of_log
from web.sessions import PageVisit, SignedIn

router = APIRouter()


class Kind(StrEnum):
    """What a reviewer is shown: the kinds of unusual looks, and busy hours."""

    HOURS = "hours"
    BUSY = "busy"
    NAMESAKE = "namesake"
    BREAK_GLASS = "break_glass"
    NOT_OWN = "not_own"


TITLES = {
    Kind.HOURS: "Out of hours",
    Kind.BUSY: "Many cases in an hour",
    Kind.NAMESAKE: "Same surname",
    Kind.BREAK_GLASS: "Broken glass",
    Kind.NOT_OWN: "Not their case",
}
ABOUT = {
    Kind.HOURS: "Looks before {early}:00 or from {late}:00 on, or at a weekend, on London's clocks.",
    Kind.BUSY: "Hours of the last month in which one account was at {most} cases or more.",
    Kind.NAMESAKE: "Looks by somebody who has the surname of the person on the scheme.",
    Kind.BREAK_GLASS: "Looks at a restricted case by somebody who gave a reason and opened it themselves.",
    Kind.NOT_OWN: "Looks at a case by somebody not on its team now, whose role does not serve every case.",
}


@dataclass(frozen=True)
class UnusualPage:
    """Looks of one kind, or busy hours. ``further`` leads to those before."""

    kind: Kind
    about: str
    lines: tuple[LookLine, ...]
    hours: tuple[Busy, ...]
    further: str | None
    titles: tuple[tuple[Kind, str], ...] = tuple(TITLES.items())


@router.get("/audit/unusual")
async def show(visit: SignedIn, kind: Kind = Kind.HOURS, before: str = "") -> Response:
    """One kind of unusual access, the newest first."""
    view = await (_busy if kind is Kind.BUSY else _looks)(visit, kind, before)
    return visit.show("audit_unusual.html", view)


async def _looks(visit: PageVisit, kind: Kind, before: str) -> UnusualPage:
    settings = settings_of(visit.request)
    wanted = Wanted(
        unusual=Unusual(kind), early=settings.unusual_before_hour, late=settings.unusual_from_hour
    )
    place = int(before) if before.isdecimal() and len(before) < 19 else None
    found = await log_reading.at_log(visit.conn, visit.by, wanted, "unusual_access", AT_ONCE, place)
    further = f"/audit/unusual?kind={kind}&before={found.rows[-1].id}" if found.more else None
    return UnusualPage(kind, _about(visit, kind), of_log(found.rows), (), further)


async def _busy(visit: PageVisit, kind: Kind, before: str) -> UnusualPage:
    most = settings_of(visit.request).unusual_cases_an_hour
    place = cursors.at_moment_of(before) if before else None
    found = await log_reading.at_busy_hours(visit.conn, visit.by, most, AT_ONCE, place)
    further = None
    if found.more:
        last = found.rows[-1]
        further = (
            f"/audit/unusual?kind={kind}&before={cursors.pack(last.hour.isoformat(), str(last.account_id))}"
        )
    return UnusualPage(kind, _about(visit, kind), (), found.rows, further)


def _about(visit: PageVisit, kind: Kind) -> str:
    settings = settings_of(visit.request)
    hours = {"early": settings.unusual_before_hour, "late": settings.unusual_from_hour}
    return ABOUT[kind].format(**hours, most=settings.unusual_cases_an_hour)
