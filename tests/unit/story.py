"""A case's story for tests of the pure domain: its log, grown as people and the plan grow it. No record."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self
from uuid import UUID, uuid5

from iom.adapters.programme_files import named
from iom.agenda import Act, acts_due, next_act
from iom.decisions import anchor, deselected, intervention_started, regraded, released, taken_into_custody
from iom.events import Entry, Event, EventKind
from iom.fold import fold, fold_all
from iom.plan import OpenStep, Plan
from iom.programme import Programme
from iom.refusals import Refused
from iom.step import Answer, Step, answer
from iom.vocabulary import Anchor, Outcome, Rag, Role

CASE = UUID("00000000-0000-4000-8000-000000000001")
MOST_ACTS = 2500
MOST_AT_A_MOMENT = 400
"""More acts than any story here has, and more than it has at one moment: circles fail instead of going on for ever."""


def somebody(role: str) -> UUID:
    """The account that holds this role in every story."""
    return uuid5(CASE, role)


@dataclass(frozen=True)
class Done:
    """An act that a plan did, with the plan as it was just before."""

    plan: Plan
    act: Act


class Story:
    """One case's log from its first entry on, and every plan that follows it.

    What people write is appended at ``now``; ``live`` runs the plans' own acts each at its moment, ``sleep`` lets time
    pass while no plan is awake, and ``wake`` has them catch up as the workflow does.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.log: list[Event] = []
        self.programmes: dict[str, Programme] = {}
        self.plan = Plan(CASE)
        self.interventions: dict[UUID, Plan] = {}
        self.done: list[Done] = []

    def fresh(self) -> UUID:
        """An id of this story's own, the same in every run."""
        return uuid5(CASE, str(len(self.log)))

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The case's plan and that of each intervention there ever was on it."""
        return (self.plan, *self.interventions.values())

    @property
    def acts(self) -> list[Act]:
        """Everything the plans did, in order."""
        return [done.act for done in self.done]

    @property
    def steps(self) -> list[OpenStep]:
        """Every open step, whichever plan it is on."""
        return [step for plan in self.plans for step in plan.steps]

    def step(self, key: str) -> OpenStep:
        """The one open step with this key."""
        (found,) = [step for step in self.steps if step.key == key]
        return found

    def open_keys(self) -> list[str]:
        """The keys of the open steps, sorted."""
        return sorted(step.key for step in self.steps)

    def opened(self, key: str) -> list[Event]:
        """Every opening of a step with this key."""
        return [e for e in self.log if e.kind is EventKind.STEP_OPENED and e.data["key"] == key]

    def plan_of(self, step: OpenStep) -> Plan:
        """The plan this step is on."""
        return next(plan for plan in self.plans if plan.enrolment(step.enrolment))

    # What people do.

    def tell(self, *entries: Entry, programmes: tuple[Programme, ...] = ()) -> Self:
        """Somebody writes this now; ``programmes`` are the versions it names."""
        self.programmes |= {programme.key: programme for programme in programmes}
        self.plan = replace(self.plan, programmes=dict(self.programmes))
        for entry in entries:
            self._append(Event(len(self.log) + 1, entry.kind, self.now, entry.data, somebody("writer")))
        return self

    def answer(self, step: OpenStep, said: Answer) -> Self:
        """Whoever owns the step answers it now. Raises Refused as ``iom.step.answer`` does."""
        spec = self.plan_of(step).spec(step)
        kept = Step(
            step.id, CASE, step.key, spec.title, spec.form, step.owner, spec.clock, spec.outcomes, spec.results,
            step.due_at,
        )  # fmt: skip
        meant = answer(kept, said, self.now)
        data = {
            "step": str(step.id),
            "result": said.result,
            "due_at": meant.due_at and meant.due_at.isoformat(),
        }
        return self.tell(Entry(meant.kind, {key: value for key, value in data.items() if value}))

    def do(self, key: str, result: str | None = None) -> Self:
        """The one open step with this key is done."""
        return self.answer(self.step(key), Answer(Outcome.DONE, result=result))

    def hold_review(self, rag: Rag) -> Self:
        """The open review is held with this grade."""
        held = Entry(EventKind.REVIEW_HELD, {"step": str(self.step("review").id), "rag": rag})
        return self.tell(held, *([regraded(rag)] if rag is not self.plan.rag else []))

    def custody(self, release_on: date | None = None) -> Self:
        programme = named("custody")
        return self.tell(*taken_into_custody(release_on, self.fresh(), programme), programmes=(programme,))

    def release(self) -> Self:
        programme = named("release")
        return self.tell(*released(self.fresh(), programme), programmes=(programme,))

    def move(self, name: Anchor, on: date | None) -> Self:
        return self.tell(anchor(name, on))

    def treatment(self) -> Self:
        """Treatment keywork begins as an intervention."""
        programme, intervention = named("treatment_keywork"), self.fresh()
        begun = intervention_started(intervention, uuid5(intervention, "enrolment"), programme)
        return self.tell(*begun, programmes=(programme,))

    def deselect(self) -> Self:
        programme = named("exit")
        return self.tell(*deselected(self.fresh(), programme), programmes=(programme,))

    # What the plans do.

    def live(self, until: datetime) -> Self:
        """Time passes to ``until``; every act is done at its moment."""
        while (found := self._next(until)) is not None:
            self._do(*found)
        self.now = until
        return self

    def settle(self) -> Self:
        """Every act whose moment has come is done; no time passes."""
        return self.live(self.now)

    def sleep(self, until: datetime) -> Self:
        """Time passes to ``until`` and no plan sees it: an outage."""
        self.now = until
        return self

    def wake(self) -> list[Act]:
        """The plans catch up now, each with one batch of acts after another. Returns what they did."""
        before = len(self.done)
        while batch := [(plan.scope, acts) for plan in self.plans if (acts := acts_due(plan, self.now))]:
            scope, acts = batch[0]
            for act in acts:
                self._do(self._scoped(scope), act)
        return self.acts[before:]

    def _next(self, until: datetime) -> tuple[Plan, Act] | None:
        found = [(plan, act) for plan in self.plans if (act := next_act(plan)) and act.at <= until]
        return min(found, key=lambda pair: pair[1].at, default=None)

    def _do(self, plan: Plan, act: Act) -> None:
        """An act that is done again and again, or ever new ones without end, would keep a workflow busy for ever."""
        lately = self.done[-MOST_AT_A_MOMENT:]
        assert len(self.done) < MOST_ACTS, f"it never ends: {self.acts[-4:]}"
        assert len(lately) < MOST_AT_A_MOMENT or lately[0].act.at < act.at, (
            f"round in circles: {self.acts[-4:]}"
        )
        self.done.append(Done(plan, act))
        self._append(act.event(len(self.log) + 1))

    def _scoped(self, scope: UUID | None) -> Plan:
        return self.plan if scope is None else self.interventions[scope]

    def _append(self, event: Event) -> None:
        self.log.append(event)
        self.plan = fold(self.plan, event)
        self.interventions = {scope: fold(plan, event) for scope, plan in self.interventions.items()}
        if event.kind is EventKind.INTERVENTION_STARTED:
            scope = event.uuid("intervention")
            self.interventions[scope] = fold_all(Plan(CASE, scope, programmes=self.plan.programmes), self.log)


def readers(plan: Plan, act: Act) -> Iterator[object]:
    """Who gets the letters of an act: the account where the role is held, else the relation and role themselves."""
    for letter in act.letters:
        role = letter.to if letter.to in (Role.COORDINATOR, Role.CHAIR) else letter.role
        indirect = letter.to in ("manager", "point_of_contact")
        yield (letter.to, role) if indirect else plan.team.get(role, role)


def refused(story: Story, step: OpenStep, said: Answer) -> str | None:
    """Answers if that can be done; the code of the refusal if not."""
    try:
        story.answer(step, said)
    except Refused as refusal:
        return refusal.code
    return None
