"""Consents and public-interest decisions on a case: what opens a health service's clinical notes to others."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.access import Deed, may
from iom.adapters.deeds import sharing as deeds
from iom.adapters.deeds.sharing import NewConsent, NewDecision, Shared
from iom.adapters.store import case_file, sharing
from iom.adapters.store.case_file import PersonView
from iom.adapters.store.sharing import AgencyName
from iom.refusals import Refused
from web.forms import Form
from web.pages.case import Ref
from web.problems import status_of
from web.sessions import PageVisit, SignedIn

router = APIRouter()

FIELD_OF_CODE = {
    "agencies_needed": "agencies",
    "date_not_past": "given_on-day",
    "date_not_ahead": "until_on-day",
}


@dataclass(frozen=True)
class SharingPage:
    """What stands, and the two forms for a health service's own people. ``about`` names the form that was sent."""

    shared: Shared
    person: PersonView | None
    agencies: tuple[AgencyName, ...]
    may_share: bool
    form: Form
    about: str
    key: str
    refusal: str = ""


@router.get("/cases/{ref}/sharing")
async def show(ref: Ref, visit: SignedIn, about: str = "consent") -> Response:
    """What stands, and a form: for a consent, or for a decision."""
    return await _page(visit, ref, "decision" if about == "decision" else "consent")


@router.post("/cases/{ref}/consents")
async def consent(ref: Ref, visit: SignedIn) -> Response:
    """Records a consent."""
    form = visit.form
    agencies = await _named(visit)
    what = form.text("what", "Say what the person agreed to.", most=1000)
    given_on = form.day("given_on", "the day", needed=True) or date.min
    new = NewConsent(agencies, what, given_on)
    return await _record(visit, ref, "consent", lambda: deeds.record_consent(visit.conn, visit.by, ref, new))


@router.post("/cases/{ref}/public-interest")
async def decision(ref: Ref, visit: SignedIn) -> Response:
    """Records a decision to tell without consent."""
    form = visit.form
    agencies = await _named(visit)
    why = form.text("why", "Say why they have to know, and what happens if they do not.", most=2000)
    seniority = form.text("seniority", "Say who decided this, and their position.", most=200)
    until_on = form.day("until_on", "the last day", needed=True) or date.min
    new = NewDecision(agencies, why, seniority, form["person_told"] == "yes", until_on)
    return await _record(
        visit, ref, "decision", lambda: deeds.decide_public_interest(visit.conn, visit.by, ref, new)
    )


@router.post("/cases/{ref}/consents/{consent_id}/withdraw")
async def withdraw(ref: Ref, consent_id: UUID, visit: SignedIn) -> Response:
    """Ends a consent."""
    await deeds.withdraw_consent(visit.conn, visit.by, ref, consent_id)
    return RedirectResponse(f"/cases/{ref}/sharing?done=sharing", 303)


async def _named(visit: PageVisit) -> tuple[UUID, ...]:
    found = await sharing.others(visit.conn, visit.actor.agency_id)
    named = tuple(each.id for each in found if visit.form[f"agency-{each.code}"])
    if not named:
        visit.form.refuse("agencies", "Name the agencies that may read it.")
    return named


async def _record(
    visit: PageVisit, ref: str, about: str, doing: Callable[[], Coroutine[Any, Any, object]]
) -> Response:
    refused = await visit.attempt(doing) if visit.form.holds else None
    if refused is None and visit.form.holds:
        return RedirectResponse(f"/cases/{ref}/sharing?done=sharing", 303)
    return await _page(visit, ref, about, refused)


async def _page(visit: PageVisit, ref: str, about: str, refused: Refused | None = None) -> Response:
    shared = await deeds.at_sharing(visit.conn, visit.by, ref)
    refusal = ""
    if refused is not None and refused.code in FIELD_OF_CODE:
        visit.form.refuse(FIELD_OF_CODE[refused.code], refused.sentence)
    elif refused is not None:
        refusal = refused.sentence
    status = status_of(refused.code) if refused else 200 if visit.form.holds else 422
    agencies = await sharing.others(visit.conn, visit.actor.agency_id)
    may_share = may(visit.actor.role, Deed.SHARE_HEALTH, on_team=shared.cover.on_team)
    person = await case_file.person(visit.conn, shared.cover, visit.actor)
    view = SharingPage(shared, person, tuple(agencies), may_share, visit.form, about, visit.key, refusal)
    return visit.show("sharing.html", view, status)
