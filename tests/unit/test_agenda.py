"""What a plan does by itself: the promises that hold over random stories, and the moments that are easily got wrong."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from iom.agenda import MOST_AT_ONCE, acts_due
from iom.calendar import add_working_days, london_date
from iom.events import Entry, EventKind
from iom.forecast import forecast
from iom.plan import OpenStep
from iom.programme import PARTNER_UPDATE
from iom.step import Answer
from iom.vocabulary import Anchor, Outcome, Role
from tests.unit.log_reading import late_when_dated
from tests.unit.plans import START, PlanBuilder, a_plan, a_programme
from tests.unit.promises import is_community, keeps_its_promises, keeps_its_promises_though_late
from tests.unit.stories import Move, beginnings, make, moves, told
from tests.unit.story import Story

A_DAY = timedelta(days=1)


@settings(max_examples=100)
@given(beginnings(), moves())
def test_whatever_people_do_the_plan_keeps_its_promises(plan: PlanBuilder, made: list[Move]) -> None:
    keeps_its_promises(told(plan, made))


def test_a_date_agreed_after_the_anchor_moved_stands_until_it_moves_again() -> None:
    release_on = london_date(START) + timedelta(days=20)
    story = a_plan().begins().custody(release_on)
    story.live(START + A_DAY).move(Anchor.EARLIEST_RELEASE, release_on + timedelta(days=3)).settle()
    agreed_on = london_date(START) + timedelta(days=15)
    story.live(START + 2 * A_DAY)
    story.answer(story.step("release_pack"), Answer(Outcome.CANNOT_YET, reason="Away", new_due_on=agreed_on))
    story.live(START + 3 * A_DAY)
    assert london_date(story.step("release_pack").due_at) == agreed_on

    story.move(Anchor.EARLIEST_RELEASE, release_on + timedelta(days=7)).settle()
    assert london_date(story.step("release_pack").due_at) == release_on


def test_a_release_date_told_again_as_it_was_dates_nothing_anew() -> None:
    release_on = london_date(START) + timedelta(days=20)
    story = a_plan().begins().custody(release_on).live(START + A_DAY)
    story.move(Anchor.EARLIEST_RELEASE, release_on).settle()

    assert EventKind.STEP_REDATED not in {act.kind for act in story.acts}


def test_a_resting_step_that_somebody_puts_off_rests_on_and_resumes_on_release() -> None:
    story = a_plan().begins().live(START + A_DAY).custody().live(START + 5 * A_DAY)
    new_due_on = london_date(START) + timedelta(days=8)
    said = Answer(Outcome.CANNOT_YET, reason="Later", new_due_on=new_due_on)
    story.answer(story.step("pathway_actions"), said).sleep(START + 20 * A_DAY).release().wake()

    assert story.step("pathway_actions").paused_at is None
    assert london_date(story.step("pathway_actions").due_at) == add_working_days(london_date(story.now), 10)


def test_who_owns_a_step_and_is_on_the_team_too_gets_one_letter_when_two_are_due() -> None:
    """A review that nobody called before its date had passed: the coordinator is to be invited, and is late."""
    story = a_plan().red().begins().live(START + A_DAY)
    story.sleep(START + timedelta(days=15, hours=3))
    story.wake()
    about = [letter for act in story.acts for letter in act.letters if letter.step == story.step("review").id]

    assert [letter.kind for letter in about if letter.role == Role.COORDINATOR] == ["overdue"]
    assert {letter.kind for letter in about if letter.role == Role.CHAIR} == {"review_invitation"}


@settings(max_examples=80)
@given(beginnings(), moves(12), moves(8), st.timedeltas(timedelta(minutes=1), timedelta(days=120)))
def test_a_plan_that_slept_catches_up_at_one_moment_and_keeps_its_promises(
    plan: PlanBuilder, before: list[Move], meanwhile: list[Move], asleep: timedelta
) -> None:
    """Nobody gets more than one letter about a step, and nothing is left undone, whatever people did meanwhile."""
    story = told(plan, before, timedelta(0))
    for move in meanwhile:
        make(story.sleep(story.now + move.after), move)
    acts = story.sleep(story.now + asleep).wake()

    assert {act.at for act in acts} <= {story.now}
    for step in story.steps:
        rests = story.plan.custody_since is not None and is_community(story.plan_of(step).spec(step))
        assert (step.paused_at is not None) == rests
    keeps_its_promises_though_late(story)
    keeps_its_promises_though_late(story.live(story.now + timedelta(days=60)))


@settings(max_examples=80)
@given(beginnings(), moves(12), st.timedeltas(timedelta(minutes=1), timedelta(days=120)))
def test_after_sleeping_through_days_when_nobody_did_anything_a_plan_stands_where_it_would_have_stood(
    plan: PlanBuilder, before: list[Move], asleep: timedelta
) -> None:
    """The same steps with the same dates and the same things to come; only letters that were overtaken are missing.

    What has a date that passed meanwhile is late from its first day, and goes up later than it would have: its owner
    did not know.
    """
    late, awake = told(plan, before, timedelta(0)), told(plan, before, timedelta(0))
    late.sleep(late.now + asleep).wake()
    awake.live(late.now)
    until = late.now + timedelta(days=60)

    assert _standing(late) == _standing(awake)
    unknown = {UUID(step) for step, _ in late_when_dated(late)}
    assert _letter_keys(late, unknown) <= _letter_keys(awake, unknown)
    assert _ahead(late, until, unknown) == _ahead(awake, until, unknown)


def _standing(story: Story) -> set[tuple[object, ...]]:
    """Every open step with its date. An update asked for late is due no earlier than it was asked for."""
    return {
        (step.id, step.paused_at is None, step.key == PARTNER_UPDATE or step.due_at) for step in story.steps
    }


def _letter_keys(story: Story, unknown: set[UUID]) -> set[str]:
    return {letter.key for act in story.acts for letter in act.letters if letter.step not in unknown}


def _ahead(story: Story, until: datetime, unknown: set[UUID]) -> set[tuple[object, ...]]:
    foreseen = [item for plan in story.plans for item in forecast(plan, until)]
    same = [item for item in foreseen if item.key != PARTNER_UPDATE and item.step not in unknown]
    return {(f.at, f.kind, f.step, f.due_at, f.letters) for f in same}


@settings(max_examples=100)
@given(
    beginnings(),
    st.integers(0, 3),
    st.lists(st.tuples(st.integers(0, 25), st.integers(0, 220) | st.none(), st.booleans()), max_size=10),
)
def test_a_release_date_that_moves_up_to_ten_times_doubles_nothing_and_reopens_nothing(
    plan: PlanBuilder, free_for: int, moved: list[tuple[int, int | None, bool]]
) -> None:
    story = plan.begins()
    for n, (days, ahead, answers) in enumerate([*moved, (1, 3, False)]):
        story.live(story.now + timedelta(days=days, hours=1))
        if n == free_for:
            story.custody().live(story.now + timedelta(hours=1))
        for step in [step for step in story.steps if answers and step.key in BEFORE_RELEASE]:
            story.answer(step, Answer(Outcome.DONE))
        release_on = None if ahead is None else london_date(story.now) + timedelta(days=ahead)
        story.move(Anchor.EARLIEST_RELEASE, release_on).settle()
        for step in [step for step in story.steps if step.key in BEFORE_RELEASE]:
            assert release_on is None or london_date(step.due_at) == BEFORE_RELEASE[step.key](release_on)
    if story.plan.custody_since:
        story.live(story.now + A_DAY).release()
    story.live(story.now + timedelta(days=60))

    keeps_its_promises(story)
    assert all(len(story.opened(key)) <= 1 for key in BEFORE_RELEASE)
    assert not set(story.open_keys()) & BEFORE_RELEASE.keys()


BEFORE_RELEASE: dict[str, Callable[[date], date]] = {
    "pre_release_meeting": lambda release_on: release_on - timedelta(weeks=12),
    "release_pack": lambda release_on: add_working_days(release_on, -5),
}
"""The steps that hang on the release date, and when they are due (domain.md §4.3)."""

STATUTORY = """
[[steps]]
key = "report"
title = "Report"
owner = "probation_practitioner"
where = "community"
clock = "statutory"
opens = [{ on = "enrolled" }, { on = "exit_proposed" }]
due = "15d"

