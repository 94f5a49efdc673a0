"""The record of looks as a chain of rows, lane by lane, and where it first breaks. Pure: it is read for this module."""

from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256


class FaultKind(StrEnum):
    """What was done to the record of looks."""

    ALTERED = "altered"
    MISSING = "missing"
    REORDERED = "reordered"
    FORGED_HEAD = "forged_head"
    BROKEN_SEAL = "broken_seal"


@dataclass(frozen=True)
class Head:
    """Where a lane says that it ends."""

    place: int
    hash: bytes


@dataclass(frozen=True)
class Link:
    """One row: its place in its lane, its hash, the text that was hashed, and the head of the lane, if it has one."""

    id: int
    lane: int
    place: int
    hash: bytes
    text: str
    head: Head | None


@dataclass(frozen=True)
class Seal:
    """What the end of a lane was when it was sealed; ``found`` is the hash of the row that stands there now."""

    number: int
    lane: int
    place: int
    head: bytes
    hash: bytes
    text: str
    found: bytes | None


@dataclass(frozen=True)
class Fault:
    """The first thing wrong in a lane, or among the seals: where, at which row if there is one, and what."""

    kind: FaultKind
    lane: int
    place: int
    id: int | None
    sentence: str


def hash_after(before: bytes, text: str) -> bytes:
    """The hash of what follows ``before`` (empty at a beginning)."""
    return sha256(before + text.encode()).digest()


class Lanes:
    """Follows rows in the order of lane and place; keeps one row, however many there are."""

    def __init__(self) -> None:
        self._last: Link | None = None
        self._fault: Fault | None = None

    def follow(self, link: Link) -> Fault | None:
        """Takes the next row. Returns the first fault of the lane before, when that has come to its end."""
        ended = None
        if self._last is None or link.lane != self._last.lane:
            ended = self.end()
        if self._fault is None:
            self._fault = self._fault_at(link)
        elif _stands_before_its_elder(self._fault, link):
            self._fault = _reordered(self._fault, link)
        self._last = link
        return ended

    def end(self) -> Fault | None:
        """The first fault of the lane that ends here."""
        last, fault = self._last, self._fault
        self._last = self._fault = None
        return fault or (_fault_of_head(last) if last else None)

    def _fault_at(self, link: Link) -> Fault | None:
        before, place = (self._last.hash, self._last.place + 1) if self._last else (b"", 1)
        if link.place != place:
            gone = f"Row {place} is" if link.place == place + 1 else f"Rows {place} to {link.place - 1} are"
            sentence = f"{gone} missing before the row with id {link.id}."
            return Fault(FaultKind.MISSING, link.lane, place, None, sentence)
        if link.hash != hash_after(before, link.text):
            sentence = "The row is not what was written: it, or its hash, was altered."
            return Fault(FaultKind.ALTERED, link.lane, place, link.id, sentence)
        return None


class Seals:
    """Follows seals by number. Each lane's first fault is told once."""

    def __init__(self) -> None:
        self._last: tuple[int, bytes] = (0, b"")
        self._faulty: set[int] = set()

    def follow(self, seal: Seal) -> Fault | None:
        """Takes the next seal; returns what is wrong with it."""
        number, before = self._last
        self._last = seal.number, seal.hash
        sentence = ""
        if seal.number != number + 1:
            sentence = f"Seal {number + 1} is missing."
        elif seal.hash != hash_after(before, seal.text):
            sentence = f"Seal {seal.number} is not what was written: it was altered."
        elif seal.found is None:
            sentence = f"The row that seal {seal.number} was put on is gone."
        elif seal.found != seal.head:
            sentence = f"The row that seal {seal.number} was put on is another one now."
        if not sentence or seal.lane in self._faulty:
            return None
        self._faulty.add(seal.lane)
        return Fault(FaultKind.BROKEN_SEAL, seal.lane, seal.place, None, sentence)


def missing_seal(stands: str) -> Fault:
    """A seal, as ``number:hash``, that was written down elsewhere and is not here as it was."""
    sentence = (
        f"The seal {stands} was put and is not among the seals: they were written anew, or their end cut off."
    )
    return Fault(FaultKind.BROKEN_SEAL, 0, 0, None, sentence)


def missing_lane(lane: int, head: Head) -> Fault:
    """A lane that has a head and no rows."""
    sentence = f"The lane has no rows, but its head says there were {head.place}."
    return Fault(FaultKind.MISSING, lane, 1, None, sentence)


def _stands_before_its_elder(fault: Fault, link: Link) -> bool:
    return fault.kind is FaultKind.ALTERED and fault.id is not None and link.id < fault.id


def _reordered(fault: Fault, link: Link) -> Fault:
    sentence = f"The row is not in its place: the row with id {link.id}, written before it, stands behind it."
    return replace(fault, kind=FaultKind.REORDERED, sentence=sentence)


def _fault_of_head(last: Link) -> Fault | None:
    lane, head = last.lane, last.head
    if head is not None and head.place > last.place:
        sentence = (
            f"The lane ends after the row with id {last.id}, but its head says there were {head.place}."
        )
        return Fault(FaultKind.MISSING, lane, last.place + 1, None, sentence)
    if head is None or head.place < last.place or head.hash != last.hash:
        said = (
            "The lane has no head." if head is None else "The head of the lane is not that of its last row."
        )
        return Fault(FaultKind.FORGED_HEAD, lane, last.place, last.id, said)
    return None
