"""What became of the rows of a cohort file. Pure: values only; the import fills them in, the command shows them."""

from dataclasses import dataclass, field
from enum import StrEnum

from iom.cells import Fault


class Doubt(StrEnum):
    """Why a row is held for a person to decide on."""

    POSSIBLE_DUPLICATE = "possible_duplicate"
    DIFFERS_FROM_RECORD = "differs_from_record"


class Standing(StrEnum):
    """A row that needs nobody: a case since now, or known already as it is."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Held:
    """A row kept for a person to decide on. `matches` are the references of those it may be about as well."""

    line: int
    local_ref: str
    reason: Doubt
    matches: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The doubt in words."""
        others = ", ".join(self.matches)
        if self.reason is Doubt.DIFFERS_FROM_RECORD:
            return f"Differs from what was imported as {others}. Kept for somebody to decide; nothing was overwritten."
        return f"May be the same person as {others}. Kept for somebody to decide."


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row with something wrong in it; nothing of it is kept."""

    line: int
    local_ref: str
    errors: tuple[Fault, ...]


Answer = Standing | Held | Rejected


@dataclass(slots=True)
class Report:
    """The answer to a whole file, row by row in the order of its lines."""

    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    held: list[Held] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, answer: Answer) -> None:
        """One more row and its answer."""
        self.rows += 1
        match answer:
            case Standing.ACCEPTED:
                self.accepted += 1
            case Standing.UNCHANGED:
                self.unchanged += 1
            case Held():
                self.held.append(answer)
            case Rejected():
                self.rejected.append(answer)

    @property
    def needs_nobody(self) -> bool:
        """Every row is in the record; no row waits for a person or a correction."""
        return not self.held and not self.rejected
