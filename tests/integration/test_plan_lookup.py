"""What `iom plans show` says of a plan's interventions, asked of a real Temporal server."""

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.plans import start_intervention
from iom.cli.plan_lookup import look_up
from iom.cli.plans import _show
from iom.vocabulary import Role
from tests.builders import a_scheme, an_adopted_case
from tests.integration.running_plans import now, running_plans
from workflows.intervention import intervention_id
from workflows.supervision import plan_id


async def test_a_plan_is_shown_with_its_interventions_and_what_became_of_them(
    pool: Pool,
    database_url: str,
    temporal_address: str,
    temporal_client: Client,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("IOM_DATABASE_URL", database_url)
    monkeypatch.setenv("IOM_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_address)
    scheme = await a_scheme(pool)
    case = await an_adopted_case(scheme, at=now())
    async with running_plans(pool, database_url, temporal_address) as plans:
        async with transaction(pool) as conn:
            by = scheme.by(Role.COORDINATOR, now())
            child = intervention_id(await start_intervention(conn, by, case.ref, "treatment_keywork"))
        await plans.caught_up(case.id)
        running = await look_up(case.ref)
        await temporal_client.get_workflow_handle(plan_id(case.id)).terminate()
        await temporal_client.get_workflow_handle(child).terminate()
        ended = await look_up(case.ref)

    assert [(each.workflow_id, each.state) for each in running.interventions] == [(child, "running")]
    assert running.interventions[0].seq
    terminated = WorkflowExecutionStatus.TERMINATED.name.lower()
    assert [each.state for each in ended.interventions] == [terminated]
    for shown, line in (
        (running, f"Temporal runs {child}."),
        (ended, f"In Temporal, {child} is {terminated}. Begin it again: iom plans rebuild."),
    ):
        _show(shown)
        assert capsys.readouterr().out.splitlines()[-1] == line
