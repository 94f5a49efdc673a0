"""What every route's description says beyond its own answer: the token, the problems. The routes raise them."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field

from web.problems import MEDIA_TYPE

TOKEN = "token"  # noqa: S105
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
SECURED: dict[str, Any] = {"security": [{TOKEN: []}]}


class FieldError(BaseModel):
    """One thing that is wrong in what was sent: where (body, query, path or header), and how."""

    model_config = ConfigDict(frozen=True)
    field: str
    place: str = Field(alias="in")
    code: str
    message: str


class ProblemShape(BaseModel):
    """An error as RFC 9457 says. ``code`` is stable; ``detail`` says what is wrong and what to do."""

    model_config = ConfigDict(frozen=True, title="Problem")
    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[FieldError, ...] = ()


Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: HTTPStatus) -> Responses:
    """The problems a route can answer with."""
    return {int(status): {"description": status.phrase, "content": PROBLEM} for status in statuses}


ALWAYS = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
FOUND = problems(HTTPStatus.NOT_FOUND)
DEED = problems(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
)


def describe(app: FastAPI) -> None:
    """Makes the app's OpenAPI document say all this."""

    def written() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, summary=app.summary, routes=app.routes
            )
            parts = document["components"]
            parts["securitySchemes"] = {TOKEN: {"type": "http", "scheme": "bearer"}}
            problem = ProblemShape.model_json_schema(ref_template="#/components/schemas/{model}")
            parts["schemas"] |= {**problem.pop("$defs"), "Problem": problem}
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = written  # type: ignore[method-assign]
