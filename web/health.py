"""Whether this process lives and can work. Asks database and Temporal; of the mail server only whether it listens."""

import asyncio
import os
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter
from psycopg import Error
from psycopg_pool import PoolTimeout
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from iom.adapters.database import Pool
from web.deps import pool_of, settings_of
from web.grpc_health import serves

PATIENCE = 1.5
"""Seconds each part has to answer."""

router = APIRouter(prefix="/health", tags=["health"])


State = Literal["up", "reachable", "down", "unknown"]
TEMPORAL_SERVICE = "temporal.api.workflowservice.v1.WorkflowService"
TEMPORAL_HAS_TLS = ("TEMPORAL_TLS", "TEMPORAL_API_KEY")


class Alive(BaseModel):
    """The process answers."""

    model_config = ConfigDict(frozen=True)
    alive: bool


class Readiness(BaseModel):
    """Whether requests can be served, and which parts are down.

    A part is ``up`` if it answers what it is for, ``reachable`` if it only takes connections, ``down``, or ``unknown``
    if this process is not told where it is. A Temporal behind TLS is at best ``reachable`` from here.
    """

    model_config = ConfigDict(frozen=True)
    ready: bool
    down: tuple[str, ...]
    parts: dict[str, State]


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
    states = await asyncio.gather(
        _database(pool_of(request)),
        _temporal(os.environ.get("TEMPORAL_ADDRESS", "")),
        _listens(smtp.hostname or "", smtp.port or 25),
    )
    parts = dict(zip(("database", "temporal", "mail"), states, strict=True))
    down = tuple(name for name, state in parts.items() if state == "down")
    found = Readiness(ready="database" not in down, down=down, parts=parts)
    return JSONResponse(found.model_dump(), 200 if found.ready else 503)


async def _database(pool: Pool) -> State:
    try:
        async with asyncio.timeout(PATIENCE), pool.connection(timeout=PATIENCE) as conn:
            await conn.execute("select 1")
    except (Error, PoolTimeout, TimeoutError, OSError):
        return "down"
    return "up"


async def _temporal(address: str) -> State:
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        return "unknown"
    if any(os.environ.get(name) for name in TEMPORAL_HAS_TLS):
        return await _listens(host, int(port))
    try:
        async with asyncio.timeout(PATIENCE):
            return "up" if await serves(host, int(port), TEMPORAL_SERVICE) else "down"
    except (OSError, TimeoutError, ValueError):
        return "down"


async def _listens(host: str, port: int) -> State:
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError, ValueError):
        return "down"
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return "reachable"
