"""What a browser sent, read field by field; keeps what was typed and what is wrong with it. Knows no page."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import FormData

Choice = TypeVar("Choice", bound=StrEnum)

LONGEST = 5000
"""Characters in the longest text a field takes, unless it says otherwise."""
EARLIEST = date(1900, 1, 1)


class Form:
    """The fields of one form. ``errors`` pairs the field to correct with the sentence that says how."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(values or {})
        self.errors: dict[str, str] = {}

    @classmethod
    def of(cls, sent: FormData) -> "Form":
        """What was sent, without files, and without the one character PostgreSQL cannot keep."""
        texts = {name: value for name, value in sent.items() if isinstance(value, str)}
        return cls(
            {name: value.replace("\0", "").replace("\r\n", "\n").strip() for name, value in texts.items()}
        )

    def __getitem__(self, name: str) -> str:
        """The field as typed; empty if it was not sent."""
        return self._values.get(name, "")

    @property
    def typed(self) -> dict[str, str]:
        """Everything that was sent, as it was typed."""
        return dict(self._values)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.errors

    def refuse(self, name: str, sentence: str) -> None:
        """Says what is wrong with a field, unless something is already."""
        self.errors.setdefault(name, sentence)

    def text(self, name: str, missing: str = "", most: int = LONGEST) -> str:
        """A text; ``missing`` is the sentence for one that has to be given and is not."""
        value = self[name]
        if not value and missing:
            self.refuse(name, missing)
        if len(value) > most:
            self.refuse(name, f"This is {len(value) - most} characters too long. {most} is the most.")
        return value

    def choice(self, name: str, among: type[Choice], missing: str = "") -> Choice | None:
        """One of a fixed set; None if nothing, or nothing known, was chosen."""
        known = {str(option): option for option in among}
        if self[name] not in known and (missing or self[name]):
            self.refuse(name, missing or "Choose one of these.")
        return known.get(self[name])

    def day(self, name: str, what: str, *, needed: bool = False) -> date | None:
        """A date typed as day, month and year; ``what`` names it in sentences."""
        typed = [self[f"{name}-{part}"] for part in ("day", "month", "year")]
        if not any(typed):
            if needed:
                self.refuse(f"{name}-day", f"Enter {what}.")
            return None
        try:
            day, month, year = (int(part) for part in typed)
            read = date(year, month, day)
        except ValueError:
            read = date.min
        if read >= EARLIEST:
            return read
        sentence = f"{what[0].upper()}{what[1:]} must be a real date with day, month and four-digit year."
        self.refuse(f"{name}-day", sentence)
        return None
