"""Information sharing agreements: which agency may see what, until when. They are recorded by command."""

from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import TIER_LABELS, Tier
from iom.adapters.deeds import agreements
from iom.adapters.store.agreements import AgreementView
from iom.calendar import london_date
from web.deps import settings_of
from web.notices import warnings
from web.sessions import SignedIn

router = APIRouter()


@dataclass(frozen=True)
class Line:
    """One agency. ``left`` is how many days its agreement still has, None if there is none."""

    agreement: AgreementView
    left: int | None


@dataclass(frozen=True)
class AgreementsPage:
    """Every agency's agreement; ``soon`` and ``urgent`` are days from which one is marked."""

    lines: tuple[Line, ...]
    today: date
    soon: int
    urgent: int
    tiers: tuple[tuple[Tier, str], ...] = tuple(TIER_LABELS.items())


@router.get("/agreements")
async def show(visit: SignedIn) -> Response:
    """The list, the soonest to end first."""
    found = await agreements.at_agreements(visit.conn, visit.by)
    today, days = london_date(visit.now), warnings(settings_of(visit.request))
    lines = tuple(Line(each, each.days_left(today)) for each in found)
    return visit.show("agreements.html", AgreementsPage(lines, today, days[0], days[-1]))
