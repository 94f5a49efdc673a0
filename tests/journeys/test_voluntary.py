"""A voluntary Flex plan: engagement instead of supervision, grades falling, a date put off, nothing enforced."""

from datetime import datetime, timedelta

from temporalio.testing import WorkflowEnvironment

from iom.vocabulary import Basis, Cohort, Rag, Role
from tests.builders import an_adopted_case
from tests.journeys.habits import a_day_before_due, done, held, put_off
from tests.journeys.journey import Doing, OpenStep, on_the_way
from tests.journeys.world import World

RESULTS = {"engagement": "engaged", "partner_update": "nothing_to_report"}


def easy_going(step: OpenStep) -> tuple[datetime, Doing] | None:
    """The first plan of action slips once; the second engagement is missed; reviews bring Amber, then Green.

    Treatment never sends its update: with the review held, nobody waits for it any more.
    """
    if step.key == "review":
        return step.due_at, held(Rag.AMBER if step.number == 1 else Rag.GREEN)
    if step.key == "partner_update" and step.owner is Role.TREATMENT_WORKER:
        return None
    if step.key == "pathway_actions" and step.due_at - step.opened_at < timedelta(days=20):
        return step.due_at - timedelta(hours=3), put_off(21)
    if step.key == "engagement" and step.number == 2:
        return step.due_at + timedelta(days=2), done("did_not_engage")
    return a_day_before_due(step), done(RESULTS.get(step.key))


async def test_a_voluntary_plan_runs_as_foretold(skipping: WorkflowEnvironment, world: World) -> None:
    start = await skipping.get_current_time()
    case = await an_adopted_case(
        world.scheme, cohort=Cohort.FLEX, basis=Basis.VOLUNTARY, rag=Rag.AMBER, at=start
    )
    async with on_the_way(skipping, world, case) as journey:
        await journey.live(start + timedelta(days=200), easy_going)

    assert await journey.count("engagement") > 8
    assert await journey.lapsed("partner_update") == await journey.count("review") >= 3
    assert await journey.count("reach_out") == 1
    assert await journey.count("supervision") == await journey.count("enforcement_decision") == 0
