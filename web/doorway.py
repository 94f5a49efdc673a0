"""The way in: the browser's own token before anybody is known, half sign-ins, and where a session begins."""

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from iom.adapters.database import Connection, transaction
from iom.adapters.settings import Settings
from iom.adapters.sign_in_rules import idle_minutes, terms
from iom.adapters.store import at_door, halves, sessions
from iom.adapters.store.at_door import AtDoor
from iom.adapters.store.halves import Half
from iom.refusals import Refused
from web.cookies import HALF, SESSION, WAITING, cookie_name, give_cookie, take_cookie
from web.deps import Now, address_of, door_of, settings_of
from web.forms import Form
from web.rendering import Frame, page

FORM_TOKEN = "form_token"  # noqa: S105 - the name of a form's field, no secret
MOST_TRIES = 5
"""Codes tried in one half sign-in. Then the password is asked for again."""
TOKEN_BYTES = 32

PAGE_TOO_OLD = (
    "This page was open for too long, or your browser keeps no cookies, so nothing was sent. Try once more."
)


def new_token() -> str:
    """256 bits that nobody can guess, for a cookie or a form."""
    return secrets.token_urlsafe(TOKEN_BYTES)


@dataclass(frozen=True)
class Doorway:
    """One request by a browser in which nobody is signed in yet. ``token`` is the browser's own, in a cookie."""

    request: Request
    token: str
    is_new: bool

    @classmethod
    def of(cls, request: Request) -> "Doorway":
        """With the token the browser has, or a new one for ``show`` to give it."""
        known = request.cookies.get(cookie_name(settings_of(request), WAITING), "")
        return cls(request, known or new_token(), not known)

    @property
    def form_token(self) -> str:
        """What our own forms carry. It follows from the cookie, which no other site can read or set."""
        return hashlib.sha256(b"form " + self.token.encode()).hexdigest()

    def is_ours(self, form: Form) -> bool:
        """Whether this form was shown to this browser."""
        return not self.is_new and hmac.compare_digest(form[FORM_TOKEN].encode(), self.form_token.encode())

    def show(self, template: str, view: object, status: int = 200) -> Response:
        """The page, for somebody not signed in."""
        answer = page(template, view, door_frame(self.request, self.form_token), status)
        if self.is_new:
            give_cookie(answer, settings_of(self.request), self.token, WAITING)
        return answer


def door_frame(request: Request, form_token: str = "") -> Frame:
    """What stands around a page for somebody not signed in."""
    settings = settings_of(request)
    return Frame(
        request.url.path,
        settings.inbox_dir is not None,
        form_token=form_token,
        skippable=settings.second_factor == "skippable",
    )


@dataclass(frozen=True)
class HalfWay:
    """One request by somebody who has shown one factor. ``token`` is that of the half sign-in's cookie."""

    request: Request
    half: Half
    token: str
    at: datetime

    def show(self, template: str, view: object, status: int = 200) -> Response:
        """The page, for somebody half signed in."""
        return page(template, view, door_frame(self.request, self.half.form_token), status)

    async def finish(self, conn: Connection, how: str) -> Response:
        """Ends the half and begins the whole, once. Leads to where they wanted to be."""
        if not await halves.end(conn, self.token, self.at):
            raise Refused("unauthenticated", "Sign in first.")
        account = await at_door.by_id(conn, self.half.account_id)
        way = f"{self.half.how}, {how}"
        return await _session(self.request, conn, account, way, self.at, self.half.next)


async def _half_way(request: Request, at: Now) -> AsyncIterator[HalfWay]:
    """Raises Refused(unauthenticated), or Refused(form_not_ours) for a form that is not this half's own."""
    settings = settings_of(request)
    token = request.cookies.get(cookie_name(settings, HALF), "")
    since = at - timedelta(minutes=settings.second_factor_minutes)
    async with transaction(door_of(request)) as conn:
        half = await halves.of(conn, token, since, MOST_TRIES)
    if half is None:
        raise Refused("unauthenticated", "Sign in first.")
    if request.method == "POST":
        sent = Form.of(await request.form())
        if not hmac.compare_digest(sent[FORM_TOKEN].encode(), half.form_token.encode()):
            raise Refused("form_not_ours", PAGE_TOO_OLD)
    yield HalfWay(request, half, token, at)


HalfSignedIn = Annotated[HalfWay, Depends(_half_way, scope="function")]


async def begin_half(
    request: Request, conn: Connection, account: AtDoor, how: str, leading_to: str, at: datetime
) -> Response:
    """One factor was shown, ``how`` says which: on to the second. Raises Refused(account_locked)."""
    settings = settings_of(request)
    at_door.check_not_locked(account, terms(settings), at)
    token = new_token()
    await halves.begin(conn, token, new_token(), account.account_id, how, leading_to, at)
    answer = RedirectResponse("/sign-in/code", 303)
    give_cookie(answer, settings, token, HALF)
    return answer


async def begin_session(
    request: Request,
    conn: Connection,
    account: AtDoor,
    how: str,
    leading_to: str,
    at: datetime,
    *,
    confirmed: bool,
) -> Response:
    """All that was to be shown was shown elsewhere: a new session. Raises Refused(account_locked).

    ``conn`` is one of the door's. ``leading_to`` must have been through ``own_path``. ``confirmed`` says whether they
    showed it just now, as ``confirm`` asks for.
    """
    at_door.check_not_locked(account, terms(settings_of(request)), at)
    return await _session(request, conn, account, how, at, leading_to, confirmed)


async def _session(
    request: Request,
    conn: Connection,
    account: AtDoor,
    how: str,
    at: datetime,
    leading_to: str,
    confirmed: bool = True,
) -> Response:
    settings, token = settings_of(request), new_token()
    new = sessions.Beginning(
        account.account_id,
        how,
        idle_minutes(settings, account.role),
        at + timedelta(hours=settings.session_hours),
        address_of(request),
        request.headers.get("user-agent", ""),
        confirmed=confirmed,
    )
    await sessions.end_by_token(conn, request.cookies.get(cookie_name(settings, SESSION), ""), at)
    await sessions.begin(conn, token, new_token(), new, at)
    answer = RedirectResponse(leading_to, 303)
    give_cookie(answer, settings, token, SESSION)
    for spent in (HALF, WAITING):
        take_cookie(answer, settings, spent)
    return answer


def is_demo(settings: Settings) -> bool:
    """Whether people may sign in without their second factor."""
    return settings.second_factor == "skippable"
