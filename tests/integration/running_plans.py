"""A Temporal server that can be stopped and started again, empty, on the same port, with a worker beside it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from uuid import UUID

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from iom.adapters.database import Pool, transaction
from iom.adapters.embedded.child import free_port, spawn, stop, wait_until
from iom.adapters.embedded.temporal import DevServer
from iom.adapters.store import folded, plans
from iom.agenda import next_act
from workflows.postman import Postman
from workflows.worker import TASK_QUEUE, working

PATIENCE = 60.0


class Server:
    """The development server in memory: what it knew is gone when it stops."""

    def __init__(self, folder: Path) -> None:
        self._server, self._log = DevServer(free_port(), free_port()), folder / "temporal.log"
        self._process: Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return self._server.address

    def start(self) -> None:
        self._process = spawn(self._server.command, self._log)
        assert wait_until(self._server.answers, self._process), self._log.read_text()

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process)


@dataclass
class Plans:
    """A worker and its postman on a record."""

    pool: Pool
    client: Client
    postman: Postman

    async def caught_up(self, case_id: UUID) -> None:
        """Until the plan has read all of its log and done all that was due."""
        await self.until(lambda: self._is_caught_up(case_id))

    async def until(self, so: Callable[[], Coroutine[None, None, bool]]) -> None:
        """Looks again and again until it is so."""
        deadline = time.monotonic() + PATIENCE
        while not await so():
            assert time.monotonic() < deadline, "it never came to be"
            await asyncio.sleep(0.05)

    async def _is_caught_up(self, case_id: UUID) -> bool:
        async with transaction(self.pool) as conn:
            behind = await plans.is_behind(conn, case_id)
            act = next_act(await folded.plan(conn, case_id))
        return not behind and (act is None or act.at > now())


@asynccontextmanager
async def running_plans(pool: Pool, database_url: str, address: str) -> AsyncIterator[Plans]:
    """A worker and postman, until the end of the block."""
    client = await Client.connect(address, data_converter=pydantic_data_converter)
    async with working(client, pool, TASK_QUEUE) as postman:
        rounds = asyncio.create_task(postman.rounds(database_url))
        yield Plans(pool, client, postman)
        rounds.cancel()
        with suppress(asyncio.CancelledError):
            await rounds


def now() -> datetime:
    return datetime.now(UTC)
