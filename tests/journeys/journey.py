"""Drives one case through time and holds what happened against what the forecast said. Knows no story of its own."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from temporalio.api.testservice.v1 import UnlockTimeSkippingRequest
from temporalio.testing import WorkflowEnvironment

from iom.adapters.database import Connection, transaction
from iom.adapters.deeds.by import By
from iom.adapters.deeds.steps import answer_step
from iom.adapters.delivery import deliver_waiting
from iom.adapters.settings import Settings
from iom.adapters.store import events, folded, plans
from iom.adapters.tables import Case
from iom.agenda import next_act
from iom.events import EventKind
from iom.fold import fold_all
from iom.forecast import Foreseen
from iom.plan import Plan
from iom.step import Answer
from iom.vocabulary import Role
from tests.builders import Scheme
from tests.journeys.evidence import Evidence
from tests.journeys.world import World
from workflows.worker import TASK_QUEUE, working

RENEW_AFTER = 300
"""History events after which plans continue as new here: the Java server never suggests it."""

PATIENCE = 30.0
STUCK = 20.0
"""Seconds after which skipped time counts as held still: a call's own limit is 30."""
BEGINNINGS = (EventKind.ENROLLED, EventKind.INTERVENTION_STARTED)
ONE_CALL = timedelta(days=20)
"""As much time as is skipped in one call: the server answers only when all of it has been lived through."""

Line = tuple[str, ...]
"""One thing that happened or was foretold: when (to the minute), what, about which step, and the detail."""


@dataclass(frozen=True)
class OpenStep:
    """A step as its owner finds it."""

    id: UUID
    key: str
    owner: Role
    opened_at: datetime
    due_at: datetime
    number: int


Doing = Callable[["Journey", OpenStep], Awaitable[None]]
Habit = Callable[[OpenStep], tuple[datetime, Doing] | None]
"""When the partners of a story take up a step, and what they do then; None: never."""


@dataclass
class Journey(Evidence):
    """One case on its way. At every stop, what happened is held against what was foretold at the stop before."""

    scheme: Scheme
    settings: Settings
    now: datetime
    stops: int = 0
    plans: list[Plan] = field(default_factory=list)
    happened: Counter[Line] = field(default_factory=Counter)

    async def live(self, until: datetime, habit: Habit = lambda _: None) -> None:
        """Time goes on to ``until``; the partners answer by habit; every stretch must be as foretold.

        It also stops where a step opens by itself: its owner may take it up before anything else happens.
        """
        while self.now < until:
            planned = await self._planned(habit)
            at = min((at for at, _, _ in planned), default=until)
            foretold = await self._foretell(min(at, until))
            openings = (item.at for item in foretold if item.kind is EventKind.STEP_OPENED)
            stop = min((opening for opening in openings if opening > self.now), default=min(at, until))
            await self._advance(stop, [item for item in foretold if item.at <= stop])
            for moment, step, doing in planned:
                if moment == at and at <= self.now < until:
                    await doing(self, step)
            await self.heard()

    async def _advance(self, moment: datetime, foretold: list[Foreseen]) -> None:
        """Sleeps until then, and compares what happened with what was foretold before."""
        since = self.now
        while self.now < moment:
            await self._sleep(min(moment, self.now + ONE_CALL))
            self.now = await self.environment.get_current_time()
        await self.settle()
        happened = await self._happened()
        new, expected = happened - self.happened, Counter(_lines(foretold))
        unforeseen, missing = sorted(new - expected), sorted(expected - new)
        assert not unforeseen, f"between {since} and {moment} {unforeseen} happened though not foretold"
        assert not missing, f"between {since} and {moment} {missing} did not happen though foretold"
        self.happened = happened
        self.stops += 1

    async def answer(self, step: OpenStep, answer: Answer) -> None:
        """Whoever holds the step's role on the case answers it now."""
        holder = await self.holder(step.owner)
        async with transaction(self.pool) as conn:
            await answer_step(conn, self.by(self.scheme.role_of(holder) or step.owner), step.id, answer)

    def by(self, role: Role) -> By:
        """That person, doing something now."""
        return self.scheme.by(role, self.now)

    async def heard(self) -> None:
        """Somebody has written something: the plan is told, and catches up."""
        await self.settle()
        self.happened = await self._happened()

    async def settle(self) -> None:
        """Waits until the plan has read the whole log and nothing is due any more; then the letters go out."""
        deadline = time.monotonic() + PATIENCE
        while not await self._is_settled():
            assert time.monotonic() < deadline, "the plan does not catch up with its log"
            await asyncio.sleep(0.005)
        await deliver_waiting(self.pool, self.settings, lambda: self.now)

    async def open_steps(self) -> list[OpenStep]:
        """The steps that wait for somebody now."""
        async with transaction(self.pool) as conn:
            found = await conn.execute(
                "select id, key, owner, opened_at, due_at, number from step"
                " where case_id = %s and closed_at is null and paused_at is null order by opened_at, id",
                (self.case.id,),
            )
            return [OpenStep(**{**row, "owner": Role(row["owner"])}) async for row in found]

    async def step(self, key: str) -> OpenStep:
        """The one open step with this key."""
        return next(step for step in await self.open_steps() if step.key == key)

    async def _sleep(self, until: datetime) -> None:
        """Skips time. The Java server may hold it still for ever once a child has outlived its parent's run."""
        try:
            await asyncio.wait_for(self.environment.sleep(until - self.now), STUCK)
        except TimeoutError:
            await self.environment.client.test_service.unlock_time_skipping(UnlockTimeSkippingRequest())

    async def _planned(self, habit: Habit) -> list[tuple[datetime, OpenStep, Doing]]:
        found = [(step, habit(step)) for step in await self.open_steps()]
        return [(max(plan[0], self.now), step, plan[1]) for step, plan in found if plan is not None]

    async def _foretell(self, until: datetime) -> list[Foreseen]:
        async with transaction(self.pool) as conn:
            return await folded.foreseen(conn, self.case.id, until)

    async def _is_settled(self) -> bool:
        async with transaction(self.pool) as conn:
            if await plans.is_behind(conn, self.case.id):
                return False
            await self._read_on(conn)
        acts = [next_act(plan) for plan in self.plans]
        return all(act is None or act.at > self.now for act in acts)

    async def _read_on(self, conn: Connection) -> None:
        """Folds what is new in the log; begins afresh where a programme or an intervention is new."""
        news = await events.read_after(conn, self.case.id, self.plans[0].seq if self.plans else 0)
        if not self.plans or any(event.kind in BEGINNINGS for event in news):
            self.plans = await folded.plans(conn, self.case.id)
        else:
            self.plans = [fold_all(plan, news) for plan in self.plans]

    async def _happened(self) -> Counter[Line]:
        """Everything the plan has done so far, from the tables people and letters see, to the minute."""
        async with transaction(self.pool) as conn:
            steps = await conn.execute(_STEPS, {"case": self.case.id})
            return Counter([tuple(map(str, row.values())) async for row in steps])


