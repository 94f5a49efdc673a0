"""Random stories of a case for property tests: how it begins, and what people do to it in any order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from iom.calendar import london_date
from iom.decisions import regraded, team
from iom.events import Entry, EventKind
from iom.plan import OpenStep
from iom.step import Answer
from iom.vocabulary import Anchor, Basis, Cohort, Outcome, Rag
from tests.unit.plans import TEAM, PlanBuilder, a_plan
from tests.unit.story import Story, refused, somebody

EIGHTEEN_MONTHS = timedelta(days=550)


@dataclass(frozen=True)
class Move:
    """What somebody does, how long after the move before; ``pick`` chooses among what there is, ``days`` dates it."""

    after: timedelta
    what: str
    pick: int
    days: int


@st.composite
def beginnings(draw: st.DrawFn) -> PlanBuilder:
    """Any cohort, basis and grade; any minute of some years; any sentence, or none."""
    at = draw(st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
    at = at.replace(second=0, microsecond=0)
    cohort = draw(st.sampled_from(Cohort))
    voluntary = cohort is not Cohort.FIXED and draw(st.booleans())
    plan = a_plan().adopted(cohort).graded(draw(st.sampled_from([Rag.RED, Rag.AMBER, Rag.GREEN])))
    plan = plan.beginning(at).sentenced(*(draw(_near(at.date())) for _ in range(3)))
    return plan.based(Basis.VOLUNTARY) if voluntary else plan


def _near(day: date) -> st.SearchStrategy[date | None]:
    return st.none() | st.dates(day - timedelta(days=400), day + timedelta(days=600))


def moves(most: int = 25) -> st.SearchStrategy[list[Move]]:
    """Up to so many moves, minutes or weeks apart."""
    pause = st.integers(0, 600).map(lambda n: timedelta(minutes=n)) | st.integers(0, 40).map(
        lambda n: timedelta(days=n, hours=5)
    )
    what = st.sampled_from([name for name, weight in _WEIGHTS.items() for _ in range(weight)])
    return st.lists(st.builds(Move, pause, what, st.integers(0, 60), st.integers(-5, 200)), max_size=most)


def make(story: Story, move: Move) -> None:
    """Somebody makes this move now, if the case as it stands lets them."""
    if story.plan.ended_at is None:
        _DEEDS[move.what](story, move)


def told(plan: PlanBuilder, made: list[Move], lasting: timedelta = EIGHTEEN_MONTHS) -> Story:
    """The whole story of a plan on which people make these moves, lived to its end or to the horizon."""
    story = plan.begins()
    for move in made:
        story.live(story.now + move.after)
        make(story, move)
    return story.live(max(story.now, plan.at + lasting))


def _picked(story: Story, move: Move) -> OpenStep | None:
    steps = sorted(story.steps, key=lambda step: (step.opened_at, step.id))
    return steps[move.pick % len(steps)] if steps else None


def _answer(outcome: Outcome) -> Callable[[Story, Move], None]:
    def answer(story: Story, move: Move) -> None:
        step = _picked(story, move)
        if step is None:
            return
        results = story.plan_of(step).spec(step).results
        result = results[move.days % len(results)] if results and outcome is Outcome.DONE else None
        new_due_on = london_date(story.now) + timedelta(days=abs(move.days) % 60)
        refused(story, step, Answer(outcome, result, "For a reason", new_due_on))

    return answer


def _everybody_answers(story: Story, move: Move) -> None:
    """Every step that is open at this moment is done, one after the other."""
    _hold_review(story, move)
    for step in story.steps:
        results = story.plan_of(step).spec(step).results
        result = results[(move.pick + step.number) % len(results)] if results else None
        refused(story, step, Answer(Outcome.DONE, result))


def _hold_review(story: Story, move: Move) -> None:
    if "review" in story.open_keys():
        story.hold_review(list(Rag)[move.pick % 3])


def _custody(story: Story, move: Move) -> None:
    if story.plan.custody_since is not None:
        _move(Anchor.EARLIEST_RELEASE)(story, move)
    else:
        story.custody(_date(story, move))


def _release(story: Story, _: Move) -> None:
    if story.plan.custody_since is not None:
        story.release()


def _move(anchor: Anchor) -> Callable[[Story, Move], None]:
    def move_anchor(story: Story, move: Move) -> None:
        story.move(anchor, _date(story, move))

    return move_anchor


def _date(story: Story, move: Move) -> date | None:
    return london_date(story.now) + timedelta(days=move.days) if move.pick % 5 else None


def _regrade(story: Story, move: Move) -> None:
    story.tell(regraded(list(Rag)[move.pick % 4]))


def _change_team(story: Story, move: Move) -> None:
    """A role changes hands: to somebody new, or to somebody who holds another role already."""
    role, other = TEAM[move.pick % len(TEAM)], TEAM[move.days % len(TEAM)]
    story.tell(*team([(role, somebody(other))]))


_WEIGHTS = {
    "everybody": 6, "done": 8, "not_needed": 2, "cannot_yet": 4, "hold_review": 4, "custody": 4, "release": 4,
    "release_date": 3, "sentence_end": 1, "final_third": 1, "regrade": 2, "team": 1, "treatment": 2, "exit": 1,
    "deselect": 1,
}  # fmt: skip
"""How often each move is tried against the others."""

_DEEDS: dict[str, Callable[[Story, Move], object]] = {
    "everybody": _everybody_answers,
    "done": _answer(Outcome.DONE),
    "not_needed": _answer(Outcome.NOT_NEEDED),
    "cannot_yet": _answer(Outcome.CANNOT_YET),
    "hold_review": _hold_review,
    "custody": _custody,
    "release": _release,
    "release_date": _move(Anchor.EARLIEST_RELEASE),
    "sentence_end": _move(Anchor.SENTENCE_END),
    "final_third": _move(Anchor.FINAL_THIRD),
    "regrade": _regrade,
    "team": _change_team,
    "treatment": lambda story, _: story.treatment(),
    "exit": lambda story, _: story.tell(Entry(EventKind.EXIT_PROPOSED)),
    "deselect": lambda story, _: story.deselect(),
}
