"""Errors as people and programs read them: problem+json (RFC 9457) for the API, a page for people. Decides nothing."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from psycopg import OperationalError
from psycopg.errors import UniqueViolation
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path

from iom.refusals import Refused
from web.field_errors import field_errors

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
SPOKEN_TO_BY_PROGRAMS = ("/api/", "/health/")

STATUS_OF_CODE = {
    "unauthenticated": HTTPStatus.UNAUTHORIZED,
    "not_allowed": HTTPStatus.FORBIDDEN,
    "case_tier_needed": HTTPStatus.FORBIDDEN,
    "not_on_team": HTTPStatus.FORBIDDEN,
    "form_not_ours": HTTPStatus.FORBIDDEN,
    "too_many_tries": HTTPStatus.TOO_MANY_REQUESTS,
    **dict.fromkeys(
        (
            "invalid_request",
            "bad_email",
            "bad_pnc_check_letter",
            "pnc_wrong_pattern",
            "crn_wrong_pattern",
            "noms_number_wrong_pattern",
            "case_ref_wrong_pattern",
            "postcode_district_wrong_pattern",
            "cohort_and_rag_needed",
            "programme_unknown",
            "account_unknown",
            "reason_needed",
            "date_needed",
            "date_not_ahead",
            "date_too_far",
            "result_needed",
            "result_unknown",
            "release_needs_custody",
            "release_date_passed",
            "words_needed",
            "unprintable_characters",
            "date_of_birth_in_future",
            "date_of_birth_too_long_ago",
            "value_needed",
            "value_not_readable",
        ),
        HTTPStatus.UNPROCESSABLE_ENTITY,
    ),
}
"""Codes with a status of their own. All that end in ``_not_found`` are 404; any other refusal is 409."""

OF_STATUS = {
    400: ("bad_request", "The request cannot be read. Check that its body is what its Content-Type says."),
    404: ("not_found", "There is nothing at this address. Check it."),
    405: (
        "method_not_allowed",
        "This address does not take this method. The Allow header names what it takes.",
    ),
    413: ("request_too_large", "The request is too large. Send less at a time."),
}
"""Code and sentence of what the framework refuses. Not the names of ``HTTPStatus``: those change with Python."""


@dataclass(frozen=True)
class Problem:
    """What went wrong. ``code`` is stable; ``sentence`` says what to do; ``errors`` names each field that is wrong."""

    status: int
    code: str
    sentence: str
    errors: tuple[Mapping[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


PageOfProblem = Callable[[Request, Problem], Awaitable[Response]]


def status_of(code: str) -> int:
    """The HTTP status of a refusal."""
    if code in STATUS_OF_CODE:
        return STATUS_OF_CODE[code]
    return HTTPStatus.NOT_FOUND if code.endswith("_not_found") else HTTPStatus.CONFLICT


def of_refusal(refused: Refused) -> Problem:
    """A refusal as a problem."""
    status = status_of(refused.code)
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return Problem(status, refused.code, refused.sentence, headers=headers)


def of_http(raised: HTTPException) -> Problem:
    """What the framework itself answers: no such address, no such method, a body that cannot be read."""
    code, sentence = OF_STATUS.get(raised.status_code, (f"http_{raised.status_code}", raised.detail))
    return Problem(raised.status_code, code, sentence, headers=raised.headers or {})


def of_validation(invalid: RequestValidationError) -> Problem:
    """Every field that is wrong, by place, code and sentence. What was sent is not repeated: it may be personal."""
    sentence = "Part of what was sent cannot be used. Correct each field named in errors."
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", sentence, field_errors(invalid.errors())
    )


def of_clash(clash: UniqueViolation) -> Problem:
    """Two requests wrote the same thing at the same moment, and this one came second."""
    if clash.diag.constraint_name == "event_request_id_key":
        code = "idempotency_key_reused"
        sentence = "This key was used for something else. Use a new key for each thing you record."
    else:
        code = "recorded_meanwhile"
        sentence = "Somebody recorded this at the same moment. Look again before you send it once more."
    return Problem(HTTPStatus.CONFLICT, code, sentence)


def of_outage(outage: OperationalError) -> Problem:
    """The record cannot be reached, or was lost on the way."""
    log.error("record_out_of_reach", kind=type(outage).__name__)
    sentence = "The record cannot be reached just now. Send the same again in a moment."
    status = HTTPStatus.SERVICE_UNAVAILABLE
    return Problem(status, "record_out_of_reach", sentence, headers={"Retry-After": "5"})


def as_json(problem: Problem) -> Response:
    """The problem as RFC 9457 says, with our ``code`` and ``errors``. ASCII only: clients send stranger things."""
    written = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": int(problem.status),
        "detail": problem.sentence,
        "code": problem.code,
    } | ({"errors": problem.errors} if problem.errors else {})
    return Response(
        json.dumps(written), problem.status, {**problem.headers, "Cache-Control": "no-store"}, MEDIA_TYPE
    )


def answer_problems(app: FastAPI, page: PageOfProblem) -> None:
    """Makes every error of the app a problem: as JSON for programs, as ``page`` for people."""

    async def answer(request: Request, raised: Exception) -> Response:
        problem = problem_of(raised)
        if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
            problem = replace(problem, headers={**problem.headers, "Allow": _methods_at(request)})
        if request.url.path.startswith(SPOKEN_TO_BY_PROGRAMS):
            return as_json(problem)
        return await page(request, problem)

    for kind in (
        Refused,
        HTTPException,
        RequestValidationError,
        UniqueViolation,
        OperationalError,
        Exception,
    ):
        app.add_exception_handler(kind, answer)


def _methods_at(request: Request) -> str:
    """Every method of this address. The framework names those of the first route only."""
    at = [each for each in iter_route_contexts(request.app.routes) if each.path and each.methods]
    found = [each for each in at if compile_path(str(each.path))[0].match(request.url.path)]
    return ", ".join(sorted({method for each in found for method in each.methods or ()}))


def problem_of(raised: Exception) -> Problem:
    """What to tell whoever asked."""
    match raised:
        case Refused():
            return of_refusal(raised)
        case HTTPException():
            return of_http(raised)
        case RequestValidationError():
            return of_validation(raised)
        case UniqueViolation():
            return of_clash(raised)
        case OperationalError():
            return of_outage(raised)
        case _:
            sentence = "Something went wrong here, not with what you sent. It is noted; try again later."
            return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_fault", sentence)
