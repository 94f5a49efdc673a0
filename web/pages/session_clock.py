"""How long somebody stays signed in: a frame on every page that turns by itself and warns before the end. No scripts.

It stands in a frame so that a warning, and staying signed in, leaves what is being typed on the page as it is.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from iom.adapters.database import transaction
from iom.adapters.store import sessions
from iom.adapters.store.sessions import Clock
from iom.refusals import Refused
from web.cookies import cookie_name
from web.deps import Now, door_of, settings_of
from web.doorway import FORM_TOKEN
from web.forms import Form
from web.rendering import Frame, page
from web.walls import policy

router = APIRouter(prefix="/session")

WARNED = timedelta(minutes=3)
"""How long before the end. WCAG 2.2.1 asks for 20 seconds, the DWP's pattern for two minutes (domain.md §5.9)."""

FRAMED = policy(frame_ancestors="'self'")


@dataclass(frozen=True)
class ClockPage:
    """``ends_at`` is None once it is over. ``can_stay`` is no more when the day's limit is near, not the idle one."""

    ends_at: datetime | None
    warns: bool = False
    can_stay: bool = False


@router.get("/clock")
async def show(request: Request, now: Now) -> Response:
    """The frame. Looking at it keeps nobody signed in, and a browser looks again when there is something new to say."""
    clock = await _clock(request)
    if clock is None or clock.ends_at <= now:
        return _page(request, ClockPage(None))
    warns = clock.ends_at - now <= WARNED
    view = ClockPage(clock.ends_at, warns, clock.until - now > WARNED)
    answer = _page(request, view, clock.form_token)
    turns_at = clock.ends_at if warns else clock.ends_at - WARNED
    answer.headers["Refresh"] = str(int((turns_at - now).total_seconds()) + 1)
    return answer


@router.post("/clock")
async def stay(request: Request, now: Now) -> Response:
    """Stays signed in."""
    clock, sent = await _clock(request), Form.of(await request.form())
    if clock is not None:
        if not hmac.compare_digest(sent[FORM_TOKEN].encode(), clock.form_token.encode()):
            raise Refused("form_not_ours", "You signed in anew since this page was opened. Reload it.")
        async with transaction(door_of(request)) as conn:
            await sessions.stay(conn, _token(request), now)
    return RedirectResponse("/session/clock", 303)


async def _clock(request: Request) -> Clock | None:
    async with transaction(door_of(request)) as conn:
        return await sessions.clock(conn, _token(request))


def _token(request: Request) -> str:
    return request.cookies.get(cookie_name(settings_of(request)), "")


def _page(request: Request, view: ClockPage, form_token: str = "") -> Response:
    frame = Frame(request.url.path, False, form_token=form_token)
    return page("session_clock.html", view, frame, headers={"Content-Security-Policy": FRAMED})
