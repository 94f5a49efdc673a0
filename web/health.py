"""Whether this process lives and can work. Looks at addresses only: it asks nothing of the parts it names."""

import asyncio
import os
from contextlib import suppress
from urllib.parse import urlsplit

from fastapi import APIRouter
from psycopg import Error
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from iom.adapters.database import Pool
from web.deps import pool_of, settings_of

PATIENCE = 1.5
"""Seconds each part has to answer."""

router = APIRouter(prefix="/health", tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    model_config = ConfigDict(frozen=True)
    alive: bool


class Readiness(BaseModel):
    """Whether requests can be served, and which parts are down."""

    model_config = ConfigDict(frozen=True)
    ready: bool
    down: tuple[str, ...]
    parts: dict[str, str]


@router.get("/live")
async def live() -> Alive:
    """This process runs."""
    return Alive(alive=True)


@router.get(
    "/ready", response_model=Readiness, responses={503: {"model": Readiness, "description": "Not ready"}}
)
async def ready(request: Request) -> Response:
    """Names what is down. Only the database decides: with Temporal or the mail server down, people's work goes on.

    Then plans catch up and letters go once those are back.
    """
    smtp = urlsplit(settings_of(request).smtp_url)
    temporal = os.environ.get("TEMPORAL_ADDRESS", "")
    host, _, port = temporal.rpartition(":")
    states = await asyncio.gather(
        _database(pool_of(request)),
        _listens(host, int(port)) if port.isdigit() else _unknown(),
        _listens(smtp.hostname or "", smtp.port or 25),
    )
    parts = dict(zip(("database", "temporal", "mail"), states, strict=True))
    down = tuple(name for name, state in parts.items() if state == "down")
    found = Readiness(ready="database" not in down, down=down, parts=parts)
    return JSONResponse(found.model_dump(), 200 if found.ready else 503)


async def _database(pool: Pool) -> str:
    try:
        async with asyncio.timeout(PATIENCE), pool.connection(timeout=PATIENCE) as conn:
            await conn.execute("select 1")
    except (Error, PoolTimeout, TimeoutError, OSError):
        return "down"
    return "up"


async def _listens(host: str, port: int) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError, ValueError):
        return "down"
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return "up"


async def _unknown() -> str:
    return "unknown"
