"""What clients send, checked as far as that goes without the record. What depends on the record, the deeds say."""

import re
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from iom.adapters.programme_files import interventions
from iom.cells import has_line_break, is_unprintable, says_nothing
from iom.decisions import PanelOutcome
from iom.refusals import Refused
from iom.vocabulary import IN_PRISON, Basis, Cohort, CustodyStatus, Outcome, Rag

_DAY = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_KEPT = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_HOLDS = rf"^{_KEPT}*$"
_SAYS = rf"^{_KEPT}*[^\s\x00-\x1f\x7f]{_KEPT}*$"
_REF = re.compile(r"[A-Z0-9]{2}-[A-Z0-9]{4}")


def _day(given: object) -> object:
    """ISO dates only, of a century in which anybody here lives: what lies far ahead cannot be counted on."""
    if isinstance(given, str) and re.fullmatch(_DAY, given):
        with suppress(ValueError):
            return date.fromisoformat(given)
    sentence = "Write a day that there is as YYYY-MM-DD, from 1900-01-01 to 2099-12-31."
    raise PydanticCustomError("date_wrong_pattern", sentence)


def _horizon(given: object) -> object:
    """An aware moment or a day. Numbers would be read as seconds since 1970."""
    sentence = "Write a day as 2026-12-01, or a moment with its offset as 2026-12-01T09:00:00Z."
    refused = PydanticCustomError("moment_wrong_pattern", sentence)
    if not isinstance(given, str):
        raise refused
    if re.fullmatch(_DAY, given):
        return _day(given)
    try:
        moment = datetime.fromisoformat(given.upper())
    except ValueError:
        raise refused from None
    if moment.tzinfo is None or "T" not in given.upper():
        raise refused
    return moment


def _text(given: str) -> str:
    if is_unprintable(given):
        sentence = "There is a character here that cannot be shown. Type the text again without it."
        raise PydanticCustomError("unprintable_characters", sentence)
    return given


def _says(given: str) -> str:
    if says_nothing(given):
        raise PydanticCustomError(
            "words_needed", "Nothing can be read here. Write something that can be seen."
        )
    return _text(given)


def _one_line(given: str) -> str:
    if has_line_break(given.strip()):
        raise PydanticCustomError("line_break", "There is a tab or a line break here. Write one line.")
    return given


def _ref(given: object) -> object:
    if not isinstance(given, str) or _REF.fullmatch(ref := given.upper()) is None:
        raise Refused("case_not_found", "There is no such case among those you can see. Check the reference.")
    return ref


def _matching(pattern: str) -> Any:
    """What the description says of a text; our own checks refuse it in a sentence."""
    return Field(json_schema_extra={"pattern": pattern})


Day = Annotated[date, BeforeValidator(_day), _matching(_DAY)]
Horizon = Annotated[
    datetime | date,
    PlainValidator(_horizon),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "format": "date", "pattern": _DAY},
            ]
        }
    ),
]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_says)]
Line = Annotated[_Text, AfterValidator(_one_line), _matching(_SAYS)]
"""One line that says something."""
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    AfterValidator(_says),
    AfterValidator(_one_line),
    _matching(_SAYS),
]
Words = Annotated[
    str, StringConstraints(min_length=1, max_length=4000), AfterValidator(_says), _matching(_SAYS)
]
"""Text that says something."""
Short = Annotated[str, StringConstraints(max_length=200), AfterValidator(_text), _matching(_HOLDS)]
Optionally = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_text), _matching(_HOLDS)]
"""Text that may be empty."""
CaseReference = Annotated[
    str,
    BeforeValidator(_ref),
    Field(description="The case's reference, as in LX-4F7Q, in capitals or not."),
]


