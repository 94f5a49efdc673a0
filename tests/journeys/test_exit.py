"""The way out: exit proposed, the panel deselects, treatment ends with it, checks after three and twelve months."""

from datetime import datetime, timedelta

from temporalio.testing import WorkflowEnvironment

from iom.adapters.database import transaction
from iom.adapters.deeds.plans import propose_exit, start_intervention
from iom.decisions import PanelOutcome
from iom.vocabulary import Cohort, Rag, Role
from tests.builders import an_adopted_case
from tests.journeys.habits import a_day_before_due, decided, done, held
from tests.journeys.journey import Doing, OpenStep, on_the_way
from tests.journeys.world import World

RESULTS = {"supervision": "ATTC", "partner_update": "engaging", "missed_session": "no_answer"}


def on_the_way_out(step: OpenStep) -> tuple[datetime, Doing]:
    """The third keywork session is missed; the exit panel deselects."""
    if step.key == "review":
        return step.due_at, held(Rag.GREEN)
    if step.key == "exit_panel":
        return step.due_at - timedelta(days=3), decided(PanelOutcome.DESELECT)
    if step.key == "session":
        return a_day_before_due(step), done("UAAB" if step.number == 3 else "ATTC")
    return a_day_before_due(step), done(RESULTS.get(step.key))


async def test_an_exit_is_followed_up_for_a_year_and_then_ends(
    skipping: WorkflowEnvironment, world: World
) -> None:
    start = await skipping.get_current_time()
    case = await an_adopted_case(world.scheme, cohort=Cohort.FLEX, rag=Rag.GREEN, at=start)
    async with on_the_way(skipping, world, case) as journey:
        async with transaction(journey.pool) as conn:
            await start_intervention(conn, journey.by(Role.COORDINATOR), case.ref, "treatment_keywork")
        await journey.heard()
        await journey.live(start + timedelta(days=60), on_the_way_out)
        assert await journey.count("session") >= 6
        assert await journey.count("missed_session") == await journey.count("missed_session_visit") == 1

        async with transaction(journey.pool) as conn:
            await propose_exit(conn, journey.by(Role.COORDINATOR), case.ref)
        await journey.heard()
        await journey.live(start + timedelta(days=520), on_the_way_out)

    checks = [await journey.opened_on(key) for key in ("outcome_check_3", "outcome_check_12")]
    assert 88 <= (checks[0] - await journey.deselected_on()).days <= 93
    assert 364 <= (checks[1] - await journey.deselected_on()).days <= 367
    assert await journey.count("retention_review") == 1
    assert await journey.is_over()