[[steps]]
key = "visit"
title = "Visit"
owner = "police_offender_manager"
where = "community"
opens = [{ on = "enrolled" }, { on = "exit_proposed" }]
due = "15d"

[review]
cycle = { Red = "12w" }
"""


def test_a_statutory_clock_goes_on_in_custody_and_no_other_outside_does() -> None:
    story = a_plan().on(a_programme(STATUTORY)).begins().live(START + A_DAY).custody().live(START + 9 * A_DAY)
    story.tell(Entry(EventKind.EXIT_PROPOSED)).live(START + 40 * A_DAY)
    reports = [step for step in story.steps if step.key == "report"]

    assert [step.opened_at for step in reports] == [START, START + 9 * A_DAY]
    assert [london_date(step.due_at) for step in reports] == [date(2026, 9, 16), date(2026, 9, 25)]
    assert all(step.said == len(step.rungs) for step in reports)
    assert [step.paused_at for step in story.steps if step.key == "visit"] == [START + A_DAY]

    story.release().live(START + 60 * A_DAY)
    visits = [step for step in story.steps if step.key == "visit"]
    assert [london_date(step.due_at) for step in visits] == [date(2026, 10, 26)] * 2
    assert [london_date(step.due_at) for step in reports] == [date(2026, 9, 16), date(2026, 9, 25)]


def test_a_statutory_date_is_the_day_it_falls_on_and_any_other_the_next_working_day() -> None:
    story = a_plan().on(a_programme(STATUTORY)).beginning(START + 4 * A_DAY).begins().settle()

    assert london_date(story.step("report").due_at) == date(2026, 9, 20), "a Sunday"
    assert london_date(story.step("visit").due_at) == date(2026, 9, 21)


ANCHORED = """
[[steps]]
key = "prepare"
title = "Prepare"
owner = "lead_professional"
opens = [{ anchor = "sentence_end", before = "8w" }]
due = "5d"
"""


def test_a_step_whose_opening_day_has_passed_already_opens_now_and_has_all_its_time() -> None:
    story = a_plan().on(a_programme(ANCHORED)).sentenced(None, date(2026, 9, 20)).begins().settle()

    assert story.step("prepare").opened_at == START
    assert london_date(story.step("prepare").due_at) == date(2026, 9, 7), "five days on is a Sunday"


def test_a_step_late_from_its_first_day_is_told_its_owner_once_and_goes_up_from_that_day() -> None:
    """Somebody imported with three weeks to the sentence's end, when five weeks before it something was due."""
    story = (
        a_plan().green().sentenced(None, date(2026, 9, 22)).adopted_on(date(2025, 3, 20)).begins().settle()
    )
    late = story.step("sentence_end")
    assert late.due_at < story.now
    assert _told_of(story, late) == [("overdue", "owner", False, date(2026, 9, 1))]

    story.live(START + 40 * A_DAY)
    assert _told_of(story, late)[1:] == [
        ("overdue", "point_of_contact", False, date(2026, 9, 2)),
        ("escalated", "manager", False, date(2026, 9, 4)),
        ("escalated", "coordinator", False, date(2026, 9, 8)),
    ]


