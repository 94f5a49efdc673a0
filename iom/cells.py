"""The cells of one row of text, read into values while every fault is kept. Pure: one row, no rules between cells."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from iom.refusals import Refused

Word = TypeVar("Word", bound=StrEnum)
Identifier = TypeVar("Identifier")

_DATE_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER_FORM = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,4})?")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd]")
_LINE_BREAK = re.compile(r"[\t\n\r\u2028\u2029]")
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that are drawn as nothing; all others that are not seen are of a category that says so."""
_SHOWN = 40


def is_unprintable(text: str) -> bool:
    """Whether there is a character in it that cannot be shown, or that turns the text around it."""
    return _UNPRINTABLE.search(text) is not None


def has_line_break(text: str) -> bool:
    """Whether it is more than one line, or has a tab."""
    return _LINE_BREAK.search(text) is not None


def says_nothing(text: str) -> bool:
    """Whether nobody would see anything: empty, or spaces, controls, marks and joiners only."""
    return all(unicodedata.category(character)[0] in "ZCM" or character in _BLANK for character in text)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one cell: a stable code, and a sentence on what is wrong and what to do."""

    column: str
    code: str
    message: str


class Cells:
    """The cells of one row. A cell with a fault gives a stand-in of its type, so that the rest can still be read.

    Whoever reads drops the row if there are `faults`; a stand-in goes no further. Rules between cells ask `sound`
    first. Text is kept as it stands, a leading = included: it is for an export to make it harmless.
    """

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self._faults: list[Fault] = []

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault so far, in the order of reading."""
        return tuple(self._faults)

    def fault(self, column: str, code: str, message: str) -> None:
        """Keep one more fault."""
        self._faults.append(Fault(column, code, message))

    def sound(self, *columns: str) -> bool:
        """No fault was found in these columns so far."""
        return not any(fault.column in columns for fault in self._faults)

    def text(self, column: str, longest: int) -> str:
        """One line of text that must be there, without spaces around it, in composed Unicode form."""
        return self.text_if_any(column, longest) if self._is_filled(column) else ""

    def text_if_any(self, column: str, longest: int) -> str:
        """One line of text, or "" for none."""
        text = self.note_if_any(column, longest)
        if has_line_break(text):
            self.fault(
                column, "unprintable_characters", "There is a tab or a line break in this cell. Take it out."
            )
            return ""
        return text

    def note_if_any(self, column: str, longest: int) -> str:
        """Text of any number of lines, or "" for none."""
        text = unicodedata.normalize("NFC", self._written(column))
        if is_unprintable(text):
            self.fault(
                column,
                "unprintable_characters",
                "There is a character in this cell that cannot be shown. Type the text again.",
            )
            return ""
        if len(text) > longest:
            self.fault(column, "too_long", f"This has {len(text)} characters. Shorten it to {longest}.")
            return ""
        return text

    def word(self, column: str, kind: type[Word]) -> Word:
        """One of the words of `kind`, in capitals or not; it must be there."""
        stand_in = next(iter(kind))
        return (self.word_if_any(column, kind) or stand_in) if self._is_filled(column) else stand_in

    def word_if_any(self, column: str, kind: type[Word]) -> Word | None:
        """One of the words of `kind`, or None for none."""
        known = self._known(column, self._written(column), tuple(kind), f"unknown_{column}")
        return kind(known) if known else None

    def words_if_any(self, column: str, kind: type[Word], singular: str) -> frozenset[Word]:
        """Any number of different words of `kind` with ; between them. `singular` names one of them in codes."""
        found: set[Word] = set()
        for written in filter(None, map(str.strip, self._written(column).split(";"))):
            known = self._known(column, written, tuple(kind), f"unknown_{singular}")
            if known in found:
                self.fault(column, f"duplicate_{singular}", f"{known} is here twice. Take one out.")
            elif known:
                found.add(kind(known))
        return frozenset(found)

    def code_if_any(self, column: str, known: Collection[str], called: str) -> str:
        """One of the codes `known`, or "" for none. `called` names such a code in the fault."""
        return self._known(column, self._written(column), known, f"unknown_{called}")

    def day(self, column: str) -> date:
        """A date, written 2026-11-22, that must be there."""
        return (self.day_if_any(column) or date.min) if self._is_filled(column) else date.min

    def day_if_any(self, column: str) -> date | None:
        """A date, written 2026-11-22, or None for none."""
        written = self._written(column)
        if not written:
            return None
        if _DATE_FORM.fullmatch(written) is None:
            self.fault(column, "date_wrong_pattern", "Write the date as year-month-day: 2026-11-22.")
            return None
        try:
            return date.fromisoformat(written)
        except ValueError:
            self.fault(column, "impossible_date", f"There is no day {written}. Correct it.")
            return None

    def percentage_if_any(self, column: str) -> Decimal | None:
        """A score from 0 to 100, or None for none."""
        written = self._written(column)
        if not written:
            return None
        if _NUMBER_FORM.fullmatch(written) is None:
            self.fault(
                column, "score_not_a_number", "Write the score as a number from 0 to 100, such as 6.63."
            )
            return None
        score = Decimal(written)
        if not 0 <= score <= 100:
            self.fault(column, "score_out_of_range", f"{written} is not from 0 to 100. Correct it.")
            return None
        return score

    def identifier(self, column: str, read: Callable[[str], Identifier], stand_in: Identifier) -> Identifier:
        """An identifier, read by `read`, that must be there."""
        return (self.identifier_if_any(column, read) or stand_in) if self._is_filled(column) else stand_in

    def identifier_if_any(self, column: str, read: Callable[[str], Identifier]) -> Identifier | None:
        """An identifier, or None for none."""
        written = self._written(column)
        if not written:
            return None
        try:
            return read(written)
        except Refused as refused:
            self.fault(column, refused.code, refused.sentence)
            return None

    def _written(self, column: str) -> str:
        return self._cells[column].strip()

    def _is_filled(self, column: str) -> bool:
        if says_nothing(self._written(column)):
            self.fault(column, f"missing_{column}", "This cell is empty. Fill it in.")
            return False
        return True

    def _known(self, column: str, written: str, known: Collection[str], code: str) -> str:
        for word in known:
            if word.casefold() == written.casefold():
                return word
        if written:
            shown = _UNPRINTABLE.sub("\ufffd", written[:_SHOWN])
            self.fault(column, code, f"“{shown}” is not one of these: {', '.join(known)}.")
        return ""
