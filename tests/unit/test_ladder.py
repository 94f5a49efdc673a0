"""The moments of a ladder: mornings, working days, clock changes, Christmas, and dates that are late when given."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID, uuid5

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from iom.adapters.programme_files import programmes
from iom.calendar import LONDON, at_london, is_working_day, london_date, working_days_between
from iom.duration import Duration, Unit
from iom.ladder import climb, morning, next_digest
from iom.programme import HALFWAY, OPENED, Rung

STEP = UUID("00000000-0000-4000-8000-00000000000a")
STANDARD = programmes()["fixed"].ladders["standard"]
URGENT = programmes()["fixed"].ladders["urgent"]
REVIEW = programmes()["fixed"].ladders["review"]
SHIPPED = [ladder for programme in programmes().values() for ladder in programme.ladders.values()]

A_DAY = timedelta(days=1)
ids = st.uuids()
moments = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2032, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
turning = st.sampled_from(
    [date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 25), date(2027, 3, 28), date(2027, 12, 27)]
)
"""Both clock changes, two Christmases, and an Easter on the day the clocks go forward."""
days = st.dates(date(2025, 1, 1), date(2032, 1, 1)) | st.builds(
    lambda day, near: day + timedelta(days=near), turning, st.integers(-10, 10)
)
due_moments = st.builds(at_london, days, st.sampled_from([time(9), time(14), time(17)]))
offsets = st.builds(Duration, st.integers(-12, 12), st.sampled_from(Unit)).map(str)
ladders = st.sampled_from(SHIPPED) | st.lists(
    st.sampled_from([OPENED, HALFWAY]) | offsets, min_size=1, max_size=6
).map(lambda ats: tuple(a_rung(at, name=f"rung {n}") for n, at in enumerate(ats)))


def a_rung(at: str, name: str = "rung", *, again: bool = False) -> Rung:
    return Rung(name, at, "overdue", ("owner",), again=again)


def hung_on_the_date(ladder: Sequence[Rung]) -> dict[str, Duration]:
    """The rungs that hang on the due date, with how far from it."""
    return {rung.name: rung.offset for rung in ladder if rung.offset is not None}


def by_themselves(ladder: Sequence[Rung], step: UUID, due_at: datetime) -> dict[str, datetime]:
    """When each rung that hangs on the due date falls, had the step opened long before."""
    hung = [rung for rung in ladder if rung.offset is not None]
    return {rung.name: rung.moment for rung in climb(hung, step, due_at - timedelta(days=2000), due_at)}


@given(ladders, ids, due_moments)
def test_a_rung_counted_in_days_falls_on_its_day_between_half_past_eight_and_nine(
    ladder: Sequence[Rung], step: UUID, due_at: datetime
) -> None:
    fallen = by_themselves(ladder, step, due_at)
    for name, offset in hung_on_the_date(ladder).items():
        local, due_on = fallen[name].astimezone(LONDON), london_date(due_at)
        if offset.unit in (Unit.MINUTE, Unit.HOUR):
            assert fallen[name] - due_at == timedelta(**{_WORDS[offset.unit]: offset.amount})
            continue
        assert time(8, 30) < local.time() <= time(9, 0)
        if offset.unit is Unit.WORKING_DAY:
            assert is_working_day(local.date())
            assert offset.amount == 0 or working_days_between(due_on, local.date()) == offset.amount
        if offset.unit in (Unit.DAY, Unit.WEEK):
            assert local.date() - due_on == timedelta(**{_WORDS[offset.unit]: offset.amount})


_WORDS = {Unit.MINUTE: "minutes", Unit.HOUR: "hours", Unit.DAY: "days", Unit.WEEK: "weeks"}


@given(ladders, ids, moments, st.integers(-40, 90), st.none() | st.integers(0, 120))
def test_rungs_come_in_order_and_never_before_the_opening_or_the_new_date(
    ladder: Sequence[Rung], step: UUID, opened_at: datetime, days_ahead: int, redated_after: int | None
) -> None:
    due_at = opened_at + timedelta(days=days_ahead)
    redated_at = None if redated_after is None else opened_at + timedelta(days=redated_after)
    rungs = climb(ladder, step, opened_at, due_at, redated_at)

    assert all(rung.moment >= (redated_at or opened_at) for rung in rungs)
    assert all(earlier.moment <= later.moment for earlier, later in pairwise(rungs))
    assert len({rung.name for rung in rungs}) == len(rungs)


@given(ladders, ids, moments, st.integers(-60, 60), st.integers(0, 40))
def test_of_a_date_still_ahead_every_rung_to_come_is_said_at_its_moment_and_no_other(
    ladder: Sequence[Rung], step: UUID, opened_at: datetime, days_ahead: int, redated_after: int
) -> None:
    redated_at, due_at = opened_at + timedelta(days=redated_after), opened_at + timedelta(days=days_ahead)
    assume(due_at >= redated_at)
    said = {rung.name: rung.moment for rung in climb(ladder, step, opened_at, due_at, redated_at)}

    hung = {name: said[name] for name in hung_on_the_date(ladder).keys() & said.keys()}
    fallen = by_themselves(ladder, step, due_at)
    assert hung == {name: moment for name, moment in fallen.items() if moment >= redated_at}


@given(ladders, ids, moments, st.integers(1, 900), st.booleans())
def test_a_date_that_has_passed_when_given_is_told_its_owner_at_once_and_goes_up_from_then_on(
    ladder: Sequence[Rung], step: UUID, since: datetime, days_late: int, dated_anew: bool
) -> None:
    """As if it had been due at that moment: how long ago it was due does not matter."""
    opened_at = since - A_DAY if dated_anew else since
    rungs = climb(ladder, step, opened_at, since - timedelta(days=days_late), since if dated_anew else None)
    late, said = rungs[-1 - len(after := _after(ladder))], {rung.name: rung for rung in rungs}

    assert (late.letter, late.to, late.digest, late.moment) == ("overdue", ("owner",), False, since)
    due_then = by_themselves(ladder, step, since)
    assert {name: said[name].moment for name in after} == {name: due_then[name] for name in after}
    assert all("owner" not in said[name].to for name in after), "it has been told already"
    assert {rung.name for rung in rungs} - {late.name, *after} <= {r.name for r in ladder if r.at == OPENED}


def _after(ladder: Sequence[Rung]) -> list[str]:
    """The rungs that tell somebody else than the owner that a date has passed."""
    names = [name for name, offset in hung_on_the_date(ladder).items() if offset.amount > 0]
    told_others = {rung.name for rung in ladder if rung.letter != "overdue" or set(rung.to) != {"owner"}}
    return [name for name in names if name in told_others]


@given(ladders, ids, moments, st.integers(-60, 60))
def test_the_opening_rung_is_said_at_the_opening_and_at_a_new_date_only_where_it_goes_again(
    ladder: Sequence[Rung], step: UUID, opened_at: datetime, days_ahead: int
) -> None:
    due_at, redated_at = opened_at + timedelta(days=days_ahead), opened_at + A_DAY
    ladder = (*ladder, a_rung(OPENED, "told once"), a_rung(OPENED, "told again", again=True))
    first = {rung.name: rung.moment for rung in climb(ladder, step, opened_at, due_at)}
    second = {rung.name: rung.moment for rung in climb(ladder, step, opened_at, due_at, redated_at)}

    assert first["told once"] == first["told again"] == opened_at
    assert "told once" not in second
    assert second["told again"] == redated_at


@given(ids, moments, st.timedeltas(timedelta(minutes=-2000), timedelta(days=20)))
def test_halfway_lies_halfway_and_is_not_said_of_a_step_that_is_late_from_the_start(
    step: UUID, opened_at: datetime, allowed: timedelta
) -> None:
    rungs = climb((a_rung(HALFWAY, HALFWAY),), step, opened_at, opened_at + allowed)
    if allowed <= timedelta(0):
        assert HALFWAY not in {rung.name for rung in rungs}
    else:
        assert abs((rungs[0].moment - opened_at) * 2 - allowed) <= timedelta(microseconds=2)


@pytest.mark.parametrize(
    ("due_on", "mornings"),
    [
        # The clocks go back on 25 October 2026, a Sunday.
        (date(2026, 10, 26), [(10, 22), (10, 26), (10, 27), (10, 29), (11, 2)]),
        # Christmas 2026: Friday and, for Boxing Day, Monday; New Year's Day is a Friday.
        (date(2026, 12, 24), [(12, 22), (12, 24), (12, 29), (12, 31), (1, 5)]),
        # Easter 2027: Friday, Monday, and the clocks go forward on the Sunday between.
        (date(2027, 3, 25), [(3, 23), (3, 25), (3, 30), (4, 1), (4, 5)]),
    ],
)
def test_the_standard_ladder_over_clock_changes_and_holidays(
    due_on: date, mornings: list[tuple[int, int]]
) -> None:
    due_at = at_london(due_on, time(17))
    rungs = climb(STANDARD, STEP, due_at - timedelta(days=30), due_at)[1:]

    assert [
        (rung.moment.astimezone(LONDON).month, rung.moment.astimezone(LONDON).day) for rung in rungs
    ] == mornings
    assert [rung.name for rung in rungs] == [
        "due_soon",
        "due_today",
        "overdue",
        "to_manager",
        "to_coordinator",
    ]
    assert len({rung.moment.astimezone(LONDON).time() for rung in rungs}) == 1, (
        "its place in the half hour is its own"
    )


def test_the_urgent_ladder_counts_hours_through_the_night_the_clocks_go_back() -> None:
    opened_at = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    rungs = climb(URGENT, STEP, opened_at, opened_at + timedelta(hours=24))

    assert [(rung.moment - opened_at) / timedelta(hours=1) for rung in rungs] == [0, 12, 24, 25, 28]


def test_a_check_due_at_five_that_opens_at_six_is_said_overdue_and_not_due_soon() -> None:
    """Somebody released in the evening (domain.md §4.4): the day's end has passed when the check opens."""
    opened_at = at_london(date(2026, 9, 2), time(18))
    rungs = climb(URGENT, STEP, opened_at, at_london(date(2026, 9, 2), time(17)))

    assert [(rung.name, rung.to, rung.moment - opened_at) for rung in rungs] == [
        ("opened", ("owner",), timedelta(0)),
        ("late", ("owner",), timedelta(0)),
        ("overdue", ("manager",), timedelta(hours=1)),
        ("to_coordinator", ("coordinator",), timedelta(hours=4)),
    ]


