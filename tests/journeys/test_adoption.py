"""From nomination through a deferred panel to the first weeks of a plan."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from iom.adapters.database import transaction
from iom.adapters.deeds.nominations import NewNomination, nominate
from iom.adapters.deeds.plans import give_role
from iom.adapters.tables import Case
from iom.decisions import PanelOutcome
from iom.vocabulary import Basis, Cohort, Rag, Role
from tests.journeys.habits import a_day_before_due, decided, done, held
from tests.journeys.journey import Doing, Journey, OpenStep, on_the_way
from tests.journeys.world import World

RESULTS = {"supervision": "ATTC", "partner_update": "engaging"}


def panel(step: OpenStep) -> tuple[datetime, Doing]:
    """The first panel defers, the second adopts."""
    if step.key == "panel_decision" and step.number == 1:
        return step.due_at - timedelta(days=8), decided(PanelOutcome.DEFER)
    if step.key == "panel_decision":
        return step.due_at - timedelta(days=20), decided(PanelOutcome.ADOPT, Cohort.FIXED, Rag.RED)
    if step.key == "review":
        return step.due_at, held(Rag.AMBER)
    if step.key == "allocate":
        return a_day_before_due(step), allocated
    return a_day_before_due(step), done(RESULTS.get(step.key))


async def allocated(journey: Journey, step: OpenStep) -> None:
    """The coordinator finds a police offender manager, and says the step is done."""
    async with transaction(journey.pool) as conn:
        police = journey.scheme.actors[Role.POLICE_OFFENDER_MANAGER]
        await give_role(conn, journey.by(Role.COORDINATOR), journey.case.ref, police.role, police.email)
    await done()(journey, step)


async def test_a_nomination_becomes_a_plan(skipping: WorkflowEnvironment, world: World) -> None:
    start = await skipping.get_current_time()
    async with transaction(world.scheme.pool) as conn:
        new = NewNomination(
            "Penhaligon", "Merryn", date(1988, 2, 29), "Four burglaries since June", Basis.STATUTORY
        )
        opened = await nominate(conn, world.scheme.by(Role.PROBATION_PRACTITIONER, start), new)
    case = Case(id=opened.id, ref=opened.ref, person_id=uuid4(), basis=new.basis, opened_at=start)
    async with on_the_way(skipping, world, case) as journey:
        await journey.live(start + timedelta(days=75), panel)

    assert await journey.count("panel_decision") == 2
    assert await journey.count("first_plan") == await journey.count("first_home_visit") == 1
    assert await journey.count("supervision") >= 2