def _told_of(story: Story, step: OpenStep) -> list[tuple[str, str, bool, date]]:
    return [
        (letter.kind, letter.to, letter.digest, london_date(act.at))
        for act in story.acts
        for letter in act.letters
        if letter.step == step.id
    ]


@settings(max_examples=40)
@given(st.integers(-120, 700), st.integers(-120, 700), st.integers(-120, 700))
def test_nothing_is_opened_whose_purpose_was_past_when_somebody_came_onto_the_programme(
    third: int, end: int, release: int
) -> None:
    """How long ago a date may lie is the programme's own: four weeks, and twelve for the end of a sentence."""
    story, today = a_plan().green().adopted_on(date(2025, 3, 20)).begins(), london_date(START)
    story.move(Anchor.FINAL_THIRD, today + timedelta(days=third))
    story.move(Anchor.SENTENCE_END, today + timedelta(days=end))
    story.custody(today + timedelta(days=release)).settle().live(START + 720 * A_DAY)

    assert bool(story.opened("final_third")) == (third >= -28)
    assert bool(story.opened("sentence_end")) == (end >= -84)
    assert bool(story.opened("pre_release_meeting")) == (release >= -28)
    assert bool(story.opened("release_pack")) == (release >= -28)


def test_an_anchor_that_moves_into_the_past_while_the_plan_runs_is_late_and_not_left_out() -> None:
    story = a_plan().green().sentenced(None, date(2027, 9, 1)).begins().live(START + A_DAY)
    story.move(Anchor.SENTENCE_END, date(2025, 1, 1)).settle()

    assert [told[:2] for told in _told_of(story, story.step("sentence_end"))] == [("overdue", "owner")]


BRIEF = """
[[steps]]
key = "look"
title = "Look"
owner = "coordinator"
opens = [{ on = "enrolled" }]
due = "5d"
"""


def test_a_plan_with_nothing_left_to_do_ends_once_its_interventions_have() -> None:
    story = a_plan().on(a_programme(BRIEF)).begins().treatment().live(START + A_DAY)
    story.do("look").live(START + 100 * A_DAY)
    assert story.plan.ended_at is None

    story.do("keywork_review", "finished").settle()
    assert [act.kind for act in story.acts[-2:]] == [EventKind.INTERVENTION_ENDED, EventKind.PLAN_ENDED]
    keeps_its_promises(story)


def test_a_programme_that_something_else_ends_goes_on_with_nothing_to_do() -> None:
    story = a_plan().on(a_programme(f'ends = {{ on = "rejected" }}{BRIEF}')).begins().live(START + A_DAY)
    story.do("look").live(START + 100 * A_DAY)
    assert story.plan.ended_at is None

    story.tell(Entry(EventKind.REJECTED)).settle()
    assert story.plan.ended_at == story.now


def test_no_more_acts_are_recorded_at_once_than_one_transaction_holds_and_none_is_lost() -> None:
    """A hundred and fifty steps open, and each tells its owner."""
    steps = "".join(BRIEF.replace("look", f"look_{n}") for n in range(150))
    story = a_plan().on(a_programme(steps)).begins()
    assert len(acts_due(story.plan, START)) == MOST_AT_ONCE

    assert Counter(act.kind for act in story.wake()) == {
        EventKind.STEP_OPENED: 150,
        EventKind.STEP_REMINDED: 150,
    }
