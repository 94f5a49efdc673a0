"""What the people of a story do with a step, and when: ready-made habits. Asserts nothing."""

from datetime import datetime, time, timedelta

from iom.adapters.database import transaction
from iom.adapters.deeds.panel import Decision, decide
from iom.adapters.deeds.reviews import Held, hold
from iom.calendar import london_date
from iom.decisions import PanelOutcome
from iom.duration import Duration
from iom.step import Answer
from iom.vocabulary import Cohort, Outcome, Rag, Role
from tests.journeys.journey import Doing, Journey, OpenStep

ELEVEN = time(11, 0)


def a_day_before_due(step: OpenStep) -> datetime:
    """Eleven in the morning on the working day before it is due, but not before it opened."""
    return max(Duration.parse("-1wd").after(step.due_at, ELEVEN), step.opened_at + timedelta(hours=1))


def done(result: str | None = None) -> Doing:
    """The owner says it is done."""
    return lambda journey, step: journey.answer(step, Answer(Outcome.DONE, result=result))


def not_needed(reason: str) -> Doing:
    """The owner says it is no longer needed."""
    return lambda journey, step: journey.answer(step, Answer(Outcome.NOT_NEEDED, reason=reason))


def put_off(days: int) -> Doing:
    """The owner cannot do it yet and gives a date so many days on."""

    async def say_so(journey: Journey, step: OpenStep) -> None:
        new_date = london_date(journey.now) + timedelta(days=days)
        await journey.answer(step, Answer(Outcome.CANNOT_YET, reason="On leave", new_due_on=new_date))

    return say_so


def held(rag: Rag) -> Doing:
    """The coordinator holds the review with this grade."""

    async def hold_it(journey: Journey, step: OpenStep) -> None:
        async with transaction(journey.pool) as conn:
            said = Held(rag, "Progress discussed")
            await hold(conn, journey.by(Role.COORDINATOR), journey.case.ref, step.id, said)

    return hold_it


def decided(outcome: PanelOutcome, cohort: Cohort | None = None, rag: Rag | None = None) -> Doing:
    """The panel decides."""

    async def decide_it(journey: Journey, _: OpenStep) -> None:
        async with transaction(journey.pool) as conn:
            decision = Decision(outcome, "Meets the local test", cohort, rag)
            await decide(conn, journey.by(Role.CHAIR), journey.case.ref, decision)

    return decide_it
