"""The postman: hears that a case's log has grown and nudges its plan. Carries only the case's id; loses nothing."""

import asyncio
from contextlib import suppress
from uuid import UUID

import structlog
from psycopg import AsyncConnection, OperationalError
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from iom.adapters.database import Pool, transaction
from iom.adapters.store import events, plans
from workflows.course import RENEW_AFTER, Start
from workflows.digest import DIGEST_ID, DailyDigest
from workflows.supervision import SupervisionPlan, plan_id

log = structlog.get_logger()

NEWS = "news"
WAKE = "wake"
"""The signals of a plan; waking has it look after its interventions although nobody has written anything."""

AT_ONCE = 20
SWEEP_EVERY = 3.0
"""Seconds between looks for plans that have not heard: what a lost nudge costs at the most."""
BACK_OFF = 2.0


class Postman:
    """Nudges plans on one task queue. Nudges may double, overtake or get lost: the log itself has the order."""

    def __init__(self, pool: Pool, client: Client, task_queue: str, renew_after: int = RENEW_AFTER) -> None:
        self._pool, self._client, self._task_queue, self._renew_after = pool, client, task_queue, renew_after
        self._cases: set[UUID] = set()
        self._waiting = asyncio.Event()

    async def rounds(self, url: str) -> None:
        """Works until cancelled. Outages of PostgreSQL and of Temporal are waited out."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_starting_digest())
            group.create_task(self._listen(url))
            group.create_task(self._sweep())
            group.create_task(self._deliver())

    async def nudge(self, case_id: UUID, signal: str = NEWS) -> None:
        """Tells the case's plan that there is news, or wakes it; starts the plan if it does not run."""
        await self._client.start_workflow(
            SupervisionPlan.run,
            Start(case_id, renew_after=self._renew_after),
            id=plan_id(case_id),
            task_queue=self._task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal=signal,
        )

    async def nudge_all(self) -> int:
        """Starts or wakes the plan of every open case, its interventions and the digest: after a loss, or a release."""
        await self._start_digest()
        async with transaction(self._pool) as conn:
            cases = await plans.open_cases(conn)
        await self._nudge_each(cases, WAKE)
        return len(cases)

    async def _nudge_each(self, cases: list[UUID], signal: str = NEWS) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(case_id: UUID) -> None:
            async with room:
                await self.nudge(case_id, signal)

        async with asyncio.TaskGroup() as group:
            for case_id in cases:
                group.create_task(one(case_id))

    async def _deliver(self) -> None:
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            cases, self._cases = list(self._cases), set()
            try:
                await self._nudge_each(cases)
            except* (RPCError, RuntimeError) as outage:
                log.warning(
                    "temporal_out_of_reach", cases=len(cases), kind=type(outage.exceptions[0]).__name__
                )
                await asyncio.sleep(BACK_OFF)

    def _hand_over(self, cases: list[UUID]) -> None:
        if cases:
            self._cases.update(cases)
            self._waiting.set()

    async def _listen(self, url: str) -> None:
        while True:
            try:
                async with await AsyncConnection.connect(url, autocommit=True) as conn:
                    await conn.execute(f"listen {events.NEWS}")
                    async for notice in conn.notifies():
                        self._hand_over([UUID(notice.payload)])
            except OperationalError:
                log.warning("postgres_out_of_reach")
                await asyncio.sleep(BACK_OFF)

    async def _sweep(self) -> None:
        while True:
            try:
                async with transaction(self._pool) as conn:
                    self._hand_over(await plans.with_news(conn, most=1000))
            except OperationalError:
                log.warning("postgres_out_of_reach")
            await asyncio.sleep(SWEEP_EVERY)

    async def _keep_starting_digest(self) -> None:
        while True:
            try:
                return await self._start_digest()
            except (RPCError, RuntimeError):
                await asyncio.sleep(BACK_OFF)

    async def _start_digest(self) -> None:
        with suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(DailyDigest.run, id=DIGEST_ID, task_queue=self._task_queue)
