"""The running plan of an erased case comes to its end, and so does the intervention on it."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from temporalio.client import WorkflowExecutionStatus

from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.erasure import Ground, erase
from iom.adapters.deeds.plans import start_intervention
from iom.vocabulary import Role
from tests.builders import a_scheme, an_adopted_case
from tests.integration.running_plans import Plans, Server, now, running_plans
from workflows.intervention import intervention_id
from workflows.supervision import plan_id


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


async def test_the_workflows_of_an_erased_case_end_and_are_not_started_again(
    pool: Pool, database_url: str, server: Server
) -> None:
    scheme = await a_scheme(pool)
    case = await an_adopted_case(scheme, at=now())
    async with running_plans(pool, database_url, server.address) as plans:
        by = scheme.by(Role.COORDINATOR, now())
        async with transaction(pool) as conn:
            begun = await start_intervention(conn, by, case.ref, "treatment_keywork")
        child = intervention_id(begun)
        await plans.caught_up(case.id)
        await plans.until(partial(is_in, plans, child, WorkflowExecutionStatus.RUNNING))
        async with transaction(pool) as conn:
            await erase(conn, scheme.by(Role.CHAIR, now()), case.ref, Ground.UNLAWFUL, even_open=True)
        for workflow in (plan_id(case.id), child):
            await plans.until(partial(is_in, plans, workflow, WorkflowExecutionStatus.COMPLETED))
        await plans.postman.nudge_all()
        assert await is_in(plans, plan_id(case.id), WorkflowExecutionStatus.COMPLETED)
    assert await letters_of(pool, case.id) == 0


async def is_in(plans: Plans, workflow: str, status: WorkflowExecutionStatus) -> bool:
    return (await plans.client.get_workflow_handle(workflow).describe()).status is status


async def letters_of(pool: Pool, case_id: UUID) -> int:
    async with transaction(pool) as conn:
        found = await conn.execute("select count(*) as n from letter where case_id = %s", (case_id,))
        row = await found.fetchone()
    assert row is not None
    return int(row["n"])
