"""What clients send, checked as far as that goes without the record. What depends on the record, the deeds say."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from iom.decisions import PanelOutcome
from iom.refusals import Refused
from iom.vocabulary import Basis, Cohort, CustodyStatus, Outcome, Rag

_DAY = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_KEPT = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_SAID = r"[^\s\x00-\x1f\x7f]"
_REF = re.compile(r"[A-Z0-9]{2}-[A-Z0-9]{4}")


def _day(given: object) -> object:
    """ISO dates only, of a century in which anybody here lives: what lies far ahead cannot be counted on."""
    if isinstance(given, str) and re.fullmatch(_DAY, given):
        return given
    raise ValueError("write a date as YYYY-MM-DD, from 1900-01-01 to 2099-12-31")


def _writable(given: object) -> object:
    """Text that the record can keep: lone surrogates have no UTF-8."""
    if isinstance(given, str) and any("\ud800" <= character <= "\udfff" for character in given):
        raise ValueError("this text holds half a character; send whole ones")
    return given


def _ref(given: object) -> object:
    if not isinstance(given, str) or _REF.fullmatch(given) is None:
        raise Refused("case_not_found", "There is no such case among those you can see. Check the reference.")
    return given


Day = Annotated[date, BeforeValidator(_day), Field(json_schema_extra={"pattern": _DAY})]
Line = Annotated[
    str,
    BeforeValidator(_writable),
    StringConstraints(max_length=200, pattern=rf"^{_KEPT}*{_SAID}{_KEPT}*$"),
]
"""One line that says something."""
Optionally = Annotated[
    str, BeforeValidator(_writable), StringConstraints(max_length=4000, pattern=rf"^{_KEPT}*$")
]
Words = Annotated[
    str,
    BeforeValidator(_writable),
    StringConstraints(max_length=4000, pattern=rf"^{_KEPT}*{_SAID}{_KEPT}*$"),
]
"""Text that says something."""
CaseReference = Annotated[
    str, BeforeValidator(_ref), Field(description="The case's reference, as in LX-4F7Q.")
]


class Body(BaseModel):
    """A request's body. Unknown fields are refused: they are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _needs(outcome: Outcome, *fields: str) -> dict[str, Any]:
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
    pnc_id: Line | None = Field(None, examples=["2003/0261170A"])
    crn: Line | None = Field(None, examples=["X123456"])
    noms_number: Line | None = Field(None, examples=["A1234BC"])
    evidence: Optionally = ""
    police_area: Annotated[Optionally, StringConstraints(max_length=200)] = ""


class PanelDecisionBody(Body):
    """What the panel decided. ``adopt`` needs a cohort and a grade."""

    outcome: PanelOutcome
    reason: Words
    cohort: Cohort | None = None
    rag: Rag | None = None
    dissent: Optionally = ""


class ReviewBody(Body):
    """What the review came to."""

    rag: Rag
    summary: Words


class CustodyBody(Body):
    """Where the person is now; a prison and an earliest release date only while in prison."""

    status: CustodyStatus
    establishment: Line | None = None
    earliest_release_on: Day | None = None


class InterventionBody(Body):
    """Which programme begins, by its name."""

    programme: Line = Field(examples=["treatment_keywork"])
