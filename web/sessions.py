"""Sessions of people in browsers: signing in and out, and a page's one transaction in their name. Draws no page."""

import hmac
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import Depends
from psycopg.errors import UniqueViolation
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.by import By
from iom.adapters.passwords import fits
from iom.adapters.settings import Settings
from iom.adapters.store import accounts, events
from iom.refusals import Refused
from web.deps import Now, Visit, address_of, pool_of, settings_of
from web.forms import Form
from web.rendering import Frame, page

FORM_TOKEN = "form_token"  # noqa: S105 - the name of a form's field, no secret
KEY = "key"
"""The hidden field that names one filling-in of a form: sent twice, it is done once."""

MEANWHILE = (
    "Somebody else recorded the same at this moment. Look at what is there now before you send it again."
)


def cookie_name(settings: Settings) -> str:
    """The session cookie's name; by https one that browsers keep to this host and to https."""
    return "__Host-iom" if is_secure(settings) else "iom"


def is_secure(settings: Settings) -> bool:
    """Whether people reach the pages by https."""
    return settings.public_url.startswith("https://")


async def sign_in(pool: Pool, email: str, password: str, at: datetime) -> str | None:
    """A new session's token if this is the password of that account; None, after the same time, if not."""
    async with transaction(pool) as conn:
        known = await accounts.credentials(conn, email)
    if not await fits(password, known.password_hash if known else None):
        return None
    assert known is not None, "nothing fits an unknown account"
    token = secrets.token_urlsafe(32)
    async with transaction(pool) as conn:
        await accounts.begin_session(conn, token, known.account_id, secrets.token_urlsafe(32), at)
    return token


def give_cookie(response: Response, settings: Settings, token: str) -> None:
    """Lets the browser keep the session until it is closed; scripts and other sites cannot use it."""
    response.set_cookie(
        cookie_name(settings), token, path="/", secure=is_secure(settings), httponly=True, samesite="lax"
    )


def take_cookie(response: Response, settings: Settings) -> None:
    """Lets the browser forget the session."""
    response.delete_cookie(
        cookie_name(settings), path="/", secure=is_secure(settings), httponly=True, samesite="lax"
    )


def own_path(asked: str) -> str:
    """Where to go after signing in: a path of this service, else the first page. Never another site."""
    parts = urlsplit(asked)
    is_own = asked.startswith("/") and not asked.startswith("//") and not (parts.scheme or parts.netloc)
    is_plain = asked.isascii() and asked.isprintable() and "\\" not in asked
    return asked if is_own and is_plain and parts.path not in ("/sign-in", "/sign-out") else "/"


def to_sign_in(request: Request) -> Response:
    """To the sign-in page, and from there back to this address."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    after = f"?next={quote(back, safe='/')}" if own_path(back) != "/" else ""
    return RedirectResponse(f"/sign-in{after}", 303)


@dataclass(frozen=True)
class PageVisit(Visit):
    """One page asked for, or one form sent, by somebody signed in, inside its one transaction."""

    request: Request
    form_token: str
    form: Form

    @property
    def now(self) -> datetime:
        """The moment of the request, aware UTC."""
        return self.by.now

    @property
    def key(self) -> str:
        """The name of this filling-in of a form: as sent, else a new one."""
        assert self.by.key is not None
        return self.by.key

    def show(self, template: str, view: object, status: int = 200) -> Response:
        """The page, in its frame."""
        return page(template, view, self._frame(), status)

    def _frame(self) -> Frame:
        done, settings = self.request.query_params.get("done", ""), settings_of(self.request)
        return Frame(self.request.url.path, settings.inbox_dir is not None, self.actor, self.form_token, done)

    async def attempt(self, deed: Callable[[], Coroutine[Any, Any, object]]) -> Refused | None:
        """Does a deed, whole or not at all, once for each filling-in of the form. Returns the refusal, if any."""
        if await self._was_done():
            return None
        try:
            async with self.conn.transaction():
                await deed()
        except (Refused, UniqueViolation) as error:
            if await self._was_done():
                return None
            return error if isinstance(error, Refused) else Refused("recorded_meanwhile", MEANWHILE)
        return None

    async def _was_done(self) -> bool:
        return await events.by_request(self.conn, self.by.request_id) is not None


async def _page_visit(request: Request, at: Now) -> AsyncIterator[PageVisit]:
    settings = settings_of(request)
    sent = Form.of(await request.form()) if request.method == "POST" else Form()
    token = request.cookies.get(cookie_name(settings), "")
    async with transaction(pool_of(request)) as conn:
        alive_since = at - timedelta(minutes=settings.session_idle_minutes)
        signed_in = await accounts.by_session(conn, token, alive_since)
        if signed_in is None:
            raise Refused("unauthenticated", "Sign in first.")
        if request.method == "POST":
            _refuse_forged(sent, signed_in.form_token)
        await accounts.see_session(conn, token, at)
        key = sent[KEY][:100] or secrets.token_urlsafe(16)
        by = By(signed_in.actor, "page", at, address_of(request), key)
        yield PageVisit(conn, by, request, signed_in.form_token, sent)


def _refuse_forged(sent: Form, form_token: str) -> None:
    if not hmac.compare_digest(sent[FORM_TOKEN].encode(), form_token.encode()):
        raise Refused(
            "form_not_ours",
            "You signed in anew since this page was opened, so nothing was recorded. Go back, reload the page and "
            "send it again.",
        )


SignedIn = Annotated[PageVisit, Depends(_page_visit, scope="function")]
"""Scope "function": what was done is committed before the answer goes out."""
