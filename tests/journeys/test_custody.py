"""A plan that goes to custody and comes out: steps rest and resume, the release date moves, at last too near."""

from datetime import datetime, timedelta

from temporalio.testing import WorkflowEnvironment

from iom.adapters.database import transaction
from iom.adapters.deeds.custody import Custody, record_custody
from iom.calendar import london_date
from iom.vocabulary import CustodyStatus, Rag, Role
from tests.builders import an_adopted_case
from tests.journeys.habits import a_day_before_due, done, held
from tests.journeys.journey import Doing, Habit, Journey, OpenStep, on_the_way
from tests.journeys.world import World

RESULTS = {"supervision": "ATTC", "partner_update": "engaging", "arrived": "arrived"}


async def record(journey: Journey, custody: Custody) -> None:
    async with transaction(journey.pool) as conn:
        await record_custody(conn, journey.by(Role.POLICE_OFFENDER_MANAGER), journey.case.ref, custody)
    await journey.heard()


def in_custody(journey: Journey, days: int) -> Custody:
    release_on = london_date(journey.now) + timedelta(days=days)
    return Custody(CustodyStatus.SENTENCED, "HMP Leicester", release_on)


def at_grade(rag: Rag) -> Habit:
    def habit(step: OpenStep) -> tuple[datetime, Doing] | None:
        if step.key in ("release_pack", "pathway_actions"):
            return None
        if step.key == "review":
            return step.due_at, held(rag)
        return a_day_before_due(step), done(RESULTS.get(step.key))

    return habit


async def test_a_plan_rests_in_custody_and_resumes_on_release(
    skipping: WorkflowEnvironment, world: World
) -> None:
    start = await skipping.get_current_time()
    case = await an_adopted_case(world.scheme, rag=Rag.AMBER, at=start)
    async with on_the_way(skipping, world, case) as journey:
        await journey.live(start + timedelta(days=8), at_grade(Rag.AMBER))
        await record(journey, in_custody(journey, days=150))
        resting = await journey.paused()
        assert {"supervision", "police_contact", "pathway_actions"} <= resting

        await journey.live(start + timedelta(days=60), at_grade(Rag.BLUE))
        await record(journey, in_custody(journey, days=40))
        await journey.live(start + timedelta(days=75), at_grade(Rag.BLUE))
        await record(journey, in_custody(journey, days=4))
        late = await journey.step("release_pack")
        assert late.due_at < journey.now, "a week before release has passed already"

        await journey.live(start + timedelta(days=79), at_grade(Rag.BLUE))
        await record(journey, Custody(CustodyStatus.ON_LICENCE))
        assert not await journey.paused()
        assert "release_pack" not in {step.key for step in await journey.open_steps()}
        await journey.live(start + timedelta(days=130), at_grade(Rag.AMBER))

    assert await journey.count("arrived") == await journey.count("home_visit") == 1
    assert await journey.count("pre_release_meeting") == 1
