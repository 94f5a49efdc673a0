"""From the answer to the next step open, against one signal and one activity on an empty workflow, same Temporal."""

import asyncio
import time
from statistics import median
from uuid import UUID, uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from bench.client import Call, load
from bench.completions import DONE
from bench.empty import Empty
from bench.parts import Parts
from bench.record import Answerer, adopt, publish_chain
from bench.table import Row
from iom.adapters.database import Pool, transaction

COMPLETIONS = 40
PATIENCE = 60.0
APART = 0.05
"""Seconds between two: so far apart that each is alone, as people's are."""


async def measure(parts: Parts, answerer: Answerer, rounds: int) -> list[Row]:
    """One row: milliseconds, at most 3.0 of the floor."""
    client = await Client.connect(parts.temporal_address, data_converter=pydantic_data_converter)
    programme = await publish_chain(parts.pool)
    pairs = []
    with parts.worker():
        for _ in range(rounds):
            cases = await adopt(parts.pool, answerer, programme, COMPLETIONS)
            pairs.append((await _ours(parts, answerer, cases), await _floor(client)))
    return [Row.of("answer to next step open, p50 ms", pairs, at_most=3.0)]


async def _ours(parts: Parts, answerer: Answerer, cases: list[UUID]) -> float:
    taken = []
    for case_id in cases:
        step = await _step(parts.pool, case_id, "first")
        await load(parts.service_url, answerer.token, [Call(f"/api/v1/steps/{step}/outcome", DONE)], 1)
        began = time.perf_counter()
        await _step(parts.pool, case_id, "second")
        taken.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(APART)
    return median(taken)


async def _step(pool: Pool, case_id: UUID, key: str) -> UUID:
    """The step as soon as it is there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        async with transaction(pool) as conn:
            found = await conn.execute("select id from step where case_id = %s and key = %s", (case_id, key))
            if row := await found.fetchone():
                return UUID(str(row["id"]))
        await asyncio.sleep(0.001)
    raise RuntimeError(f"step {key} of case {case_id} did not open within {PATIENCE} s")


async def _floor(client: Client) -> float:
    touched = asyncio.Event()

    @activity.defn(name="bench_touch")
    async def touch() -> None:
        touched.set()

    queue = f"bench-{uuid4()}"
    async with Worker(client, task_queue=queue, workflows=[Empty], activities=[touch]):
        handle = await client.start_workflow(Empty.run, id=queue, task_queue=queue)
        await _once(handle, touched)
        taken = [await _once(handle, touched) for _ in range(COMPLETIONS)]
        await handle.terminate()
    return median(taken)


async def _once(handle: WorkflowHandle[Empty, None], touched: asyncio.Event) -> float:
    touched.clear()
    began = time.perf_counter()
    await handle.signal(Empty.call)
    await touched.wait()
    milliseconds = (time.perf_counter() - began) * 1000
    await asyncio.sleep(APART)
    return milliseconds
