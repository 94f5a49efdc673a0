"""What the log of a story says by itself, read without folding it: what promises are judged by."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from iom.events import Event, EventKind
from iom.ladder import DatedRung, climb
from iom.programme import StepSpec
from iom.vocabulary import Clock
from tests.unit.story import Story

CLOSING = (EventKind.STEP_DONE, EventKind.STEP_NOT_NEEDED, EventKind.STEP_LAPSED, EventKind.REVIEW_HELD)
DATING = (EventKind.STEP_OPENED, EventKind.STEP_CANNOT_YET, EventKind.STEP_REDATED)


@dataclass
class Dating:
    """One date of one step, and until when it stood."""

    step: str
    number: int
    rungs: tuple[DatedRung, ...]
    until: datetime


def datings(story: Story) -> Iterator[Dating]:
    """Every date that every step ever had, with its ladder. A date given to a resting step says nothing."""
    opened: dict[str, Event] = {}
    standing: dict[str, Event] = {}
    resting: set[str] = set()
    numbers: Counter[str] = Counter()
    for event in story.log:
        if event.kind not in (*CLOSING, *DATING, EventKind.STEP_PAUSED):
            continue
        step = event.text("step")
        if step in standing:
            rungs = _climbed(story, opened[step], standing.pop(step))
            yield Dating(step, numbers[step], rungs, event.at)
        opened.setdefault(step, event)
        numbers[step] += event.kind in DATING
        if event.kind is EventKind.STEP_PAUSED:
            resting.add(step)
        elif event.kind is EventKind.STEP_REDATED:
            resting.discard(step)
        if event.kind in DATING and step not in resting:
            standing[step] = event
    for step, dated in standing.items():
        yield Dating(step, numbers[step], _climbed(story, opened[step], dated), story.now)


def _climbed(story: Story, opened: Event, dated: Event) -> tuple[DatedRung, ...]:
    programme = story.programmes[opened.text("programme")]
    ladder = programme.ladders[programme.step(opened.text("key")).ladder]
    redated_at = None if dated is opened else dated.at
    return climb(ladder, opened.uuid("step"), opened.at, dated.moment("due_at"), redated_at)


def late_when_dated(story: Story) -> set[tuple[str, datetime]]:
    """Each step whose date had passed already when the plan gave it that date, and when that was."""
    by_plan = (EventKind.STEP_OPENED, EventKind.STEP_REDATED)
    dated = [event for event in story.log if event.kind in by_plan]
    return {(event.text("step"), event.at) for event in dated if event.moment("due_at") < event.at}


@dataclass
class Telling:
    """What the log alone says stands at one moment of it."""

    story: Story
    open: dict[UUID, StepSpec] = field(default_factory=dict)
    resting: set[UUID] = field(default_factory=set)
    in_custody: bool = False
    dated: dict[UUID, int] = field(default_factory=dict)
    anchors: dict[str, int] = field(default_factory=dict)

    def spec(self, event: Event) -> StepSpec:
        return self.story.programmes[event.text("programme")].step(event.text("key"))

    def anchor_set_after(self, step: UUID) -> bool:
        """Whether the anchor that this step hangs on was set after the step last had a date."""
        spec = self.open[step]
        hangs = spec.clock is Clock.ANCHORED and spec.anchor in self.anchors
        return hangs and self.anchors[str(spec.anchor)] > self.dated[step]

    def hear(self, event: Event) -> None:
        if event.kind is EventKind.ANCHOR_SET:
            self.anchors[event.text("anchor")] = event.seq
        if event.kind in DATING:
            self.dated[event.uuid("step")] = event.seq
        step = event.uuid("step") if "step" in event.data else None
        if event.kind is EventKind.STEP_OPENED and step:
            self.open[step] = self.spec(event)
        elif event.kind in CLOSING and step:
            del self.open[step]
            self.resting.discard(step)
        elif event.kind is EventKind.STEP_PAUSED and step:
            self.resting.add(step)
        elif event.kind is EventKind.STEP_REDATED and step:
            self.resting.discard(step)
        elif event.kind in (EventKind.CUSTODY_BEGAN, EventKind.RELEASED):
            self.in_custody = event.kind is EventKind.CUSTODY_BEGAN


def told(story: Story) -> Iterator[tuple[Event, Telling]]:
    """Each event with what stood just before it."""
    telling = Telling(story)
    for event in story.log:
        yield event, telling
        telling.hear(event)


def between_people(log: Iterable[Event]) -> Iterator[list[Event]]:
    """What the plans did from one entry by people to the next."""
    acts: list[Event] = []
    for event in log:
        if event.by is None:
            acts.append(event)
        else:
            yield acts
            acts = []
    yield acts
