"""The web process: one FastAPI app for pages and API. Wires the parts; knows no Temporal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from iom.adapters.database import open_pool
from iom.adapters.settings import Settings, load_settings
from web import health
from web.api import routes
from web.problems import Problem, answer_problems

MOST_BYTES = 256 * 1024
"""The largest request body: a page's longest text, many times over."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app, on these settings or those of the environment. Raises Refused(settings_incomplete).

    It starts with the database down too, and answers 503 until that is up.
    """
    app = FastAPI(
        title="Supervision plans for Integrated Offender Management",
        version="1",
        lifespan=_lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        max_body_size=MOST_BYTES,
    )
    app.state.settings = settings or load_settings()
    app.include_router(health.router)
    app.include_router(routes.router)
    if find_spec("web.pages"):  # until the pages are there
        from web.pages import problem_page, router  # type: ignore[import-not-found,import-untyped,unused-ignore]

        app.include_router(router)
        answer_problems(app, problem_page)
    else:
        answer_problems(app, _plain)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with open_pool(settings.database_url, settings.database_pool_size) as app.state.pool:
        yield


async def _plain(_: Request, problem: Problem) -> Response:
    return PlainTextResponse(problem.sentence, problem.status, problem.headers)
