"""Asking for access to a case, breaking the glass over it, and deciding on what others ask."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.adapters.deeds import access
from iom.adapters.store.access import Waiting
from iom.calendar import london_date
from iom.refusals import Refused
from web.deps import settings_of
from web.forms import Form
from web.pages.case import Ref
from web.problems import status_of
from web.sessions import Confirmed, PageVisit, SignedIn

router = APIRouter()


@dataclass(frozen=True)
class AskPage:
    """Asks why somebody needs a case that is not theirs. It shows its reference only."""

    ref: str
    form: Form
    key: str
    hours: int
    refusal: str = ""


@dataclass(frozen=True)
class RequestPage:
    """A request, to be granted until a date or refused with words."""

    asked: Waiting
    form: Form
    key: str
    until: date
    refusal: str = ""


@router.post("/cases/{ref}/ask")
async def ask(ref: Ref, visit: SignedIn) -> Response:
    """The form. It is posted to, since no address says that somebody looks at a case that is not theirs."""
    return _ask(visit, "access_ask.html", ref)


@router.post("/cases/{ref}/ask/send")
async def send(ref: Ref, visit: SignedIn) -> Response:
    """Asks whoever leads on the case."""
    why = visit.form.text("why", "Say why you need this case.", most=1000)
    refused = await visit.attempt(lambda: access.ask(visit.conn, visit.by, ref, why)) if why else None
    return _after(visit, "access_ask.html", ref, refused, "/?done=access_asked")


@router.post("/cases/{ref}/break-glass")
async def before_breaking(ref: Ref, visit: SignedIn) -> Response:
    """The form."""
    return _ask(visit, "break_glass.html", ref)


@router.post("/cases/{ref}/break-glass/open")
async def break_glass(ref: Ref, visit: Confirmed) -> Response:
    """Opens the case to somebody who has just shown that it is they."""
    hours = settings_of(visit.request).break_glass_hours
    why = visit.form.text("why", "Say why this cannot wait.", most=1000)
    refused = (
        await visit.attempt(lambda: access.break_glass(visit.conn, visit.by, ref, why, hours))
        if why
        else None
    )
    return _after(visit, "break_glass.html", ref, refused, f"/cases/{ref}")


@router.get("/access-requests/{request_id}")
async def request(request_id: UUID, visit: SignedIn) -> Response:
    """One request, for whoever decides on it."""
    asked = await access.at_request(visit.conn, visit.by, request_id)
    return visit.show("access_request.html", RequestPage(asked, visit.form, visit.key, _usual(visit)))


@router.post("/access-requests/{request_id}/grant")
async def grant(request_id: UUID, visit: SignedIn) -> Response:
    """Lets them in: for the usual time with one click, or until the date that was typed."""
    until = visit.form.day("until", "the last day") or _usual(visit)
    if not visit.form.holds:
        return await _again(visit, request_id, None)
    refused = await visit.attempt(lambda: access.grant(visit.conn, visit.by, request_id, until))
    return await _decided(visit, request_id, refused, "access_granted")


@router.post("/access-requests/{request_id}/refuse")
async def refuse(request_id: UUID, visit: SignedIn) -> Response:
    """Says no."""
    words = visit.form.text("words", most=1000)
    refused = await visit.attempt(lambda: access.refuse(visit.conn, visit.by, request_id, words))
    return await _decided(visit, request_id, refused, "access_refused")


def _usual(visit: PageVisit) -> date:
    return london_date(visit.now) + timedelta(days=settings_of(visit.request).access_days)


def _ask(visit: PageVisit, template: str, ref: str, refusal: str = "", status: int = 200) -> Response:
    hours = settings_of(visit.request).break_glass_hours
    return visit.show(template, AskPage(ref, visit.form, visit.key, hours, refusal), status)


def _after(visit: PageVisit, template: str, ref: str, refused: Refused | None, onwards: str) -> Response:
    if refused is not None and refused.code == "already_open":
        return RedirectResponse(f"/cases/{ref}", 303)
    if refused is not None:
        return _ask(visit, template, ref, refused.sentence, status_of(refused.code))
    return RedirectResponse(onwards, 303) if visit.form.holds else _ask(visit, template, ref, status=422)


async def _decided(visit: PageVisit, request_id: UUID, refused: Refused | None, done: str) -> Response:
    if refused is None:
        return RedirectResponse(f"/?done={done}", 303)
    if refused.code in ("date_not_ahead", "date_too_far"):
        return await _again(visit, request_id, refused)
    raise refused


async def _again(visit: PageVisit, request_id: UUID, refused: Refused | None) -> Response:
    if refused is not None:
        visit.form.refuse("until-day", refused.sentence)
    asked = await access.at_request(visit.conn, visit.by, request_id)
    return visit.show("access_request.html", RequestPage(asked, visit.form, visit.key, _usual(visit)), 422)
