"""Signing in with an agency's own directory: sent there, and coming back. What the answer says is judged elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from iom.adapters.database import transaction
from iom.adapters.directory import Attempt, Provider, Return, Told, way_back
from iom.adapters.directory_accounts import account_of
from iom.adapters.directory_settings import Directory
from iom.adapters.directory_wire import OutOfReach, Untrusted
from iom.adapters.settings import Settings
from iom.adapters.store import at_door
from iom.adapters.store import directory as attempts
from iom.refusals import Refused
from web.cookies import is_secure
from web.deps import Now, door_of, settings_of
from web.doorway import begin_half, begin_session, door_frame
from web.rendering import page
from web.sessions import own_path

router = APIRouter(prefix="/sign-in/directory")
log = structlog.get_logger()

LONGEST_CODE = 4096
HOW = "directory"
"""How a session of this kind is said to have begun."""


@dataclass(frozen=True)
class Offer:
    """A button on the sign-in page."""

    name: str
    address: str


def offers(settings: Settings, after: str) -> tuple[Offer, ...]:
    """A button for each directory; ``after`` is where they lead in the end."""
    return tuple(Offer(each.name, _way_there(each, after)) for each in settings.directories)


def offers_to_confirm(settings: Settings, agency: str, after: str) -> tuple[Offer, ...]:
    """Where people of the agency with this code may show again who they are: the session that then begins knows it."""
    own = (each for each in settings.directories if each.agency == agency)
    return tuple(
        Offer(each.name, f"/sign-in/directory/{each.code}?anew=&next={quote(after)}") for each in own
    )


def _way_there(directory: Directory, after: str) -> str:
    return f"/sign-in/directory/{directory.code}" + (f"?next={quote(after)}" if after != "/" else "")


@dataclass(frozen=True)
class NotSignedIn:
    """Why nobody was signed in, what to do, and the word that helps whoever looks after the service."""

    title: str
    sentence: str
    fault: str
    again: str


@router.get("/{code}")
async def leave(request: Request, code: str, now: Now) -> Response:
    """Sends somebody to their directory. Only from our own pages: else another site could have us do it."""
    directory = _directory(request, code)
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return RedirectResponse("/sign-in", 303)
    attempt, after = Attempt.new(), own_path(request.query_params.get("next", "/"))
    try:
        back, anew = _way_back(request, directory), "anew" in request.query_params
        address = await _provider(request, directory).address(attempt, back, now, anew=anew)
    except (OutOfReach, Untrusted) as fault:
        return _not_signed_in(request, directory, fault, after)
    async with transaction(door_of(request)) as conn:
        await attempts.begin(conn, attempt.state, attempt.secret, code, after, now)
    answer = RedirectResponse(address, 303)
    _give_secret(answer, request, attempt)
    return answer


@router.get("/{code}/return")
async def come_back(request: Request, code: str, now: Now) -> Response:
    """Takes what the directory sent the browser back with, once, and signs in whom it names."""
    directory = _directory(request, code)
    state = request.query_params.get("state", "")[:100]
    attempt = Attempt(state, request.cookies.get(_cookie(request, state), ""))
    async with transaction(door_of(request)) as conn:
        begun = await attempts.spend(conn, attempt.state, attempt.secret, code, now)
    after = begun.next if begun else "/"
    try:
        told = await _told(request, directory, attempt, begun, now)
        answer = await _let_in(request, directory, told, after, now)
    except (OutOfReach, Untrusted, Refused) as fault:
        answer = _not_signed_in(request, directory, fault, after)
    _take_secret(answer, request, attempt)
    return answer


async def _told(
    request: Request, directory: Directory, attempt: Attempt, begun: attempts.Begun | None, now: datetime
) -> Told:
    """Who the directory says came back. Raises OutOfReach, Untrusted or Refused."""
    if begun is None:
        raise Refused("directory_attempt_over", STALE)
    code = request.query_params.get("code", "")
    if "error" in request.query_params or not 0 < len(code) <= LONGEST_CODE:
        raise Refused("directory_said_no", f"{directory.name} did not sign you in. {AGAIN}")
    brought = Return(code, request.query_params.get("iss"), begun.began_at, _way_back(request, directory))
    return await _provider(request, directory).told(attempt, brought, now)


async def _let_in(request: Request, directory: Directory, told: Told, after: str, now: datetime) -> Response:
    """A session of the account that this is; or our second factor first, where the directory asked for none."""
    async with transaction(door_of(request)) as conn:
        account = await at_door.by_id(conn, await account_of(conn, directory, told, now))
        if not told.second_factor_shown:
            return await begin_half(request, conn, account, HOW, after, now)
        return await begin_session(request, conn, account, HOW, after, now, confirmed=told.was_asked_anew)


def _directory(request: Request, code: str) -> Directory:
    """Raises Refused(directory_not_found)."""
    for directory in settings_of(request).directories:
        if directory.code == code:
            return directory
    raise Refused("directory_not_found", "There is nothing at this address. Check it.")


def _provider(request: Request, directory: Directory) -> Provider:
    """What this process knows of the directory as the settings have it."""
    known: dict[Directory, Provider] = request.app.state.directories
    return known.setdefault(directory, Provider(directory))


def _way_back(request: Request, directory: Directory) -> str:
    return way_back(settings_of(request).public_url, directory)


def _cookie(request: Request, state: str) -> str:
    """A cookie for each try, so that two windows do not take it from each other."""
    prefix = "__Host-" if is_secure(settings_of(request)) else ""
    return f"{prefix}iom-directory-{state[:8]}"


def _give_secret(answer: Response, request: Request, attempt: Attempt) -> None:
    """SameSite=Lax: the directory sends the browser back by an ordinary link, from another site."""
    answer.set_cookie(
        _cookie(request, attempt.state),
        attempt.secret,
        max_age=int(attempts.LASTS.total_seconds()),
        path="/",
        secure=is_secure(settings_of(request)),
        httponly=True,
        samesite="lax",
    )


def _take_secret(answer: Response, request: Request, attempt: Attempt) -> None:
    if attempt.secret:
        answer.delete_cookie(
            _cookie(request, attempt.state),
            path="/",
            secure=is_secure(settings_of(request)),
            httponly=True,
            samesite="lax",
        )


AGAIN = "Try again. If it happens again, tell whoever looks after the service."
STALE = "This sign-in was not begun in this browser, was finished already, or took more than 10 minutes. Begin again."


def _not_signed_in(
    request: Request, directory: Directory, fault: OutOfReach | Untrusted | Refused, after: str
) -> Response:
    """The page that says why, with the status of such a refusal. The log says which directory, and nothing of whom."""
    match fault:
        case OutOfReach():
            status, title = 503, "Your directory does not answer"
            sentence = (
                f"{directory.name} does not answer just now, so it can sign nobody in. Try again in a minute."
            )
            word = fault.fault
        case Untrusted():
            status, title = 403, "You are not signed in"
            sentence = (
                f"The answer of {directory.name} could not be relied on, so nobody was signed in. {AGAIN}"
            )
            word = fault.fault
        case Refused():
            status, title, sentence, word = 403, "You are not signed in", fault.sentence, fault.code
    log.warning("directory_refused", directory=directory.code, fault=word)
    view = NotSignedIn(title, sentence, word, _way_there(directory, after))
    return page("directory.html", view, door_frame(request), status)