def test_a_review_given_a_new_date_invites_again() -> None:
    opened_at, due_at = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 9, 8, tzinfo=UTC)
    rungs = climb(REVIEW, STEP, opened_at, due_at + A_DAY, opened_at + A_DAY)

    assert (rungs[0].name, rungs[0].moment) == ("invitation", opened_at + A_DAY)


def test_a_thousand_steps_due_on_one_day_spread_over_the_half_hour() -> None:
    due_at = at_london(date(2026, 9, 3), time(17))
    fallen = [morning(Duration.parse("0d"), due_at, uuid5(STEP, str(n))) for n in range(1000)]
    first = at_london(date(2026, 9, 3), time(8, 30))

    for ten_minutes in range(3):
        since = first + timedelta(minutes=10 * ten_minutes)
        assert 250 < sum(since < moment <= since + timedelta(minutes=10) for moment in fallen) < 420


@given(moments | st.builds(at_london, days, st.just(time(7, 30))))
def test_the_next_digest_is_the_first_half_past_seven_of_a_working_day_to_come(moment: datetime) -> None:
    local = next_digest(moment).astimezone(LONDON)
    assert local.time() == time(7, 30)
    assert is_working_day(local.date())
    assert local > moment
    day = london_date(moment)
    between = [at_london(day + timedelta(days=n), time(7, 30)) for n in range((local.date() - day).days)]
    assert all(at <= moment or not is_working_day(london_date(at)) for at in between)
    assume(is_working_day(day))
    assert (local.date() == day) == (moment < at_london(day, time(7, 30)))
