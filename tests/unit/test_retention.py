"""The retention clock: which rule, when reviewed, when disposed of, whatever the dates are."""

import random
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from iom.adapters.retention_file import retention_rules
from iom.retention import Kept, RetentionClock, RetentionDecision, Signed, clock, read_rules, years_after

RULES = retention_rules()
BORN = date(1991, 4, 17)
LEFT = date(2027, 3, 1)


def at(kept: Kept) -> RetentionClock:
    found = clock(RULES, kept)
    assert found is not None
    return found


def some_kept(source: random.Random) -> Kept:
    """Anybody between 10 and 90 who left some day, reviewed or not."""
    left = date(2020, 1, 1) + timedelta(days=source.randrange(20_000))
    born = years_after(left, -10) - timedelta(days=source.randrange(80 * 365))
    on = left + timedelta(days=source.randrange(4_000))
    next_on = source.choice([None, on + timedelta(days=source.randrange(1, 4_000))])
    signed = Signed(on, source.choice(list(RetentionDecision)), source.randrange(1, 5), next_on)
    return Kept(left, born, source.random() < 0.3, source.choice([None, signed]))


ANYBODY = [some_kept(random.Random(seed)) for seed in range(500)]


def test_the_clock_stands_while_somebody_is_on_the_scheme() -> None:
    assert clock(RULES, Kept(None, BORN)) is None


def test_whoever_left_is_reviewed_after_a_year_and_kept_by_the_usual_group() -> None:
    found = at(Kept(LEFT, BORN))
    assert (found.rule.number, found.is_assumed) == (3, True)
    assert (found.review_on, found.dispose_on) == (date(2028, 3, 1), date(2033, 3, 1))


@pytest.mark.parametrize(
    ("group", "dispose_on"),
    [(1, date(2091, 4, 17)), (2, date(2037, 3, 1)), (3, date(2033, 3, 1)), (4, date(2033, 3, 1))],
)
def test_a_signed_review_says_which_group_it_is(group: int, dispose_on: date) -> None:
    signed = Signed(date(2028, 3, 1), RetentionDecision.KEEP, group, date(2029, 3, 1))
    found = at(Kept(LEFT, BORN, review=signed))
    assert (found.rule.number, found.is_assumed, found.dispose_on) == (group, False, dispose_on)
    assert found.review_on == date(2029, 3, 1)


def test_a_signed_disposal_is_due_at_once_unless_on_hold() -> None:
    signed = Signed(date(2028, 3, 1), RetentionDecision.DISPOSE, 3)
    assert at(Kept(LEFT, BORN, review=signed)).is_disposal_due(date(2028, 3, 1))
    assert not at(Kept(LEFT, BORN, on_hold=True, review=signed)).is_disposal_due(date(2099, 1, 1))


def test_what_health_wrote_goes_after_two_years_but_of_a_child_at_25() -> None:
    assert at(Kept(LEFT, BORN)).items["health"] == date(2029, 3, 1)
    assert at(Kept(LEFT, date(2011, 6, 1))).items["navigator"] == min(date(2036, 6, 1), date(2033, 3, 1))


def test_a_leap_day_has_a_day_in_every_year() -> None:
    assert years_after(date(2028, 2, 29), 1) == date(2029, 2, 28)
    assert years_after(date(2028, 2, 29), 4) == date(2032, 2, 29)


def test_nothing_outlasts_the_case_and_nothing_is_due_before_they_left() -> None:
    for found in map(at, ANYBODY):
        assert found.left_on <= found.review_on <= found.dispose_on
        assert all(found.left_on <= day <= found.dispose_on for day in found.items.values())


def test_what_is_due_stays_due_and_a_hold_stops_disposal_only() -> None:
    for found in map(at, ANYBODY):
        for later in (0, 1, 5_000):
            day = found.dispose_on + timedelta(days=later)
            assert found.is_disposal_due(day) is not found.on_hold
            assert found.is_review_due(day)
        assert not found.is_disposal_due(found.dispose_on - timedelta(days=1))


@pytest.mark.parametrize(
    "broken",
    [
        {"usual_group": 9},
        {"groups": [{"number": 3, "title": "x", "review_every_years": 5, "mark": "D"}]},
        {"first_review_years": 0},
        {"surplus": 1},
    ],
)
def test_rules_that_cannot_be_are_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        read_rules(RULES.model_dump(mode="json") | broken)
