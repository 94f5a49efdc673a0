"""What may be said of a step: every refusal by its code, and dates that law has set."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iom.calendar import LONDON, at_london, london_date
from iom.events import EventKind
from iom.refusals import Refused
from iom.step import Answer, Step, answer
from iom.vocabulary import Clock, Outcome
from tests.unit.story import CASE

NOW = datetime(2026, 9, 3, 10, 0, tzinfo=UTC)
TODAY = london_date(NOW)
DUE = at_london(TODAY, time(17))

DONE, CANNOT, NOT_NEEDED = Outcome.DONE, Outcome.CANNOT_YET, Outcome.NOT_NEEDED
moments = st.datetimes(datetime(2025, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def a_step() -> Step:
    """An open service-level step, due today at five, that may end in every way."""
    return Step(CASE, CASE, "visit", "Visit", "step", "mentor", Clock.SERVICE_LEVEL, tuple(Outcome), (), DUE)


STEP = a_step()
CLOSED = replace(STEP, closed_at=NOW - timedelta(days=1))
WITH_RESULTS = replace(STEP, results=("spoke", "no_answer"))
BY_LAW = replace(STEP, clock=Clock.STATUTORY)
REVIEW = replace(STEP, form="review", outcomes=(CANNOT,))
PANEL = replace(STEP, form="panel_decision", outcomes=(CANNOT,))
ONLY_DONE = replace(STEP, outcomes=(DONE,))


@pytest.mark.parametrize(
    ("step", "said", "code"),
    [
        (CLOSED, Answer(DONE), "step_already_closed"),
        (CLOSED, Answer(CANNOT, reason="Away", new_due_on=TODAY + timedelta(days=1)), "step_already_closed"),
        (REVIEW, Answer(DONE), "decided_elsewhere"),
        (REVIEW, Answer(NOT_NEEDED, reason="Moved away"), "decided_elsewhere"),
        (PANEL, Answer(DONE), "decided_elsewhere"),
        (ONLY_DONE, Answer(NOT_NEEDED, reason="Moved away"), "outcome_not_offered"),
        (ONLY_DONE, Answer(CANNOT, reason="Away", new_due_on=TODAY), "outcome_not_offered"),
        (WITH_RESULTS, Answer(DONE), "result_needed"),
        (WITH_RESULTS, Answer(DONE, result="ATTC"), "result_unknown"),
        (STEP, Answer(DONE, result="ATTC"), "result_unknown"),
        (STEP, Answer(NOT_NEEDED), "reason_needed"),
        (STEP, Answer(NOT_NEEDED, reason=" \n"), "reason_needed"),
        (STEP, Answer(CANNOT, new_due_on=TODAY), "reason_needed"),
        (STEP, Answer(CANNOT, reason="Away"), "date_needed"),
        (STEP, Answer(CANNOT, reason="Away", new_due_on=TODAY - timedelta(days=1)), "date_not_ahead"),
        (replace(STEP, due_at=NOW), Answer(CANNOT, reason="Away", new_due_on=TODAY), "date_not_ahead"),
        (STEP, Answer(CANNOT, reason="Away", new_due_on=date.max), "date_too_far"),
        (STEP, Answer(CANNOT, reason="Away", new_due_on=date(2036, 9, 4)), "date_too_far"),
        (BY_LAW, Answer(CANNOT, reason="Away", new_due_on=TODAY + timedelta(days=1)), "date_set_by_law"),
        (BY_LAW, Answer(CANNOT, reason="Away"), "date_set_by_law"),
    ],
)
def test_what_cannot_be_said_is_refused_by_code(step: Step, said: Answer, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        answer(step, said, NOW)
    assert refusal.value.code == code
    assert refusal.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("step", "said", "kind"),
    [
        (STEP, Answer(DONE), EventKind.STEP_DONE),
        (WITH_RESULTS, Answer(DONE, result="spoke"), EventKind.STEP_DONE),
        (STEP, Answer(NOT_NEEDED, reason="Moved away"), EventKind.STEP_NOT_NEEDED),
        (BY_LAW, Answer(NOT_NEEDED, reason="The order was revoked"), EventKind.STEP_NOT_NEEDED),
        (ONLY_DONE, Answer(DONE), EventKind.STEP_DONE),
    ],
)
def test_done_and_no_longer_needed_close_a_step(step: Step, said: Answer, kind: EventKind) -> None:
    meant = answer(step, said, NOW)
    assert (meant.kind, meant.closes, meant.due_at) == (kind, True, None)


@given(moments, moments, st.integers(0, 365))
def test_a_new_date_is_due_at_the_hour_in_london_at_which_the_old_one_was(
    now: datetime, due_at: datetime, days: int
) -> None:
    due_at = at_london(london_date(due_at), due_at.astimezone(LONDON).time())
    new_due_on = london_date(now) + timedelta(days=days + 1)
    meant = answer(replace(STEP, due_at=due_at), Answer(CANNOT, reason="Away", new_due_on=new_due_on), now)

    assert meant.kind is EventKind.STEP_CANNOT_YET
    assert not meant.closes
    assert meant.due_at == at_london(new_due_on, due_at.astimezone(LONDON).time())


@given(
    moments, st.sampled_from(Outcome), st.none() | st.dates(), st.none() | st.text(), st.none() | st.text()
)
def test_nothing_that_anybody_says_moves_a_date_set_by_law(
    now: datetime, outcome: Outcome, new_due_on: date | None, reason: str | None, result: str | None
) -> None:
    try:
        meant = answer(BY_LAW, Answer(outcome, result, reason, new_due_on), now)
    except Refused:
        return
    assert meant.due_at is None


@given(moments, st.dates() | st.dates(date(2025, 1, 1), date(2042, 1, 1)))
def test_a_date_is_taken_if_and_only_if_it_lies_ahead_and_within_ten_years(
    now: datetime, new_due_on: date
) -> None:
    said = Answer(CANNOT, reason="Away", new_due_on=new_due_on)
    ahead = at_london(new_due_on, time(17)) > now
    if ahead and new_due_on <= london_date(now) + timedelta(days=3653):
        assert answer(STEP, said, now).due_at == at_london(new_due_on, time(17))
    else:
        with pytest.raises(Refused) as refusal:
            answer(STEP, said, now)
        assert refusal.value.code == ("date_too_far" if ahead else "date_not_ahead")
