"""What a plan promises whatever people do, each as a check of a whole story. Judges by the log, not by the plan."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from iom.agenda import Act, next_act
from iom.calendar import at_london, london_date, working_day_on_or_after
from iom.events import Event, EventKind
from iom.ladder import DatedRung, climb
from iom.plan import OpenStep, Plan
from iom.programme import PARTNER_UPDATE, REVIEW, StepSpec
from iom.vocabulary import Clock
from tests.unit.story import Story, readers

CLOSING = (EventKind.STEP_DONE, EventKind.STEP_NOT_NEEDED, EventKind.STEP_LAPSED, EventKind.REVIEW_HELD)
DATING = (EventKind.STEP_OPENED, EventKind.STEP_CANNOT_YET, EventKind.STEP_REDATED)


def keeps_its_promises(story: Story) -> None:
    """Every promise there is, of a plan that was awake all the time."""
    keeps_its_promises_though_late(story)
    every_rung_is_said_in_its_turn(story)
    community_steps_rest_exactly_in_custody(story)


def keeps_its_promises_though_late(story: Story) -> None:
    """What holds even where a plan slept through some of it."""
    acts_come_in_order_of_time(story)
    nothing_is_done_twice(story)
    a_step_closes_once(story)
    nobody_hears_of_a_closed_or_resting_step(story)
    nobody_gets_two_letters_about_one_step_at_one_moment(story)
    no_community_step_moves_in_custody(story)
    what_rested_is_due_after_the_release(story)
    a_date_given_by_people_stands(story)
    one_review_at_a_time_is_called_a_cycle_after_the_last(story)
    nobody_is_asked_for_news_of_a_review_that_is_over(story)
    a_repeating_step_stands_once(story)
    a_plan_ends_last(story)


def acts_come_in_order_of_time(story: Story) -> None:
    for done in story.done:
        assert done.plan.at is not None
        assert done.act.at >= done.plan.at, f"{done.act} lies before the last event"
    moments = [event.at for event in story.log]
    assert moments == sorted(moments)


def nothing_is_done_twice(story: Story) -> None:
    _once(letter.key for act in story.acts for letter in act.letters)
    _once(e.data["step"] for e in story.log if e.kind is EventKind.STEP_OPENED)
    _once(
        (e.data["step"], e.data["dating"], e.data["rung"])
        for e in story.log
        if e.kind is EventKind.STEP_REMINDED
    )
    for acts in _between_people(story.log):
        _once((e.kind, *sorted(e.data.items())) for e in acts)


def a_step_closes_once(story: Story) -> None:
    opened = {e.data["step"] for e in story.log if e.kind is EventKind.STEP_OPENED}
    closed = [e.data["step"] for e in story.log if e.kind in CLOSING]
    _once(closed)
    assert set(closed) <= opened
    assert {str(step.id) for step in story.steps} == opened - set(closed)


def nobody_hears_of_a_closed_or_resting_step(story: Story) -> None:
    for event, told in _told(story):
        if event.kind is EventKind.STEP_REMINDED:
            assert event.uuid("step") in told.open.keys() - told.resting, f"{event} is about no open step"


def nobody_gets_two_letters_about_one_step_at_one_moment(story: Story) -> None:
    _once(
        (done.act.data["step"], done.act.at, reader)
        for done in story.done
        for reader in readers(done.plan, done.act)
    )


def every_rung_is_said_in_its_turn(story: Story) -> None:
    """Of each date that a step had: every rung at its moment, up to the moment when that date was no longer so."""
    said = {
        (e.data["step"], e.data["dating"], e.data["rung"]): e.at
        for e in story.log
        if e.kind is EventKind.STEP_REMINDED
    }
    for dating in _datings(story):
        for n, rung in enumerate(dating.rungs):
            at = said.pop((dating.step, dating.number, n), None)
            assert at in ((rung.moment,) if rung.moment < dating.until else (rung.moment, None)), rung
            assert at is None or at <= dating.until
    assert not said, "reminders of dates that no step ever had"


def community_steps_rest_exactly_in_custody(story: Story) -> None:
    """Whenever time passes, steps that take place outside rest while the person is inside, and nothing else rests."""
    for done in story.done:
        if done.plan.at is None or done.act.at == done.plan.at:
            continue
        for step in done.plan.steps:
            rests = done.plan.custody_since is not None and is_community(done.plan.spec(step))
            assert (step.paused_at is not None) == rests, f"{step.key} at {done.act.at}"


def no_community_step_moves_in_custody(story: Story) -> None:
    for event, told in _told(story):
        if told.in_custody and event.kind in (EventKind.STEP_OPENED, EventKind.STEP_REMINDED):
            opens = event.kind is EventKind.STEP_OPENED
            spec = told.spec(event) if opens else told.open[event.uuid("step")]
            assert not is_community(spec), f"{spec.key} moves while the person is in custody"


def what_rested_is_due_after_the_release(story: Story) -> None:
    for done in story.done:
        step = stepped(done.plan, done.act)
        if step and step.paused_at and done.act.kind is EventKind.STEP_REDATED:
            released_at = done.plan.released_at
            assert released_at is not None
            assert done.act.event(0).moment("due_at") > released_at


def a_date_given_by_people_stands(story: Story) -> None:
    """The plan dates a step anew only for a reason that came after: its anchor moved, or the person came back."""
    given: set[str] = set()
    for event in story.log:
        if event.kind is EventKind.STEP_CANNOT_YET:
            given.add(event.text("step"))
        elif event.kind in (EventKind.ANCHOR_SET, EventKind.CUSTODY_BEGAN, EventKind.RELEASED):
            given.clear()
        elif event.kind is EventKind.STEP_REDATED:
            assert event.text("step") not in given, f"{event} overrules what was agreed"


def one_review_at_a_time_is_called_a_cycle_after_the_last(story: Story) -> None:
    since: datetime | None = None
    reviews: set[str] = set()
    for event in story.log:
        begins = event.kind is EventKind.ENROLLED and story.programmes[event.text("programme")].review
        if begins or (since and event.kind in (EventKind.REVIEW_HELD, EventKind.RAG_CHANGED)):
            since = event.at
        if event.kind is EventKind.STEP_OPENED and event.data["key"] == "review":
            assert not reviews, "a review is called while another is open"
            assert since is not None
            assert event.moment("due_at") == _review_due(story, event, since)
            reviews.add(event.text("step"))
        elif event.kind in CLOSING:
            reviews.discard(event.text("step"))


def nobody_is_asked_for_news_of_a_review_that_is_over(story: Story) -> None:
    for done in story.done:
        if done.act.kind is EventKind.STEP_REMINDED and (step := stepped(done.plan, done.act)):
            reviews = {other.number for other in done.plan.steps if other.key == REVIEW}
            assert step.key != PARTNER_UPDATE or step.number in reviews


def a_repeating_step_stands_once(story: Story) -> None:
    for plan in {id(done.plan): done.plan for done in story.done}.values():
        repeating = [(s.enrolment, s.key) for s in plan.steps if plan.spec(s).repeats]
        waiting = [(o.enrolment, o.key) for o in plan.openings if plan.spec(o).repeats]
        _once([*repeating, *waiting])


def a_plan_ends_last(story: Story) -> None:
    if story.plan.ended_at is not None:
        assert story.log[-1].kind is EventKind.PLAN_ENDED
        assert story.steps == []
    for plan in story.plans:
        act = next_act(plan)
        assert act is None or act.at > story.now, f"{act} is due and was not done"


def is_community(spec: StepSpec) -> bool:
    """Whether this step rests while the person is in custody."""
    return spec.where == "community" and spec.clock is not Clock.STATUTORY


def stepped(plan: Plan, act: Act) -> OpenStep | None:
    """The open step that an act is about."""
    return plan.open_step(UUID(str(act.data["step"]))) if "step" in act.data else None


@dataclass
class _Dating:
    """One date of one step, and until when it stood."""

    step: str
    number: int
    rungs: tuple[DatedRung, ...]
    until: datetime


def _datings(story: Story) -> Iterator[_Dating]:
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
            yield _Dating(step, numbers[step], rungs, event.at)
        opened.setdefault(step, event)
        numbers[step] += event.kind in DATING
        if event.kind is EventKind.STEP_PAUSED:
            resting.add(step)
        elif event.kind is EventKind.STEP_REDATED:
            resting.discard(step)
        if event.kind in DATING and step not in resting:
            standing[step] = event
    for step, dated in standing.items():
        yield _Dating(step, numbers[step], _climbed(story, opened[step], dated), story.now)


def _climbed(story: Story, opened: Event, dated: Event) -> tuple[DatedRung, ...]:
    programme = story.programmes[opened.text("programme")]
    ladder = programme.ladders[programme.step(opened.text("key")).ladder]
    redated_at = None if dated is opened else dated.at
    return climb(ladder, opened.uuid("step"), opened.at, dated.moment("due_at"), redated_at)


@dataclass
class _Telling:
    """What the log alone says stands at one moment of it."""

    story: Story
    open: dict[UUID, StepSpec] = field(default_factory=dict)
    resting: set[UUID] = field(default_factory=set)
    in_custody: bool = False

    def spec(self, event: Event) -> StepSpec:
        return self.story.programmes[event.text("programme")].step(event.text("key"))

    def hear(self, event: Event) -> None:
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


def _told(story: Story) -> Iterator[tuple[Event, _Telling]]:
    """Each event with what stood just before it."""
    telling = _Telling(story)
    for event in story.log:
        yield event, telling
        telling.hear(event)


def _between_people(log: Iterable[Event]) -> Iterator[list[Event]]:
    """What the plans did from one entry by people to the next."""
    acts: list[Event] = []
    for event in log:
        if event.by is None:
            acts.append(event)
        else:
            yield acts
            acts = []
    yield acts


def _review_due(story: Story, opened: Event, since: datetime) -> datetime:
    """One cycle of the grade as it stood then, in days, on the next working day at 14:00 London (domain.md §1.6)."""
    cycle = story.programmes[opened.text("programme")].review
    grades = [e.text("rag") for e in story.log[: opened.seq] if e.kind is EventKind.RAG_CHANGED]
    assert cycle is not None
    days = {"Red": 14, "Amber": 28, "Green": 56, "Blue": 84}[grades[-1]]
    return at_london(working_day_on_or_after(london_date(since) + timedelta(days=days)), time(14, 0))


def _once(things: Iterable[object]) -> None:
    twice = [thing for thing, count in Counter(things).items() if count > 1]
    assert not twice, f"more than once: {twice[:3]}"
