"""Working days of England and Wales, and London wall time. Pure: no clock, no I/O; right from 1978 on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_MONDAY = 0
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Proclamation:
    """What a royal proclamation changed in one year, against the rule: days added and days taken away."""

    added: frozenset[date]
    removed: frozenset[date] = frozenset()


PROCLAIMED: Mapping[int, Proclamation] = MappingProxyType(
    {
        1981: Proclamation(added=frozenset({date(1981, 7, 29)})),
        1995: Proclamation(added=frozenset({date(1995, 5, 8)}), removed=frozenset({date(1995, 5, 1)})),
        1999: Proclamation(added=frozenset({date(1999, 12, 31)})),
        2002: Proclamation(
            added=frozenset({date(2002, 6, 3), date(2002, 6, 4)}), removed=frozenset({date(2002, 5, 27)})
        ),
        2011: Proclamation(added=frozenset({date(2011, 4, 29)})),
        2012: Proclamation(
            added=frozenset({date(2012, 6, 4), date(2012, 6, 5)}), removed=frozenset({date(2012, 5, 28)})
        ),
        2020: Proclamation(added=frozenset({date(2020, 5, 8)}), removed=frozenset({date(2020, 5, 4)})),
        2022: Proclamation(
            added=frozenset({date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19)}),
            removed=frozenset({date(2022, 5, 30)}),
        ),
        2023: Proclamation(added=frozenset({date(2023, 5, 8)})),
    }
)
"""One-off bank holidays and moves; a new one is one entry. A test compares every published year."""


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Bank holidays of England and Wales (Banking and Financial Dealings Act 1971), weekends substituted."""
    easter = _easter_sunday(year)
    by_rule = {
        _weekday_on_or_after(date(year, 1, 1)),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _first_monday(year, 5),
        _last_monday(year, 5),
        _last_monday(year, 8),
        *_christmas(year),
    }
    proclaimed = PROCLAIMED.get(year, Proclamation(added=frozenset()))
    return frozenset(by_rule - proclaimed.removed | proclaimed.added)


def is_working_day(day: date) -> bool:
    """Monday to Friday and no bank holiday in England and Wales."""
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)


def working_day_on_or_after(day: date) -> date:
    """The day itself if it is a working day, else the next one."""
    while not is_working_day(day):
        day += _ONE_DAY
    return day


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`, before it if negative; 0 is `day` or the next working day."""
    if count == 0:
        return working_day_on_or_after(day)
    towards = _ONE_DAY if count > 0 else -_ONE_DAY
    for _ in range(abs(count)):
        day += towards
        while not is_working_day(day):
            day += towards
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`, negative if `end` is earlier: what add was given."""
    if end < start:
        return -sum(is_working_day(start - timedelta(days=back)) for back in range(1, (start - end).days + 1))
    return sum(is_working_day(start + timedelta(days=ahead)) for ahead in range(1, (end - start).days + 1))


def at_london(day: date, wall: time) -> datetime:
    """The UTC moment when a London clock shows `wall` on `day`.

    A time that the spring change skips (01:00 to 01:59) is read as if the clock had not yet gone forward, so
    01:30 gives the moment shown as 02:30. A time that the autumn change repeats means its first showing, in
    summer time. Raises ValueError if `wall` carries a time zone of its own.
    """
    if wall.tzinfo is not None:
        raise ValueError(f"{wall!r} has a time zone; give a London wall time without one")
    return datetime.combine(day, wall.replace(fold=0), LONDON).astimezone(UTC)


def london_date(moment: datetime) -> date:
    """The date in London at this moment. Raises ValueError if the moment has no time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; moments are aware, in UTC")
    return moment.astimezone(LONDON).date()


def _weekday_on_or_after(day: date) -> date:
    while day.weekday() >= _SATURDAY:
        day += _ONE_DAY
    return day


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_MONDAY - first.weekday()) % 7)


def _last_monday(year: int, month: int) -> date:
    last = date(year, month + 1, 1) - _ONE_DAY
    return last - timedelta(days=last.weekday())


def _christmas(year: int) -> tuple[date, date]:
    first = _weekday_on_or_after(date(year, 12, 25))
    return first, _weekday_on_or_after(max(date(year, 12, 26), first + _ONE_DAY))


def _easter_sunday(year: int) -> date:
    """Gregorian computus (Meeus, Jones, Butcher)."""
    golden = year % 19
    century, year_in_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, year_rest = divmod(year_in_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)
