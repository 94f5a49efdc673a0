"""Signing in and out with a local account. Says neither whether an address is known nor why it was refused."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from iom.adapters.database import transaction
from iom.adapters.sign_in_rules import check_ours_will_do
from iom.adapters.store import at_door, sessions
from iom.refusals import Refused
from web.cookies import take_cookie
from web.deps import Now, address_of, door_of, settings_of
from web.doorway import PAGE_TOO_OLD, Doorway, begin_half
from web.forms import Form
from web.pages import directory
from web.pages.directory import Offer
from web.passwords import owner_of
from web.problems import status_of
from web.sessions import SignedIn, own_path

router = APIRouter()

WRONG = (
    "The e-mail address or the password is wrong. Type both again, or ask your coordinator for an account."
)


@dataclass(frozen=True)
class SignInPage:
    """The form for signing in; ``next`` is where it leads, ``signed_out`` whether somebody just left."""

    form: Form
    next: str
    offers: tuple[Offer, ...]
    refusal: str = ""
    signed_out: bool = False


@router.get("/sign-in")
async def ask(request: Request) -> Response:
    """The form."""
    after, signed_out = own_path(request.query_params.get("next", "/")), "signed_out" in request.query_params
    offers = directory.offers(settings_of(request), after)
    return Doorway.of(request).show("sign_in.html", SignInPage(Form(), after, offers, "", signed_out))


@router.post("/sign-in")
async def sign_in(request: Request, now: Now) -> Response:
    """The first factor. What follows is a new session, whatever the browser had before."""
    doorway, form = Doorway.of(request), Form.of(await request.form())
    if not doorway.is_ours(form):
        return _again(doorway, form, PAGE_TOO_OLD, 403)
    email = form.text("email", "Enter your e-mail address.", most=254)
    password = form.text("password", "Enter your password.", most=500)
    if not form.holds:
        return _again(doorway, form)
    try:
        return await _first_factor(request, email, password, own_path(form["next"]), now) or _again(
            doorway, form, WRONG
        )
    except Refused as refused:
        return _again(doorway, form, refused.sentence, status_of(refused.code))


async def _first_factor(
    request: Request, email: str, password: str, leading_to: str, at: datetime
) -> Response | None:
    """None if the password is wrong. Raises Refused(too_many_tries), or account_locked to the account's own owner."""
    door = door_of(request)
    account_id = await owner_of(door, settings_of(request), email, password, address_of(request), at)
    if account_id is None:
        return None
    async with transaction(door) as conn:
        account = await at_door.by_id(conn, account_id)
        check_ours_will_do(settings_of(request), account.agency_code, account.agency)
        return await begin_half(request, conn, account, "password", leading_to, at)


def _again(doorway: Doorway, form: Form, refusal: str = "", status: int = 422) -> Response:
    after = own_path(form["next"])
    offers = directory.offers(settings_of(doorway.request), after)
    return doorway.show("sign_in.html", SignInPage(form, after, offers, refusal), status)


@router.post("/sign-out")
async def sign_out(visit: SignedIn) -> Response:
    """Ends the session, here and in the record."""
    await sessions.end(visit.conn, visit.session_id, visit.actor.account_id, visit.now)
    answer = RedirectResponse("/sign-in?signed_out=", 303)
    take_cookie(answer, settings_of(visit.request))
    return answer
