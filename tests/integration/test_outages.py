"""With Temporal stopped people go on; when it is back, or has lost everything, the plans do, and nobody hears twice."""

import gc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from temporalio.client import WorkflowExecutionStatus

from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.plans import start_intervention
from iom.adapters.deeds.steps import answer_step
from iom.adapters.store import folded
from iom.adapters.tables import Case
from iom.forecast import Foreseen
from iom.plan import Plan
from iom.step import Answer
from iom.vocabulary import Outcome, Rag, Role
from tests.builders import Scheme, a_scheme, an_adopted_case
from tests.integration.running_plans import Plans, Server, now, running_plans
from workflows.digest import DIGEST_ID
from workflows.intervention import intervention_id
from workflows.supervision import SupervisionPlan, plan_id


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


async def complete(scheme: Scheme, case: Case, key: str) -> None:
    async with transaction(scheme.pool) as conn:
        found = await conn.execute(
            "select id from step where case_id = %s and key = %s and closed_at is null", (case.id, key)
        )
        row = await found.fetchone()
        assert row is not None
        by = scheme.by(Role.COORDINATOR, now())
        result = "ATTC" if key == "supervision" else None
        await answer_step(conn, by, row["id"], Answer(Outcome.DONE, result))


async def letters(pool: Pool) -> list[tuple[str, UUID]]:
    async with transaction(pool) as conn:
        found = await conn.execute("select key, account_id from letter order by key")
        return [(row["key"], row["account_id"]) async for row in found]


async def forecast(pool: Pool, case: Case) -> list[Foreseen]:
    async with transaction(pool) as conn:
        return await folded.foreseen(conn, case.id, now() + timedelta(days=365))


async def log_of(pool: Pool, case: Case) -> list[tuple[str, int]]:
    async with transaction(pool) as conn:
        found = await conn.execute("select kind, seq from event where case_id = %s order by seq", (case.id,))
        return [(row["kind"], row["seq"]) async for row in found]


async def held_by_workflow(plans: Plans, case: Case) -> Plan:
    handle = plans.client.get_workflow_handle(plan_id(case.id))
    return await handle.query(SupervisionPlan.plan)


async def test_people_go_on_without_temporal_and_the_plan_catches_up(
    pool: Pool, database_url: str, server: Server
) -> None:
    scheme = await a_scheme(pool)
    case = await an_adopted_case(scheme, rag=Rag.RED, at=now())
    async with running_plans(pool, database_url, server.address) as plans:
        await plans.caught_up(case.id)
        before = await letters(pool)
        server.stop()

        await complete(scheme, case, "supervision")
        await complete(scheme, case, "first_home_visit")
        assert [kind for kind, _ in await log_of(pool, case)][-2:] == ["step_done", "step_done"]

        server.start()
        await plans.caught_up(case.id)
    kinds = [kind for kind, _ in await log_of(pool, case)]
    assert kinds[-2:] == ["step_opened", "step_reminded"], (
        "the next supervision opened, and nothing else was said"
    )
    new = set(await letters(pool)) - set(before)
    assert {key.split("/")[2] for key, _ in new} == {"opened"}, (
        "nobody was reminded of what was done meanwhile"
    )


async def test_plans_are_rebuilt_from_the_record_alone(pool: Pool, database_url: str, server: Server) -> None:
    scheme = await a_scheme(pool)
    cases = [
        await an_adopted_case(scheme, rag=rag, at=now() - timedelta(days=3)) for rag in (Rag.RED, Rag.GREEN)
    ]
    async with running_plans(pool, database_url, server.address) as plans:
        for case in cases:
            await plans.caught_up(case.id)
        await complete(scheme, cases[0], "police_contact")
        await plans.caught_up(cases[0].id)
        said, foretold = await letters(pool), [await forecast(pool, case) for case in cases]
        written = [await log_of(pool, case) for case in cases]

        server.stop()
        server.start()
        assert await plans.postman.nudge_all() == len(cases)
        digest = await plans.client.get_workflow_handle(DIGEST_ID).describe()
        assert digest.status is WorkflowExecutionStatus.RUNNING

        for case, log in zip(cases, written, strict=True):
            await plans.until(lambda case=case, log=log: _has_read(plans, case, len(log)))  # type: ignore[misc]
    assert await letters(pool) == said, "no letter a second time"
    assert [await log_of(pool, case) for case in cases] == written, "nothing was done again"
    assert [await forecast(pool, case) for case in cases] == foretold


