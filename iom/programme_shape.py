"""Says in a writer's words what is wrong with the shape of a programme. Pure: pydantic's findings in, faults out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a programme: where, and what to write instead."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


_SENTENCES = {
    "missing": "this is missing; write it",
    "unexpected_keyword_argument": "nothing is called this here; mend the spelling or take it out",
    "string_type": "write text in quotes",
    "tuple_type": "write a list in square brackets",
    "dict_type": "write a table of names and their values",
    "dataclass_type": "write a table of names and their values",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "time_type": 'write a time of day in quotes, as in "14:00"',
    "time_parsing": 'write a time of day in quotes, as in "14:00"',
}


def shape_faults(written: Mapping[str, Any], error: ValidationError) -> list[Fault]:
    """One fault for each thing in ``written`` that is not of the shape a programme has."""
    return [
        Fault(_place(written, found["loc"]), _sentence(found))
        for found in error.errors()
        if not _is_the_other_branch(found)
    ]


def _sentence(found: ErrorDetails) -> str:
    if found["type"] == "enum":
        return f"{found['input']!r} is not known here; write {found['ctx']['expected']}"
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
    return _SENTENCES.get(found["type"], found["msg"])


def _is_branch(part: object) -> bool:
    """Pydantic names the kinds of value a field may have as if they were keys."""
    return str(part).startswith(("function-plain[", "dict["))


def _is_the_other_branch(found: ErrorDetails) -> bool:
    """A time may be a duration or a table by grade; said is only what is wrong with the one that was written."""
    branch = next((str(part) for part in found["loc"] if _is_branch(part)), None)
    if branch is None:
        return False
    return isinstance(found["input"], dict) if branch.startswith("function") else found["type"] == "dict_type"


def _place(written: Any, parts: tuple[int | str, ...]) -> str:
    """The way to the fault; entries of a list by their key or name where they have one."""
    place, at = "", written
    for part in parts:
        if _is_branch(part) or part == "[key]":
            continue
        at = _within(at, part)
        named = at.get("key") or at.get("name") if isinstance(at, dict) else None
        place += f"[{named or part}]" if isinstance(part, int) else f".{part}"
    return place.removeprefix(".")


def _within(at: Any, part: int | str) -> Any:
    if isinstance(at, dict):
        return at.get(str(part))
    return at[part] if isinstance(at, list) and isinstance(part, int) else None
