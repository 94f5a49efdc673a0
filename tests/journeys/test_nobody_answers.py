"""A partner who never answers: the whole ladder, from the owner up to the coordinator, and then silence."""

from datetime import timedelta

from temporalio.testing import WorkflowEnvironment

from iom.vocabulary import Cohort, Rag, Role
from tests.builders import an_adopted_case
from tests.journeys.journey import on_the_way
from tests.journeys.world import World


async def test_a_partner_who_never_answers_is_chased_up_to_the_coordinator(
    skipping: WorkflowEnvironment, world: World
) -> None:
    start = await skipping.get_current_time()
    case = await an_adopted_case(world.scheme, cohort=Cohort.FREE, rag=Rag.GREEN, at=start)
    async with on_the_way(skipping, world, case) as journey:
        step = await journey.step("safety_check")
        await journey.live(start + timedelta(days=100))

    police = Role.POLICE_OFFENDER_MANAGER
    readers = await journey.readers_of(step.id)
    assert [
        each for each in readers if each[0] != "due_soon"
    ] == [  # which comes if no weekend lies before it
        ("step_opened", f"{police}@scheme.example"),
        ("due_today", f"{police}@scheme.example"),
        ("overdue", f"{police}@scheme.example"),
        ("overdue", "contact@police.example"),
        ("escalated", f"manager.of.{police}@scheme.example"),
        ("escalated", f"{Role.COORDINATOR}@scheme.example"),
    ]
