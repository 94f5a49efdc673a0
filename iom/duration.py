"""Lengths of time as programmes write them: "3wd", "2w", "5min". Pure: no clock; knows no recurring times."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticSerializationUnexpectedValue, SchemaSerializer, core_schema

from iom.calendar import add_working_days, at_london, london_date

END_OF_WORKING_DAY = time(17, 0)

_LARGEST = 9999
_FORM = re.compile(r"([+-]?[0-9]{1,4})(min|h|d|wd|w|mo)")
_GRAMMAR = (
    "write a whole number up to 9999, with - for before, and a unit without a space: "
    "min (minutes), h (hours), d (days), wd (working days), w (weeks) or mo (months), as in 3wd or -2w"
)


class Unit(StrEnum):
    """Units of a duration, by the letters a programme uses for them."""

    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    WORKING_DAY = "wd"
    WEEK = "w"
    MONTH = "mo"


@dataclass(frozen=True, slots=True)
class Duration:
    """A signed length of time in one unit; reads and writes itself as text, through pydantic and JSON too."""

    amount: int
    unit: Unit

    __pydantic_serializer__: ClassVar[SchemaSerializer] = SchemaSerializer(
        core_schema.any_schema(serialization=core_schema.to_string_ser_schema(when_used="json"))
    )
    """So that it is text as well where a writer knows no types, as Temporal's converter does not."""

    def __post_init__(self) -> None:
        if abs(self.amount) > _LARGEST:
            raise ValueError(f"a duration of {self.amount} is too long: {_GRAMMAR}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "3wd", "-2wd", "+1wd", "10d", "2w", "3mo", "4h", "5min", "0d". ValueError says the grammar."""
        form = _FORM.fullmatch(text)
        if form is None:
            raise ValueError(f"{text!r} is not a duration: {_GRAMMAR}")
        return cls(int(form[1]), Unit(form[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    def negated(self) -> Self:
        """The same length the other way."""
        return type(self)(-self.amount, self.unit)

    def after(self, moment: datetime, at: time = END_OF_WORKING_DAY) -> datetime:
        """The UTC moment this long after an aware `moment`.

        Minutes and hours are exact. The other units count London calendar days from the London date of
        `moment` and land at London wall time `at`; so "0d" is that same day at `at`, which may be before
        `moment`. Months keep the day of the month or end with it: 31 January + 1mo is 28 or 29 February.
        Raises ValueError on a naive moment.
        """
        start = london_date(moment)
        match self.unit:
            case Unit.MINUTE:
                return moment.astimezone(UTC) + timedelta(minutes=self.amount)
            case Unit.HOUR:
                return moment.astimezone(UTC) + timedelta(hours=self.amount)
            case Unit.DAY:
                return at_london(start + timedelta(days=self.amount), at)
            case Unit.WEEK:
                return at_london(start + timedelta(weeks=self.amount), at)
            case Unit.MONTH:
                return at_london(_add_months(start, self.amount), at)
            case Unit.WORKING_DAY:
                return at_london(add_working_days(start, self.amount), at)

    def before(self, moment: datetime, at: time = END_OF_WORKING_DAY) -> datetime:
        """The UTC moment this long before an aware `moment`; the same rules as `after`."""
        return self.negated().after(moment, at)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._read,
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(cls._write, when_used="json"),
        )

    @staticmethod
    def _write(value: object) -> str:
        """Says no to what is not a duration, so that a field may also hold something else (by grade, say)."""
        if not isinstance(value, Duration):
            raise PydanticSerializationUnexpectedValue(f"{value!r} is not a duration")
        return str(value)

    @classmethod
    def _read(cls, given: object) -> Self:
        if isinstance(given, cls):
            return given
        if isinstance(given, str):
            return cls.parse(given)
        raise ValueError(f"{given!r} is not a duration: {_GRAMMAR}")


def _add_months(day: date, months: int) -> date:
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    month = month_index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
