"""Visits of people signed in: a page's one transaction in their name, its form, its confirmation. Begins no session."""

import hmac
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from fastapi import Depends
from psycopg.errors import UniqueViolation
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from iom.adapters.database import Connection, transaction
from iom.adapters.deeds.by import By
from iom.adapters.store import accounts, events, kept_forms
from iom.adapters.store.accounts import SignedIn as WhoIs
from iom.refusals import Refused
from web.attempts import note_attempt
from web.cookies import cookie_name
from web.deps import Now, Visit, address_of, pool_of, settings_of
from web.forms import Form
from web.notices import Notices, over
from web.rendering import Frame, page

FORM_TOKEN = "form_token"  # noqa: S105 - the name of a form's field, no secret
KEPT = "kept"
"""The hidden field of a form that was kept while its writer signed in: which one."""
KEY = "key"
"""The hidden field that names one filling-in of a form: sent twice, it is done once."""

MEANWHILE = (
    "Somebody else recorded the same at this moment. Look at what is there now before you send it again."
)


def own_path(asked: str) -> str:
    """Where to go after signing in: a path of this service, else the first page. Never another site."""
    parts = urlsplit(asked)
    is_own = asked.startswith("/") and not asked.startswith("//") and not (parts.scheme or parts.netloc)
    is_plain = asked.isascii() and asked.isprintable() and "\\" not in asked
    leads_on = parts.path != "/sign-out" and not parts.path.startswith(("/sign-in", "/session"))
    return asked if is_own and is_plain and leads_on else "/"


def to_sign_in(request: Request, back: str = "") -> Response:
    """To the sign-in page, and from there back to this address, or to ``back``."""
    back = back or request.url.path + (f"?{request.url.query}" if request.url.query else "")
    after = f"?next={quote(back, safe='/')}" if own_path(back) != "/" else ""
    return RedirectResponse(f"/sign-in{after}", 303)


@dataclass(frozen=True)
class PageVisit(Visit):
    """One page asked for, or one form sent, by somebody signed in, inside its one transaction."""

    request: Request
    form_token: str
    form: Form
    session_id: UUID
    confirmed_at: datetime | None
    notices: Notices

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
        return Frame(
            self.request.url.path,
            settings.inbox_dir is not None,
            self.actor,
            self.form_token,
            done,
            skippable=settings.second_factor == "skippable",
            notices=self.notices,
        )

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
    sent = Form.of(await request.form()) if request.method == "POST" else Form()
    request.state.sent, request.state.at = sent, at
    token = request.cookies.get(cookie_name(settings_of(request)), "")
    async with transaction(pool_of(request)) as conn:
        who = await accounts.by_session(conn, token, at)
        if who is None:
            raise Refused("unauthenticated", "Sign in first.")
        if request.method == "POST":
            _refuse_forged(sent, who.form_token)
            await _forget_kept(conn, sent, who)
        key = sent[KEY][:100] or secrets.token_urlsafe(16)
        by = By(who.actor, "page", at, address_of(request), key, who.session_id)
        notices = await over(conn, request.url.path, who.actor, at, settings_of(request))
        try:
            yield PageVisit(
                conn, by, request, who.form_token, sent, who.session_id, who.confirmed_at, notices
            )
        except Refused as refused:
            await note_attempt(request, conn, by, refused, lambda: accounts.by_session(conn, token, at))
            raise


async def _forget_kept(conn: Connection, sent: Form, who: WhoIs) -> None:
    """What was kept is sent now; if that is refused, this is undone with it."""
    try:
        await kept_forms.empty(conn, UUID(sent[KEPT]), who.actor.account_id)
    except ValueError:
        return


def _refuse_forged(sent: Form, form_token: str) -> None:
    if not hmac.compare_digest(sent[FORM_TOKEN].encode(), form_token.encode()):
        raise Refused(
            "form_not_ours",
            "You signed in anew since this page was opened, so nothing was recorded. Go back, reload the page and "
            "send it again.",
        )


SignedIn = Annotated[PageVisit, Depends(_page_visit, scope="function")]
"""Scope "function": what was done is committed before the answer goes out."""


async def _confirmed(visit: SignedIn) -> PageVisit:
    """Raises Refused(confirm_first), which leads to the page that asks, and from there back here."""
    lasts = timedelta(minutes=settings_of(visit.request).confirm_minutes)
    if visit.confirmed_at is None or visit.now > visit.confirmed_at + lasts:
        raise Refused("confirm_first", "Show first that it is you.")
    return visit


Confirmed = Annotated[PageVisit, Depends(_confirmed, scope="function")]
"""For exporting, breaking glass and signing off a panel's decision: somebody who has just shown that it is they."""
