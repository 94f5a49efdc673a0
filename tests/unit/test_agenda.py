"""What a plan does by itself: the promises that hold over random stories, and the moments that are easily got wrong."""

from datetime import timedelta

from hypothesis import given, settings

from iom.calendar import london_date
from iom.events import EventKind
from iom.step import Answer
from iom.vocabulary import Anchor, Outcome, Role
from tests.unit.plans import START, PlanBuilder, a_plan
from tests.unit.promises import keeps_its_promises
from tests.unit.stories import Move, beginnings, moves, told

A_DAY = timedelta(days=1)


@settings(max_examples=150, deadline=None)
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


def test_a_resting_step_that_somebody_dates_anew_rests_again_at_once() -> None:
    story = a_plan().begins().live(START + A_DAY).custody().live(START + 5 * A_DAY)
    new_due_on = london_date(START) + timedelta(days=30)
    story.answer(
        story.step("pathway_actions"), Answer(Outcome.CANNOT_YET, reason="Later", new_due_on=new_due_on)
    )
    story.settle()

    assert story.step("pathway_actions").paused_at == START + 5 * A_DAY
    assert story.acts[-1].kind is EventKind.STEP_PAUSED


def test_who_owns_a_step_and_is_on_the_team_too_gets_one_letter_when_two_are_due() -> None:
    """A review that nobody called before its date had passed: the coordinator is to be invited, and is late."""
    story = a_plan().red().begins().live(START + A_DAY)
    story.sleep(START + timedelta(days=15, hours=3))
    story.wake()
    about = [letter for act in story.acts for letter in act.letters if letter.step == story.step("review").id]

    assert [letter.kind for letter in about if letter.role == Role.COORDINATOR] == ["overdue"]
    assert {letter.kind for letter in about if letter.role == Role.CHAIR} == {"review_invitation"}
