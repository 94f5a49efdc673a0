"""Fifty people complete fifty steps of one case at once, and the plan ends up knowing all of it."""

import asyncio
from uuid import UUID

from temporalio.client import Client

from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.steps import answer_step
from iom.adapters.programme_files import shared_ladders
from iom.adapters.store import folded
from iom.adapters.store.programmes import publish
from iom.adapters.tables import Case
from iom.programme_check import read_programme
from iom.step import Answer
from iom.vocabulary import Outcome, Role
from tests.builders import Scheme, a_scheme, an_adopted_case
from tests.integration.running_plans import now, running_plans
from workflows.supervision import SupervisionPlan, plan_id

STEPS = 50
STEP = """
[[steps]]
key = "s{number}"
title = "Step {number}"
owner = "coordinator"
opens = [{{ on = "enrolled" }}]
due = "5wd"
"""
WIDE = (
    'name = "wide"\nversion = 1\ntitle = "Wide"\nabout = "Many at once."\nends = { on = "deselected" }\n'
    + "".join(STEP.format(number=number) for number in range(STEPS))
)


async def a_wide_case(scheme: Scheme) -> Case:
    programme = read_programme("wide", WIDE, shared_ladders())
    async with transaction(scheme.pool) as conn:
        await publish(conn, programme, now())
    return await an_adopted_case(scheme, programme=programme, at=now())


async def steps_of(pool: Pool, case: Case) -> list[UUID]:
    async with transaction(pool) as conn:
        found = await conn.execute("select id from step where case_id = %s and key <> 'review'", (case.id,))
        return [row["id"] async for row in found]


async def test_fifty_at_once_leave_a_gapless_log_and_a_plan_that_knows(
    pool: Pool, database_url: str, temporal_address: str, temporal_client: Client
) -> None:
    scheme = await a_scheme(pool)
    case = await a_wide_case(scheme)
    async with running_plans(pool, database_url, temporal_address) as plans:
        await plans.caught_up(case.id)

        async def complete(step_id: UUID) -> None:
            async with transaction(pool) as conn:
                await answer_step(conn, scheme.by(Role.COORDINATOR, now()), step_id, Answer(Outcome.DONE))

        await asyncio.gather(*(complete(step) for step in await steps_of(pool, case)))
        await plans.caught_up(case.id)
        handle = temporal_client.get_workflow_handle(plan_id(case.id))
        held = await handle.query(SupervisionPlan.plan)
    async with transaction(pool) as conn:
        found = await conn.execute("select seq, kind from event where case_id = %s order by seq", (case.id,))
        log = await found.fetchall()
        told = await folded.plan(conn, case.id)
    assert [row["seq"] for row in log] == list(range(1, len(log) + 1))
    assert sum(row["kind"] == "step_done" for row in log) == STEPS
    assert held == told
    assert held.steps == ()
