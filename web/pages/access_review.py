"""Broken glass, for those who judge it afterwards: auditors and the coordinator. Shows nothing of the case itself."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.access import Deed, may
from iom.adapters.deeds import access_review
from iom.adapters.deeds.access_review import Finding
from iom.adapters.store.broken_glass import BrokenGlass
from iom.refusals import Refused
from web.forms import Form
from web.problems import status_of
from web.sessions import PageVisit, SignedIn

router = APIRouter()

AT_ONCE = 50
FINDINGS = {Finding.JUSTIFIED: "Justified", Finding.NOT_JUSTIFIED: "Not justified"}


@dataclass(frozen=True)
class ReviewPage:
    """Broken glass. ``form`` belongs to the one called ``about``; ``own`` is whose they cannot judge."""

    glasses: tuple[BrokenGlass, ...]
    form: Form
    about: UUID | None
    own: UUID
    reads_logs: bool
    findings: tuple[tuple[Finding, str], ...] = tuple(FINDINGS.items())


@router.get("/access-review")
async def show(visit: SignedIn) -> Response:
    """What waits for a finding first, then what has one."""
    return await _page(visit, None)


@router.post("/access-review/{grant_id}")
async def record(grant_id: UUID, visit: SignedIn) -> Response:
    """Writes down what was found."""
    finding = visit.form.choice("finding", Finding, "Choose what you found.")
    words = visit.form.text("words", "Say what you looked at and why you find so.", most=1000)
    if finding is None or not visit.form.holds:
        return await _page(visit, grant_id, 422)
    try:
        await access_review.review(visit.conn, visit.by, grant_id, finding, words)
    except Refused as refused:
        if refused.code in ("not_allowed", "broken_glass_not_found"):
            raise
        visit.form.refuse("words", refused.sentence)
        return await _page(visit, grant_id, status_of(refused.code))
    return RedirectResponse("/access-review?done=access_reviewed", 303)


async def _page(visit: PageVisit, about: UUID | None, status: int = 200) -> Response:
    found = await access_review.at_broken_glass(visit.conn, visit.by, AT_ONCE)
    reads_logs = may(visit.actor.role, Deed.READ_LOGS, on_team=True)
    view = ReviewPage(tuple(found), visit.form, about, visit.actor.account_id, reads_logs)
    return visit.show("access_review.html", view, status)
