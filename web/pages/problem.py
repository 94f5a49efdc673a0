"""The page for whatever went wrong: what it was, and what to do. Asks for no session: that may be what went wrong."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.deps import settings_of
from web.kept import keep_sent
from web.problems import Problem
from web.rendering import Frame, page
from web.sessions import to_sign_in

TITLES = {
    HTTPStatus.FORBIDDEN: "You cannot do this",
    HTTPStatus.NOT_FOUND: "Page not found",
    HTTPStatus.CONFLICT: "This cannot be recorded",
    HTTPStatus.SERVICE_UNAVAILABLE: "The service is out of reach just now",
}


@dataclass(frozen=True)
class ProblemPage:
    """What went wrong, for whoever reads it."""

    title: str
    sentence: str


async def show(request: Request, problem: Problem) -> Response:
    """Any problem as a page; whoever has to sign in, or to show that it is they, goes there instead.

    What they had typed is kept for them.
    """
    if problem.code == "unauthenticated":
        return to_sign_in(request, await keep_sent(request))
    if problem.code == "confirm_first":
        back = await keep_sent(request) or request.url.path
        return RedirectResponse(f"/confirm?next={quote(back, safe='/')}", 303)
    status, sentence = HTTPStatus(problem.status), problem.sentence
    if problem.code == "invalid_request":
        status, sentence = HTTPStatus.NOT_FOUND, "There is nothing at this address. Check it."
    title = TITLES.get(status, "Something went wrong")
    frame = Frame(request.url.path, settings_of(request).inbox_dir is not None)
    return page("problem.html", ProblemPage(title, sentence), frame, status, problem.headers)
