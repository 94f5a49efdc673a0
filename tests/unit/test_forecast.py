"""What a forecast says will happen is what happens, and asking changes nothing."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from iom.adapters.programme_files import named, programmes
from iom.calendar import london_date
from iom.events import EventKind
from iom.forecast import Foreseen, forecast
from iom.preview import Circumstances, preview
from iom.programme import EACH_PARTNER
from iom.step import Answer
from iom.vocabulary import Outcome, Rag
from tests.unit.plans import START, PlanBuilder, a_nomination, a_plan
from tests.unit.stories import Move, beginnings, moves, told
from tests.unit.story import Story

A_DAY = timedelta(days=1)


def foretold(story: Story, until: datetime) -> list[Foreseen]:
    """What every plan of the story foresees."""
    found = [item for plan in story.plans for item in forecast(plan, until)]
    return sorted(found, key=lambda item: item.at)


@settings(max_examples=60)
@given(beginnings(), moves(15), st.timedeltas(timedelta(hours=1), timedelta(days=400)))
def test_what_is_foreseen_is_what_happens_while_nobody_does_anything(
    plan: PlanBuilder, made: list[Move], ahead: timedelta
) -> None:
    story = told(plan, made, timedelta(0))
    until = story.now + ahead
    expected = [(f.at, f.kind, f.step, f.letters) for f in foretold(story, until)]
    before = len(story.acts)
    story.live(until)
    happened = [
        (act.at, act.kind, act.event(0).uuid("step") if "step" in act.data else None, act.letters)
        for act in story.acts[before:]
    ]

    assert sorted(happened, key=str) == sorted(expected, key=str)


@settings(max_examples=40)
@given(beginnings(), moves(15), st.integers(0, 200), st.integers(0, 200))
def test_a_longer_forecast_begins_as_the_shorter_one(
    plan: PlanBuilder, made: list[Move], days: int, more: int
) -> None:
    standing = told(plan, made, timedelta(0)).plan
    until = (standing.at or START) + timedelta(days=days)
    shorter, longer = list(forecast(standing, until)), list(forecast(standing, until + timedelta(days=more)))

    assert longer[: len(shorter)] == shorter
    assert all(item.at <= until for item in shorter)
    assert all(item.at > until for item in longer[len(shorter) :])


def test_a_forecast_shows_openings_with_dates_reminders_with_letters_and_who_owns_them() -> None:
    first, *others = forecast(a_nomination().plan, START + 10 * A_DAY)

    assert (first.kind, first.at, first.letter) == (EventKind.STEP_OPENED, START, None)
    assert {(f.key, f.owner, f.due_at and london_date(f.due_at)) for f in [first, *others] if f.due_at} == {
        ("triage", "coordinator", date(2026, 9, 3)),
        ("score", "analyst", date(2026, 9, 4)),
        ("partner_information", "coordinator", date(2026, 9, 8)),
        ("panel_decision", "chair", date(2026, 9, 29)),
    }
    told_of_triage = [(f.letter, london_date(f.at).day) for f in others if f.key == "triage" and f.letter]
    assert told_of_triage == [
        ("step_opened", 1), ("due_today", 3), ("overdue", 4), ("escalated", 8), ("escalated", 10),
    ]  # fmt: skip
    assert {f.title for f in others if f.key == "panel_decision"} == {"Panel decision"}


def test_what_happens_while_a_step_rests_and_after_it_resumes_is_foreseen() -> None:
    story = a_plan().red().begins().live(START + A_DAY).custody()
    resting = list(forecast(story.plan, story.now + 20 * A_DAY))
    assert {f.key for f in resting if f.kind is EventKind.STEP_PAUSED} == {
        "first_home_visit", "pathway_actions", "police_contact", "supervision",
    }  # fmt: skip
    assert all(f.kind is not EventKind.STEP_REMINDED for f in resting if f.key == "supervision")

    story.settle().live(START + 15 * A_DAY).release()
    resumed = {f.key: f.due_at for f in forecast(story.plan, story.now) if f.kind is EventKind.STEP_REDATED}
    assert resumed["supervision"] is not None
    assert london_date(resumed["supervision"]) == london_date(story.now) + timedelta(days=7)


def test_an_answer_changes_the_forecast_from_there_on() -> None:
    story = a_plan().red().begins().live(START + A_DAY)
    before = [f for f in forecast(story.plan, START + 90 * A_DAY) if f.key == "police_contact"]
    story.answer(story.step("police_contact"), Answer(Outcome.NOT_NEEDED, reason="Out of the area"))
    after = [f for f in forecast(story.plan, START + 90 * A_DAY) if f.key == "police_contact"]

    assert before
    assert after == []


def test_reviews_go_on_for_as_long_as_anybody_looks_ahead_if_they_are_held() -> None:
    story = a_plan().green().begins()
    for _ in range(6):
        (review,) = [
            f for f in forecast(story.plan, story.now + 60 * A_DAY) if f.due_at and f.key == "review"
        ]
        assert review.due_at is not None
        story.live(review.due_at).hold_review(Rag.GREEN)

    assert 6 * 55 * A_DAY < story.now - START < 6 * 60 * A_DAY


def test_every_programme_can_be_tried_on_nobody_for_a_year() -> None:
    for programme in programmes().values():
        plan = preview(programme, Circumstances(london_date(START)))
        foreseen = list(forecast(plan, START + 365 * A_DAY))

        assert foreseen, programme.name
        assert all(f.title and f.owner and f.owner != EACH_PARTNER for f in foreseen), programme.name


def test_a_custody_programme_is_tried_on_somebody_inside() -> None:
    plan = preview(named("custody"), Circumstances(london_date(START)))
    assert "reception" in {f.key for f in forecast(plan, START + A_DAY)}
