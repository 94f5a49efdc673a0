"""Durations as text, as data and as moments, across clock changes and month ends."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from iom.calendar import LONDON, is_working_day, london_date
from iom.duration import Duration, Unit

durations = st.builds(Duration, st.integers(min_value=-9999, max_value=9999), st.sampled_from(Unit))
moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2060, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
short = st.integers(min_value=-200, max_value=200)


@dataclass(frozen=True)
class _Rung:
    offset: Duration
    then: tuple[Duration, ...] = ()


rungs = TypeAdapter(_Rung)


@given(durations)
def test_a_duration_reads_back_what_it_writes(duration: Duration) -> None:
    assert Duration.parse(str(duration)) == duration


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("3wd", 3, Unit.WORKING_DAY),
        ("-2wd", -2, Unit.WORKING_DAY),
        ("+1wd", 1, Unit.WORKING_DAY),
        ("10d", 10, Unit.DAY),
        ("2w", 2, Unit.WEEK),
        ("3mo", 3, Unit.MONTH),
        ("4h", 4, Unit.HOUR),
        ("5min", 5, Unit.MINUTE),
        ("0d", 0, Unit.DAY),
    ],
)
def test_every_written_form_is_read(text: str, amount: int, unit: Unit) -> None:
    assert Duration.parse(text) == Duration(amount, unit)


@pytest.mark.parametrize(
    "text", ["", "3", "wd", "3 wd", "3WD", "3y", "1.5d", "--2d", "99999d", "٣d", "3wd\n"]
)
def test_other_text_is_refused_with_the_grammar(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write a whole number"):
        Duration.parse(text)


def test_a_duration_too_long_to_write_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        Duration(10_000, Unit.DAY)


@given(durations)
def test_a_duration_goes_through_json_as_its_text_and_comes_back(duration: Duration) -> None:
    rung = _Rung(duration, (duration.negated(),))
    assert rungs.validate_json(rungs.dump_json(rung)) == rung
    assert rungs.dump_python(rung, mode="json")["offset"] == str(duration)


def test_a_duration_is_read_from_toml_strings() -> None:
    assert rungs.validate_python({"offset": "-2wd", "then": ["1d"]}) == _Rung(
        Duration(-2, Unit.WORKING_DAY), (Duration(1, Unit.DAY),)
    )


@pytest.mark.parametrize("given_value", ["soon", 3, None])
def test_bad_data_gives_one_error_that_says_the_grammar(given_value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        rungs.validate_python({"offset": given_value})
    [error] = refused.value.errors()
    assert error["loc"] == ("offset",)
    assert "write a whole number" in error["msg"]


def test_the_json_schema_of_a_duration_is_a_string() -> None:
    assert rungs.json_schema()["properties"]["offset"]["type"] == "string"


@given(moments, short)
def test_hours_are_exact_whatever_the_clocks_do(moment: datetime, hours: int) -> None:
    assert Duration(hours, Unit.HOUR).after(moment) - moment == timedelta(hours=hours)


@given(moments, short, st.sampled_from([Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.WORKING_DAY]))
def test_days_and_longer_land_at_the_wall_time_asked_for(moment: datetime, amount: int, unit: Unit) -> None:
    landed = Duration(amount, unit).after(moment, time(9))
    assert landed.astimezone(LONDON).time() == time(9)
    assert landed.utcoffset() == timedelta(0)


@given(moments, short)
def test_days_are_counted_on_the_london_calendar(moment: datetime, amount: int) -> None:
    landed = Duration(amount, Unit.DAY).after(moment)
    assert london_date(landed) == london_date(moment) + timedelta(days=amount)


@given(moments, short)
def test_a_week_is_seven_days(moment: datetime, weeks: int) -> None:
    assert Duration(weeks, Unit.WEEK).after(moment) == Duration(7 * weeks, Unit.DAY).after(moment)


@given(moments, short)
def test_working_days_land_on_working_days(moment: datetime, amount: int) -> None:
    assert is_working_day(london_date(Duration(amount, Unit.WORKING_DAY).after(moment)))


@given(durations.filter(lambda d: abs(d.amount) < 600), moments)
def test_before_is_after_the_other_way(duration: Duration, moment: datetime) -> None:
    other_way = Duration(-duration.amount, duration.unit)
    assert duration.before(moment, time(9)) == other_way.after(moment, time(9))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 5, 31), -3, date(2027, 2, 28)),
        (date(2026, 11, 22), 3, date(2027, 2, 22)),
        (date(2026, 11, 22), 12, date(2027, 11, 22)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_keep_the_day_or_end_with_the_month(start: date, months: int, end: date) -> None:
    moment = datetime(start.year, start.month, start.day, 12, tzinfo=UTC)
    assert london_date(Duration(months, Unit.MONTH).after(moment)) == end


def test_three_working_days_from_the_wednesday_before_christmas_end_in_the_next_week() -> None:
    wednesday = datetime(2026, 12, 23, 10, tzinfo=UTC)
    assert Duration.parse("3wd").after(wednesday) == datetime(2026, 12, 30, 17, tzinfo=UTC)


def test_a_late_summer_evening_counts_from_the_london_date() -> None:
    just_past_midnight_in_london = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert Duration.parse("1d").after(just_past_midnight_in_london) == datetime(2026, 7, 3, 16, tzinfo=UTC)
