"""The web process: one FastAPI app for pages and API. Wires the parts; knows no Temporal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from iom.adapters.database import open_pool
from iom.adapters.settings import Settings, load_settings
from iom.adapters.sign_in_rules import check_second_factor
from iom.refusals import Refused
from web import health, pages
from web.api import routes
from web.api.described import describe
from web.body_limit import BodyLimit

MOST_BYTES = 256 * 1024
"""The largest request body: a page's longest text, many times over."""

PATIENCE = 5.0
"""Seconds a request waits for a connection to the database before it is told to come again."""

DOOR_CONNECTIONS = 4
"""Checking a password takes ten times as long as its statements do."""

NO_DOOR = (
    "Set IOM_DOOR_DATABASE_URL: the web signs people in as iom_door and works as iom_app (IOM_DATABASE_URL)."
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The app, on these settings or those of the environment. Raises Refused(settings_incomplete).

    Raises Refused(second_factor_needed) where people on other machines could skip theirs.

    It starts with the database down too, and answers 503 until that is up.
    """
    app = FastAPI(
        title="Supervision plans for Integrated Offender Management",
        version="1",
        lifespan=_lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings or load_settings()
    check_second_factor(app.state.settings)
    app.include_router(health.router)
    app.include_router(routes.router)
    describe(app)
    pages.install(app)
    app.add_middleware(BodyLimit, most=MOST_BYTES)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    if not settings.door_database_url:
        raise Refused("settings_incomplete", NO_DOOR)
    async with (
        open_pool(settings.database_url, settings.database_pool_size, PATIENCE) as app.state.pool,
        open_pool(settings.door_database_url, DOOR_CONNECTIONS, PATIENCE) as app.state.door,
    ):
        yield
