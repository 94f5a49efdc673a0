"""The worker process: runs plans, nudges them, delivers letters. Any number may run side by side; none is special."""

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from temporalio.client import Client
from temporalio.worker import PollerBehaviorSimpleMaximum, Worker

from activities.records import Records
from iom.adapters.database import Pool, open_pool
from iom.adapters.delivery import keep_delivering
from iom.adapters.sealing import keep_sealing
from iom.adapters.settings import Settings
from iom.adapters.temporal import connect
from workflows.course import RENEW_AFTER
from workflows.digest import DailyDigest
from workflows.intervention import Intervention
from workflows.postman import Postman
from workflows.supervision import SupervisionPlan

log = structlog.get_logger()

TASK_QUEUE = "supervision"
WORKFLOWS = (SupervisionPlan, Intervention, DailyDigest)
SIGN_OF_LIFE_EVERY = 5.0


def plans_worker(client: Client, pool: Pool, task_queue: str) -> Worker:
    """A Temporal worker for every workflow and activity of the service, set as measured."""
    records = Records(pool)
    return Worker(
        client,
        task_queue=task_queue,
        workflows=list(WORKFLOWS),
        activities=[records.advance, records.write_digests],
        max_cached_workflows=5000,
        workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(20),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=3),
        graceful_shutdown_timeout=timedelta(seconds=10),
    )


async def run(settings: Settings, alive_file: Path | None = None) -> None:
    """Works until SIGTERM or SIGINT. Letters go out even while Temporal is down; plans go on when it is back.

    ``alive_file`` is touched every few seconds, for a health check that cannot ask a worker anything else.
    """
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with open_pool(settings.database_url, settings.database_pool_size) as pool:
        works = [
            _plans(settings, pool),
            keep_delivering(pool, settings, lambda: datetime.now(UTC)),
            keep_sealing(pool, settings, lambda: datetime.now(UTC)),
        ]
        if alive_file:
            works.append(_give_signs_of_life(alive_file))
        await _until(stopped, works)


async def _until(stopped: asyncio.Event, works: list[Coroutine[None, None, None]]) -> None:
    """All works at once, until told to stop or one fails. Returns when each has come to its own end."""
    tasks = [asyncio.create_task(work) for work in works]
    stopping = asyncio.create_task(stopped.wait())
    ended, _ = await asyncio.wait((*tasks, stopping), return_when=asyncio.FIRST_COMPLETED)
    for task in (*tasks, stopping):
        task.cancel()
    await asyncio.wait(tasks)
    for failed in ended - {stopping}:
        failed.result()


async def _plans(settings: Settings, pool: Pool) -> None:
    async with working(await connect(), pool, TASK_QUEUE) as postman:
        log.info("worker_ready")
        await postman.rounds(settings.database_url)


async def _give_signs_of_life(file: Path) -> None:
    while True:
        await asyncio.to_thread(file.touch)
        await asyncio.sleep(SIGN_OF_LIFE_EVERY)


@asynccontextmanager
async def working(
    client: Client, pool: Pool, task_queue: str, renew_after: int = RENEW_AFTER
) -> AsyncIterator[Postman]:
    """A running worker, with the postman for its plans."""
    async with plans_worker(client, pool, task_queue):
        yield Postman(pool, client, task_queue, renew_after)