class Body(BaseModel):
    """A request's body. Unknown fields are refused: they are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _as(pattern: str, example: str) -> WithJsonSchema:
    """How an identifier is best written. Other ways of writing it are read too (``iom.identifiers``)."""
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


def _needs(outcome: StrEnum, *fields: str) -> dict[str, Any]:
    texts: dict[str, Any] = {field: {"not": {"type": "null"}} for field in fields}
    said = {"properties": {"outcome": {"const": outcome}}, "required": ["outcome"]}
    return {"if": said, "then": {"required": list(fields), "properties": texts}}


_ONLY_WITH: dict[str, tuple[Outcome, ...]] = {
    "result": (Outcome.DONE,),
    "reason": (Outcome.CANNOT_YET, Outcome.NOT_NEEDED),
    "new_due_on": (Outcome.CANNOT_YET,),
}
"""With which outcomes each field says something. With others it would be lost."""


def _may_not_have(outcome: Outcome) -> dict[str, Any]:
    said = {"properties": {"outcome": {"const": outcome}}, "required": ["outcome"]}
    lost = {field: {"type": "null"} for field, outcomes in _ONLY_WITH.items() if outcome not in outcomes}
    return {"if": said, "then": {"properties": lost}}


class OutcomeBody(Body):
    """What became of a step. ``done`` has a result where the step offers any, ``cannot_yet`` a reason and a new date.

    ``not_needed`` has a reason. GET /steps lists each step's ``outcomes`` and ``results``.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                _needs(Outcome.CANNOT_YET, "reason", "new_due_on"),
                _needs(Outcome.NOT_NEEDED, "reason"),
                *map(_may_not_have, Outcome),
            ]
        }
    )
    outcome: Outcome
    result: Line | None = Field(None, description="How it went: one of the step's results, where it has any.")
    reason: Line | None = Field(None, description="Why not, or why not yet.")
    new_due_on: Day | None = Field(None, description="The London date by which it is now expected.")
    note: Optionally | None = None

    @field_validator(*_ONLY_WITH)
    @classmethod
    def _is_not_lost(cls, given: object, at: ValidationInfo) -> object:
        """Refused, not ignored: whoever sends it means something by it."""
        outcome, fitting = at.data.get("outcome"), _ONLY_WITH[str(at.field_name)]
        if given is not None and outcome is not None and outcome not in fitting:
            sentence = f"This belongs to {' or '.join(fitting)}, not to {outcome}. Leave it out, or use note."
            raise PydanticCustomError("not_with_this_outcome", sentence)
        return given


class NominationBody(Body):
    """Who is put forward, and why."""

    surname: Name
    forenames: Name
    date_of_birth: Day
    why: Words
    basis: Basis
    pnc_id: Annotated[Line, _as(r"^([0-9]{2}|[0-9]{4})/[0-9]{1,7}[A-Z]$", "2003/0261170A")] | None = None
    crn: Annotated[Line, _as(r"^[A-Z][0-9]{6}$", "X123456")] | None = None
    noms_number: Annotated[Line, _as(r"^[A-Z][0-9]{4}[A-Z]{2}$", "A1234BC")] | None = None
    evidence: Optionally = ""
    police_area: Short = ""


class PanelDecisionBody(Body):
    """What the panel decided. ``adopt`` needs a cohort and a grade."""

    model_config = ConfigDict(json_schema_extra=_needs(PanelOutcome.ADOPT, "cohort", "rag"))
    outcome: PanelOutcome
    reason: Words
    cohort: Cohort | None = None
    rag: Rag | None = None
    dissent: Optionally = ""


class ReviewBody(Body):
    """What the review came to."""

    rag: Rag
    summary: Words


_NOTHING = {"type": "null"}
_OUTSIDE: dict[str, Any] = {
    "if": {"not": {"properties": {"status": {"enum": sorted(IN_PRISON)}}}},
    "then": {"properties": {"establishment": _NOTHING, "earliest_release_on": _NOTHING}},
}


class CustodyBody(Body):
    """Where the person is now; a prison and an earliest release date only while in prison."""

    model_config = ConfigDict(json_schema_extra=_OUTSIDE)
    status: CustodyStatus
    establishment: Line | None = None
    earliest_release_on: Day | None = None


def _name_interventions(schema: dict[str, Any]) -> None:
    schema["enum"] = [programme.name for programme in interventions()]


class InterventionBody(Body):
    """Which programme begins, by its name."""

    programme: _Text = Field(json_schema_extra=_name_interventions)
