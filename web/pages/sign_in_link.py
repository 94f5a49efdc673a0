"""Signing in by a link in an e-mail, for people who come once a month. Says the same to everybody who asks for one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from iom.adapters.database import transaction
from iom.adapters.sign_in_rules import check_ours_will_do, patience
from iom.adapters.store import at_door, sign_in_links, tries
from iom.adapters.store.sign_in_links import Asked
from iom.adapters.store.tries import Trying, TryKind
from iom.identifiers import read_email_address
from iom.refusals import Refused
from web.deps import Now, address_of, door_of, settings_of
from web.doorway import PAGE_TOO_OLD, Doorway, begin_half, begin_session
from web.forms import Form
from web.problems import status_of
from web.sessions import own_path

router = APIRouter(prefix="/sign-in/link")

Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]


@dataclass(frozen=True)
class AskPage:
    """Asks for an address; ``minutes`` is how long a link opens, ``sent`` that a letter is on its way if it may be."""

    form: Form
    next: str
    minutes: int
    sent: bool = False
    refusal: str = ""


@dataclass(frozen=True)
class OpenPage:
    """Asks somebody who followed a link to go on. Mail scanners follow links too, but send no forms."""

    token: str
    opens: bool


@router.get("")
async def ask(request: Request) -> Response:
    """The form."""
    after = own_path(request.query_params.get("next", "/"))
    return Doorway.of(request).show(
        "sign_in_link.html", AskPage(Form(), after, settings_of(request).link_minutes)
    )


@router.post("")
async def send(request: Request, now: Now) -> Response:
    """Asks for a link. The same statement whether or not anybody has this address; the worker sees to the rest."""
    doorway, form, settings = Doorway.of(request), Form.of(await request.form()), settings_of(request)
    after = own_path(form["next"])
    view = AskPage(form, after, settings.link_minutes)
    if not doorway.is_ours(form):
        return doorway.show(
            "sign_in_link.html", AskPage(form, after, view.minutes, refusal=PAGE_TOO_OLD), 403
        )
    email = _address(form)
    if not form.holds:
        return doorway.show("sign_in_link.html", view, 422)
    asked = Asked(email, doorway.token, after, now + timedelta(minutes=settings.link_minutes))
    try:
        async with transaction(door_of(request)) as conn:
            await tries.begin(conn, Trying(TryKind.LINK, email, address_of(request)), patience(settings), now)
            await sign_in_links.ask(conn, asked, now)
    except Refused as refused:
        refusal = AskPage(form, after, view.minutes, refusal=refused.sentence)
        return doorway.show("sign_in_link.html", refusal, status_of(refused.code))
    return doorway.show("sign_in_link.html", AskPage(form, after, view.minutes, sent=True))


def _address(form: Form) -> str:
    email = form.text("email", "Enter your e-mail address.", most=254)
    if not form.holds:
        return ""
    try:
        return read_email_address(email)
    except Refused as refused:
        form.refuse("email", refused.sentence)
        return ""


@router.get("/{token}")
async def look(request: Request, token: Token, now: Now) -> Response:
    """Whether the link opens here. Looking uses nothing up."""
    doorway = Doorway.of(request)
    async with transaction(door_of(request)) as conn:
        opens = await sign_in_links.is_open(conn, token, doorway.token, now)
    return doorway.show("sign_in_link_open.html", OpenPage(token, opens), 200 if opens else 410)


@router.post("/{token}")
async def use(request: Request, token: Token, now: Now) -> Response:
    """Uses the link, once, in the browser it was asked for in; then the second factor, if settings ask for it."""
    doorway, form, settings = Doorway.of(request), Form.of(await request.form()), settings_of(request)
    if not doorway.is_ours(form):
        return doorway.show("sign_in_link_open.html", OpenPage(token, False), 410)
    async with transaction(door_of(request)) as conn:
        opened = await sign_in_links.use(conn, token, doorway.token, now)
        if opened is None:
            return doorway.show("sign_in_link_open.html", OpenPage(token, False), 410)
        await tries.forgive(conn, Trying(TryKind.LINK, opened.email, address_of(request)), now)
        account = await at_door.by_id(conn, opened.account_id)
        check_ours_will_do(settings, account.agency_code, account.agency)
        if settings.link_second_factor == "required":
            return await begin_half(request, conn, account, "link", opened.next, now)
        return await begin_session(request, conn, account, "link", opened.next, now, confirmed=True)
