"""The pages: one module for each page or pair of pages. Routes parse, open one transaction, call one deed or read."""

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.cookies import is_secure
from web.pages import (
    access,
    access_review,
    account,
    agreements,
    audit,
    audit_unusual,
    case,
    cohort,
    confirm,
    custody,
    directory,
    find,
    help_access,
    home,
    imports,
    inbox,
    nominate,
    notes,
    panel,
    people,
    plan_changes,
    problem,
    restriction,
    review,
    rights,
    session_clock,
    sharing,
    sign_in,
    sign_in_code,
    sign_in_link,
    step,
)
from web.problems import answer_problems
from web.rendering import STATIC
from web.walls import Walls

ROUTERS = (
    sign_in,
    sign_in_code,
    sign_in_link,
    directory,
    home,
    step,
    case,
    review,
    custody,
    plan_changes,
    panel,
    cohort,
    nominate,
    imports,
    inbox,
    account,
    confirm,
    people,
    session_clock,
    audit,
    audit_unusual,
    find,
    access,
    access_review,
    restriction,
    notes,
    sharing,
    agreements,
    help_access,
    rights,
)


def install(app: FastAPI) -> None:
    """Puts every page on the app, with the walls around the whole of it."""
    for module in ROUTERS:
        app.include_router(module.router, include_in_schema=False)
    app.state.directories = {}
    app.mount("/static", _Kept(directory=STATIC), name="static")
    app.add_middleware(Walls, secure=is_secure(app.state.settings))
    answer_problems(app, problem.show)


class _Kept(StaticFiles):
    """Our own files. Their addresses change with their content, so browsers may keep each for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer
