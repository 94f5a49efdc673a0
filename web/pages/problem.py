"""The page for whatever went wrong: what it was, and what to do. Knows no session: that may be what went wrong."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from web.deps import settings_of
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
    """Any problem as a page; somebody not signed in goes to the sign-in page instead."""
    if problem.code == "unauthenticated":
        return to_sign_in(request)
    status, sentence = HTTPStatus(problem.status), problem.sentence
    if problem.code == "invalid_request":
        status, sentence = HTTPStatus.NOT_FOUND, "There is nothing at this address. Check it."
    title = TITLES.get(status, "Something went wrong")
    frame = Frame(request.url.path, settings_of(request).inbox_dir is not None)
    return page("problem.html", ProblemPage(title, sentence), frame, status, problem.headers)
