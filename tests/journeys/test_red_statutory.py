"""Twelve months of a Red statutory plan: weekly contact, fortnightly reviews, Christmas, both clock changes."""

from datetime import datetime, timedelta

from temporalio.testing import WorkflowEnvironment

from iom.calendar import LONDON
from iom.decisions import Sentence
from iom.vocabulary import Rag
from tests.builders import an_adopted_case
from tests.journeys.habits import a_day_before_due, done, held
from tests.journeys.journey import Doing, OpenStep, on_the_way
from tests.journeys.world import World

RESULTS = {"supervision": "ATTC", "partner_update": "engaging", "enforcement_decision": "first_warning"}


def diligent(step: OpenStep) -> tuple[datetime, Doing]:
    """Everything is done the working day before; reviews are held at their hour; every fifth supervision is missed."""
    if step.key == "review":
        return step.due_at, held(Rag.RED)
    if step.key == "supervision" and step.number % 5 == 0:
        return step.due_at, done("UAAB")
    return a_day_before_due(step), done(RESULTS.get(step.key))


async def test_a_red_statutory_plan_runs_a_year_as_foretold(
    skipping: WorkflowEnvironment, world: World
) -> None:
    start = await skipping.get_current_time()
    sentence = Sentence(start.date() - timedelta(days=100), start.date() + timedelta(days=300))
    case = await an_adopted_case(world.scheme, rag=Rag.RED, sentence=sentence, at=start)
    async with on_the_way(skipping, world, case) as journey:
        await journey.live(start + timedelta(days=366), diligent)

    offsets = {moment.astimezone(LONDON).utcoffset() for moment in await journey.moments()}
    assert len(offsets) == 2, "both clock changes lie inside"
    assert await journey.count("review") >= 24
    assert await journey.count("missed_contact_attempt") >= 9
    assert await journey.count("final_third") == await journey.count("sentence_end") == 1
    assert len(await journey.histories()) > 20, "continued as new at every held review"
    assert len(world.post_office.taken) == await journey.letters_sent() > 300
