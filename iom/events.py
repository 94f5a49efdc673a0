"""The case's log: one numbered fact after another, ids, codes and dates only. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

Scalar = str | int | bool | None


class EventKind(StrEnum):
    """Everything that can have happened on a case. The first group is written by people, the second by the plan."""

    NOMINATED = "nominated"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    ADOPTED = "adopted"
    ENROLLED = "enrolled"
    TEAM_CHANGED = "team_changed"
    RAG_CHANGED = "rag_changed"
    ANCHOR_SET = "anchor_set"
    CUSTODY_BEGAN = "custody_began"
    RELEASED = "released"
    STEP_DONE = "step_done"
    STEP_CANNOT_YET = "step_cannot_yet"
    STEP_NOT_NEEDED = "step_not_needed"
    REVIEW_HELD = "review_held"
    INTERVENTION_STARTED = "intervention_started"
    EXIT_PROPOSED = "exit_proposed"
    DESELECTED = "deselected"
    LETTER_UNKNOWN = "letter_unknown"
    ADDRESS_REFUSED = "address_refused"

    STEP_OPENED = "step_opened"
    STEP_REMINDED = "step_reminded"
    STEP_PAUSED = "step_paused"
    STEP_REDATED = "step_redated"
    STEP_LAPSED = "step_lapsed"
    INTERVENTION_ENDED = "intervention_ended"
    PLAN_ENDED = "plan_ended"


@dataclass(frozen=True)
class Entry:
    """A fact about to be written in the log, before it has a number and a moment."""

    kind: EventKind
    data: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """One fact in a case's log. ``seq`` counts from 1 without gaps; ``data`` never holds personal data or free text."""

    seq: int
    kind: EventKind
    at: datetime
    data: Mapping[str, Scalar] = field(default_factory=dict)
    by: UUID | None = None

    def uuid(self, key: str) -> UUID:
        """The id stored under ``key``."""
        return UUID(self.text(key))

    def text(self, key: str) -> str:
        """The text stored under ``key``; a missing key is a fault in the log, so it raises KeyError."""
        return str(self.data[key])

    def number(self, key: str) -> int:
        """The whole number stored under ``key``."""
        return int(self.data[key] or 0)

    def moment(self, key: str) -> datetime:
        """The aware UTC moment stored under ``key``."""
        return datetime.fromisoformat(self.text(key))