_STEPS = """
select * from (
    select to_char(opened_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at, 'opened' as what, id::text as step,
           key as detail
    from step where case_id = %(case)s
    union all
    select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), kind, data ->> 'step', coalesce(data ->> 'due_at', '')
    from event where case_id = %(case)s and by_id is null
      and kind in ('step_paused', 'step_redated', 'step_lapsed', 'plan_ended', 'intervention_ended')
    union all
    select to_char(written_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), 'letter', step_id::text, kind || ' ' || key
    from letter where case_id = %(case)s and kind <> 'digest'
) as everything order by at, what, step, detail
"""


def _lines(foretold: list[Foreseen]) -> list[Line]:
    lines: list[Line] = []
    for item in foretold:
        at = f"{item.at:%Y-%m-%d %H:%M}"
        if item.kind is EventKind.STEP_OPENED:
            lines.append((at, "opened", str(item.step), item.key))
        elif item.kind is EventKind.STEP_REMINDED:
            lines += [
                (at, "letter", str(item.step), f"{letter.kind} {letter.key}") for letter in item.letters
            ]
        else:
            due = item.due_at.isoformat() if item.due_at else ""
            lines.append((at, item.kind, str(item.step), due))
    return lines


@asynccontextmanager
async def on_the_way(environment: WorkflowEnvironment, world: World, case: Case) -> AsyncIterator[Journey]:
    """A worker and its postman run the plan of ``case``; the journey begins at the environment's present."""
    pool = world.scheme.pool
    async with working(environment.client, pool, TASK_QUEUE, RENEW_AFTER) as postman:
        rounds = asyncio.create_task(postman.rounds(world.settings.database_url))
        now = await environment.get_current_time()
        journey = Journey(pool, case, environment, scheme=world.scheme, settings=world.settings, now=now)
        await journey.heard()
        yield journey
        leaks = await journey.leaks()
        assert not leaks, f"personal values stand in a history: {leaks}"
        letters = world.post_office.messages()
        assert len(letters) > 0, "there is something to leak from"
        leaks = await journey.leaks_in(letters)
        assert not leaks, f"what may not stand in a letter does: {leaks}"
        world.record(await journey.telling_runs())
        rounds.cancel()
        with suppress(asyncio.CancelledError):
            await rounds
