"""What a plan promises whatever people do, each as a check of a whole story. Judges by the log where it can."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from uuid import UUID

from iom.agenda import Act, next_act
from iom.calendar import at_london, london_date, working_day_on_or_after
from iom.events import Event, EventKind
from iom.plan import OpenStep, Plan
from iom.programme import PARTNER_UPDATE, REVIEW, StepSpec
from iom.vocabulary import Clock
from tests.unit.log_reading import CLOSING, between_people, datings, late_when_dated, told
from tests.unit.story import Story, readers


def keeps_its_promises(story: Story) -> None:
    """Every promise there is, of a plan that was awake all the time."""
    keeps_its_promises_though_late(story)
    every_rung_is_said_in_its_turn(story)
    community_steps_rest_exactly_in_custody(story)


def keeps_its_promises_though_late(story: Story) -> None:
    """What holds even where a plan slept through some of it."""
    acts_come_in_order_of_time(story)
    nothing_is_done_twice(story)
    steps_open_only_while_their_programme_runs(story)
    a_step_closes_once(story)
    nobody_hears_of_a_closed_or_resting_step(story)
    nobody_gets_two_letters_about_one_step_at_one_moment(story)
    no_community_step_moves_in_custody(story)
    what_rested_is_due_after_the_release(story)
    a_date_stands_until_there_is_a_reason_to_change_it(story)
    one_review_at_a_time_is_called_a_cycle_after_the_last(story)
    nobody_is_asked_for_news_of_a_review_that_is_over(story)
    no_update_outlives_its_review(story)
    whoever_is_late_from_the_first_day_hears_before_anybody_above(story)
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
    for acts in between_people(story.log):
        _once((e.kind, *sorted(e.data.items())) for e in acts)


def steps_open_only_while_their_programme_runs(story: Story) -> None:
    for done in story.done:
        if done.act.kind is EventKind.STEP_OPENED:
            assert done.plan.is_running(done.act.event(0).uuid("enrolment"))


def a_step_closes_once(story: Story) -> None:
    opened = {e.data["step"] for e in story.log if e.kind is EventKind.STEP_OPENED}
    closed = [e.data["step"] for e in story.log if e.kind in CLOSING]
    _once(closed)
    assert set(closed) <= opened
    assert {str(step.id) for step in story.steps} == opened - set(closed)


def nobody_hears_of_a_closed_or_resting_step(story: Story) -> None:
    for event, telling in told(story):
        if event.kind is EventKind.STEP_REMINDED:
            assert event.uuid("step") in telling.open.keys() - telling.resting, (
                f"{event} is about no open step"
            )


def nobody_gets_two_letters_about_one_step_at_one_moment(story: Story) -> None:
    _once(
        (done.act.data["step"], done.act.at, reader)
        for done in story.done
        for reader in readers(done.plan, done.act)
    )


def every_rung_is_said_in_its_turn(story: Story) -> None:
    """Of each date that a step had: every rung at its moment, as long as that date stood."""
    said = {
        (e.data["step"], e.data["dating"], e.data["rung"]): e.at
        for e in story.log
        if e.kind is EventKind.STEP_REMINDED
    }
    for dating in datings(story):
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
    for event, telling in told(story):
        if telling.in_custody and event.kind in (EventKind.STEP_OPENED, EventKind.STEP_REMINDED):
            opens = event.kind is EventKind.STEP_OPENED
            spec = telling.spec(event) if opens else telling.open[event.uuid("step")]
            assert not is_community(spec), f"{spec.key} moves while the person is in custody"


def what_rested_is_due_after_the_release(story: Story) -> None:
    for done in story.done:
        step = stepped(done.plan, done.act)
        if step and step.paused_at and done.act.kind is EventKind.STEP_REDATED:
            released_at = done.plan.released_at
            assert released_at is not None
            assert done.act.event(0).moment("due_at") > released_at


def a_date_stands_until_there_is_a_reason_to_change_it(story: Story) -> None:
    """The plan itself dates a step anew for two reasons only: its anchor was set after that, or it rested till now."""
    for event, telling in told(story):
        if event.kind is EventKind.STEP_REDATED:
            step = event.uuid("step")
            assert step in telling.resting or telling.anchor_set_after(step), f"{event} has no reason"


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


def no_update_outlives_its_review(story: Story) -> None:
    """The entry that closes the review is the one after which nobody waits for its updates (domain.md §1.6)."""
    for event, telling in told(story):
        if event.kind is EventKind.STEP_OPENED and telling.spec(event).key == PARTNER_UPDATE:
            assert any(spec.key == REVIEW for spec in telling.open.values()), f"{event} is for no review"
    if story.plan.ended_at is None and PARTNER_UPDATE in story.open_keys():
        assert REVIEW in story.open_keys()


def whoever_is_late_from_the_first_day_hears_before_anybody_above(story: Story) -> None:
    """At the moment a step is given a date that has passed already, only its owner is told, or all who are invited."""
    late = late_when_dated(story)
    for act in story.acts:
        if act.kind is EventKind.STEP_REMINDED and (act.data["step"], act.at) in late:
            assert {letter.to for letter in act.letters} <= {"owner", "team"}, f"{act} goes above the owner"


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
