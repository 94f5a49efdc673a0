"""Working days and London wall time, against the published list of bank holidays and by property."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from iom.calendar import (
    LONDON,
    add_working_days,
    at_london,
    bank_holidays,
    is_working_day,
    london_date,
    working_day_on_or_after,
    working_days_between,
)

days = st.dates(min_value=date(1980, 1, 1), max_value=date(2150, 12, 31))
counts = st.integers(min_value=-300, max_value=300)
wall_times = st.times()

PUBLISHED = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
PUBLISHED_YEARS = sorted({holiday["date"].year for holiday in PUBLISHED})


@pytest.mark.parametrize("year", PUBLISHED_YEARS)
def test_the_rule_gives_the_published_bank_holidays_of_every_published_year(year: int) -> None:
    assert bank_holidays(year) == {holiday["date"] for holiday in PUBLISHED if holiday["date"].year == year}


@pytest.mark.parametrize(
    ("year", "extra"),
    [
        (2002, date(2002, 6, 4)),
        (2011, date(2011, 4, 29)),
        (2012, date(2012, 6, 5)),
        (2022, date(2022, 9, 19)),
    ],
)
def test_a_proclaimed_day_is_a_bank_holiday(year: int, extra: date) -> None:
    assert extra in bank_holidays(year)
    assert not is_working_day(extra)


def test_a_moved_bank_holiday_leaves_a_working_day_behind() -> None:
    assert is_working_day(date(2020, 5, 4))
    assert not is_working_day(date(2020, 5, 8))


@pytest.mark.parametrize(
    ("christmas", "days_off"),
    [
        (date(2026, 12, 25), {date(2026, 12, 25), date(2026, 12, 28)}),
        (date(2027, 12, 25), {date(2027, 12, 27), date(2027, 12, 28)}),
        (date(2022, 12, 25), {date(2022, 12, 26), date(2022, 12, 27)}),
        (date(2024, 12, 25), {date(2024, 12, 25), date(2024, 12, 26)}),
    ],
)
def test_christmas_on_a_weekend_gives_substitute_days(christmas: date, days_off: set[date]) -> None:
    assert {day for day in bank_holidays(christmas.year) if day.month == 12} == days_off


def test_working_days_over_the_christmas_of_2026_skip_three_days_off_and_two_weekends() -> None:
    assert add_working_days(date(2026, 12, 24), 1) == date(2026, 12, 29)
    assert add_working_days(date(2026, 12, 24), 4) == date(2027, 1, 4)
    assert add_working_days(date(2026, 12, 29), -1) == date(2026, 12, 24)


def test_no_working_days_after_a_weekend_is_the_monday() -> None:
    assert add_working_days(date(2026, 11, 21), 0) == date(2026, 11, 23)


@given(days, counts)
def test_adding_working_days_always_lands_on_a_working_day(day: date, count: int) -> None:
    assert is_working_day(add_working_days(day, count))


@given(days, counts)
def test_taking_away_what_was_added_gives_the_working_day_back(day: date, count: int) -> None:
    start = working_day_on_or_after(day)
    assert add_working_days(add_working_days(start, count), -count) == start


@given(days, days, counts)
def test_adding_working_days_keeps_the_order_of_days(one: date, other: date, count: int) -> None:
    earlier, later = sorted((one, other))
    assert add_working_days(earlier, count) <= add_working_days(later, count)


@given(days, counts)
def test_one_more_working_day_is_a_later_day(day: date, count: int) -> None:
    start = working_day_on_or_after(day)
    assert add_working_days(start, count) < add_working_days(start, count + 1)


@given(days, st.integers(min_value=-800, max_value=800))
def test_the_working_days_between_lead_from_one_day_to_the_other(day: date, calendar_days: int) -> None:
    start, end = working_day_on_or_after(day), working_day_on_or_after(day + timedelta(days=calendar_days))
    assert add_working_days(start, working_days_between(start, end)) == end


@given(days, st.integers(min_value=-800, max_value=800))
def test_working_days_between_change_sign_with_direction(day: date, calendar_days: int) -> None:
    start, end = working_day_on_or_after(day), working_day_on_or_after(day + timedelta(days=calendar_days))
    assert working_days_between(start, end) == -working_days_between(end, start)


@given(days, wall_times)
def test_a_london_wall_time_is_what_london_clocks_show(day: date, wall: time) -> None:
    moment = at_london(day, wall)
    skipped = wall.hour == 1 and day.month == 3 and day.weekday() == 6 and day.day > 24
    assert moment.tzinfo is UTC
    assert london_date(moment) == day
    assert moment.astimezone(LONDON).time() == (wall.replace(hour=2) if skipped else wall)


@pytest.mark.parametrize(
    ("day", "wall", "moment"),
    [
        (date(2027, 3, 27), time(9), datetime(2027, 3, 27, 9, tzinfo=UTC)),
        (date(2027, 3, 28), time(9), datetime(2027, 3, 28, 8, tzinfo=UTC)),
        (date(2027, 3, 28), time(1, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (date(2027, 10, 30), time(9), datetime(2027, 10, 30, 8, tzinfo=UTC)),
        (date(2027, 10, 31), time(9), datetime(2027, 10, 31, 9, tzinfo=UTC)),
        (date(2027, 10, 31), time(1, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
    ids=["before spring", "after spring", "skipped", "before autumn", "after autumn", "repeated"],
)
def test_wall_times_across_both_clock_changes(day: date, wall: time, moment: datetime) -> None:
    assert at_london(day, wall) == moment


def test_a_summer_midnight_in_london_is_the_day_before_in_utc() -> None:
    assert london_date(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        london_date(datetime(2026, 7, 1, 12))  # noqa: DTZ001 - naive on purpose


def test_a_wall_time_with_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="wall time without one"):
        at_london(date(2026, 7, 1), time(9, tzinfo=timezone(timedelta(hours=2))))