async def _has_read(plans: Plans, case: Case, seq: int) -> bool:
    held = await held_by_workflow(plans, case)
    async with transaction(plans.pool) as conn:
        told = await folded.plan(conn, case.id)
    return held.seq == seq and held == told


async def test_an_intervention_that_is_ended_from_outside_is_begun_again_and_goes_on(
    pool: Pool, database_url: str, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    scheme = await a_scheme(pool)
    case = await an_adopted_case(scheme, at=now())
    async with running_plans(pool, database_url, server.address) as plans:
        intervention = await treatment_begins(plans, scheme, case)
        await plans.client.get_workflow_handle(intervention).terminate("a test")
        await plans.until(lambda: _runs(plans, intervention))

        await complete(scheme, case, "start")
        await plans.until(lambda: _has_opened(pool, case, "session"))
    gc.collect()
    assert "never retrieved" not in caplog.text


@pytest.mark.parametrize("learns_by", ["rebuild", "news"])
async def test_a_plan_of_a_later_run_begins_a_lost_intervention_when_it_is_woken_or_hears_of_it(
    pool: Pool, database_url: str, server: Server, learns_by: str
) -> None:
    """That run did not start the child, so nobody tells it that the child is gone: it finds out when it calls it."""
    scheme = await a_scheme(pool)
    case = await an_adopted_case(scheme, at=now())
    async with running_plans(pool, database_url, server.address) as plans:
        intervention = await treatment_begins(plans, scheme, case)
        await plans.client.get_workflow_handle(plan_id(case.id)).terminate("a test")
        await plans.postman.nudge_all()
        await plans.until(lambda: _has_called(plans, plan_id(case.id)))
        await plans.client.get_workflow_handle(intervention).terminate("a test")
        said = await letters(pool)

        if learns_by == "rebuild":
            await plans.postman.nudge_all()
            await plans.until(lambda: _runs(plans, intervention))
            assert await letters(pool) == said, "nobody hears twice"
        await complete(scheme, case, "start")
        await plans.until(lambda: _has_opened(pool, case, "session"))
        assert await _runs(plans, intervention)


async def treatment_begins(plans: Plans, scheme: Scheme, case: Case) -> str:
    """Treatment keywork begins and its first step is open; the id of the workflow that follows it."""
    async with transaction(plans.pool) as conn:
        by = scheme.by(Role.COORDINATOR, now())
        intervention = await start_intervention(conn, by, case.ref, "treatment_keywork")
    await plans.until(lambda: _has_opened(plans.pool, case, "start"))
    return intervention_id(intervention)


async def _has_opened(pool: Pool, case: Case, key: str) -> bool:
    async with transaction(pool) as conn:
        found = await conn.execute(
            "select 1 from step where case_id = %s and key = %s and closed_at is null", (case.id, key)
        )
        return await found.fetchone() is not None


async def _runs(plans: Plans, workflow_id: str) -> bool:
    described = await plans.client.get_workflow_handle(workflow_id).describe()
    return described.status is WorkflowExecutionStatus.RUNNING


async def _has_called(plans: Plans, workflow_id: str) -> bool:
    """Whether the plan has called its intervention, which ran already."""
    history = await plans.client.get_workflow_handle(workflow_id).fetch_history()
    return any(e.HasField("external_workflow_execution_signaled_event_attributes") for e in history.events)


async def test_a_nudge_that_is_lost_costs_seconds_and_no_work(
    pool: Pool, database_url: str, server: Server
) -> None:
    scheme = await a_scheme(pool)
    case = await an_adopted_case(scheme, at=now())
    async with running_plans(pool, database_url, server.address) as plans:
        await plans.caught_up(case.id)
    await complete(scheme, case, "supervision")
    async with running_plans(pool, database_url, server.address) as plans:
        await plans.caught_up(case.id)
        assert (await held_by_workflow(plans, case)).seq == len(await log_of(pool, case))
