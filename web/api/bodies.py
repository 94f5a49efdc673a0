"""What clients send, checked as far as that goes without the record. What depends on the record, the deeds say."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from iom.adapters.programme_files import interventions
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
        return given
    raise ValueError("write a date as YYYY-MM-DD, from 1900-01-01 to 2099-12-31")


def _instant(given: object) -> object:
    """ISO moments only: numbers would be read as seconds since 1970."""
    if isinstance(given, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]", given):
        return given
    raise ValueError("write a moment as 2026-12-01T09:00:00Z")


def _ref(given: object) -> object:
    if not isinstance(given, str) or _REF.fullmatch(given) is None:
        raise Refused("case_not_found", "There is no such case among those you can see. Check the reference.")
    return given


Day = Annotated[date, BeforeValidator(_day), Field(json_schema_extra={"pattern": _DAY})]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_SAYS)]
"""One line that says something."""
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=_SAYS)]
"""Text that says something."""
Short = Annotated[str, StringConstraints(max_length=200, pattern=_HOLDS)]
Optionally = Annotated[str, StringConstraints(max_length=4000, pattern=_HOLDS)]
"""Text that may be empty."""
CaseReference = Annotated[
    str, BeforeValidator(_ref), Field(description="The case's reference, as in LX-4F7Q.")
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


class OutcomeBody(Body):
    """What became of a step. ``cannot_yet`` needs a reason and a new date, ``not_needed`` a reason."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                _needs(Outcome.CANNOT_YET, "reason", "new_due_on"),
                _needs(Outcome.NOT_NEEDED, "reason"),
            ]
        }
    )
    outcome: Outcome
    result: Line | None = Field(None, description="How it went, where the step offers results.")
    reason: Line | None = Field(None, description="Why not, or why not yet.")
    new_due_on: Day | None = Field(None, description="The London date by which it is now expected.")
    note: Optionally | None = None


class NominationBody(Body):
    """Who is put forward, and why."""

    surname: Line
    forenames: Line
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

    programme: Line = Field(json_schema_extra=_name_interventions)
