"""The timeline and the forecast in words: one line for each kind of thing that happens. Adds nothing to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from iom.adapters.programme_files import programmes
from iom.adapters.store.timeline import Fate, Happening
from iom.agenda import LetterDue
from iom.calendar import london_date
from iom.events import EventKind, Scalar
from iom.forecast import Foreseen
from iom.vocabulary import Anchor, Role
from web.words import FILTERS, at, clock, day

TITLES = {
    EventKind.NOMINATED: "Nominated",
    EventKind.DEFERRED: "Panel defers the decision",
    EventKind.REJECTED: "Panel rejects the nomination",
    EventKind.ADOPTED: "Panel adopts",
    EventKind.ENROLLED: "Programme begins",
    EventKind.TEAM_CHANGED: "Role given",
    EventKind.RAG_CHANGED: "Graded",
    EventKind.ANCHOR_SET: "Date set",
    EventKind.CUSTODY_BEGAN: "Custody begins",
    EventKind.RELEASED: "Released",
    EventKind.STEP_DONE: "Done",
    EventKind.STEP_CANNOT_YET: "Cannot be done yet",
    EventKind.STEP_NOT_NEEDED: "No longer needed",
    EventKind.REVIEW_HELD: "Review held",
    EventKind.INTERVENTION_STARTED: "Intervention starts",
    EventKind.EXIT_PROPOSED: "Exit proposed",
    EventKind.DESELECTED: "Panel decides that the person leaves the scheme",
    EventKind.LETTER_UNKNOWN: "A letter may not have arrived",
    EventKind.ADDRESS_REFUSED: "An address takes no letters; none go to it until somebody has looked",
    EventKind.STEP_OPENED: "Step opens",
    EventKind.STEP_REMINDED: "Reminder",
    EventKind.STEP_PAUSED: "Step rests",
    EventKind.STEP_REDATED: "Step has a new date",
    EventKind.STEP_LAPSED: "Step lapses",
    EventKind.INTERVENTION_ENDED: "Intervention ends",
    EventKind.PLAN_ENDED: "The plan ends",
}

OF_THE_PLAN = frozenset(
    {
        EventKind.STEP_OPENED,
        EventKind.STEP_PAUSED,
        EventKind.STEP_REDATED,
        EventKind.STEP_LAPSED,
        EventKind.INTERVENTION_ENDED,
        EventKind.PLAN_ENDED,
        EventKind.LETTER_UNKNOWN,
        EventKind.ADDRESS_REFUSED,
    }
)
"""What nobody does: everything else without a name came with an imported file."""

TOLD = ("cohort", "basis", "rag", "result", "role", "anchor", "programme", "due_at")
"""Facts of the log that a line shows, in this order."""

ANCHORS = {
    Anchor.SENTENCE_END: "Sentence end",
    Anchor.EARLIEST_RELEASE: "Earliest release",
    Anchor.FINAL_THIRD: "Final third",
}

FATES = {
    Fate.WAITING: "waits to be sent",
    Fate.IN_DIGEST: "goes with the daily digest",
    Fate.SENT: "sent",
    Fate.REFUSED: "refused by the address",
    Fate.UNKNOWN: "not known whether it arrived",
    Fate.WITHDRAWN: "not sent: no longer needed",
}

READERS = {
    "point_of_contact": "their agency's point of contact",
    "manager": "their manager",
    Role.COORDINATOR: "IOM coordinator",
    Role.CHAIR: "panel chair",
}


@dataclass(frozen=True)
class Told:
    """One line of a timeline or a forecast. ``by_people`` where somebody did it, not the plan."""

    at: datetime
    title: str
    byline: str
    details: tuple[str, ...]
    words: str = ""
    by_people: bool = False


@dataclass(frozen=True)
class Day:
    """What happens on one day in London."""

    on: date
    lines: tuple[Told, ...]


def tell(happening: Happening) -> Told:
    """One thing that has happened."""
    if happening.letter is not None:
        return _letter(happening)
    kind = EventKind(happening.kind)
    return Told(
        happening.at,
        _about(TITLES[kind], happening.step_title if kind is not EventKind.REVIEW_HELD else None),
        _author(kind, happening),
        tuple(_details(happening)),
        happening.words or "",
        happening.by_name is not None,
    )


def is_told(happening: Happening) -> bool:
    """Whether a line of its own is worth it: a reminder is told by its letter already."""
    return happening.kind != EventKind.STEP_REMINDED


def by_day(lines: Sequence[Told]) -> tuple[Day, ...]:
    """Lines under the day they belong to, in the order given."""
    return tuple(Day(on, tuple(group)) for on, group in groupby(lines, lambda line: london_date(line.at)))


def foretell(coming: Iterable[Foreseen]) -> tuple[Told, ...]:
    """What is to come if nobody does anything more. What happens to several at once is one line."""
    alike: dict[tuple[str, EventKind, str, str | None], list[Foreseen]] = {}
    for each in coming:
        alike.setdefault((at(each.at), each.kind, each.title, each.letter), []).append(each)
    return tuple(_foretell(group) for group in alike.values())


def _foretell(alike: Sequence[Foreseen]) -> Told:
    first = alike[0]
    if first.letter is not None:
        readers = _listed(_reader(letter) for each in alike for letter in each.letters)
        return Told(first.at, _letter_of(first.letter), f"to {readers}", (first.title,))
    due = (_due(first.due_at, first.at),) if first.due_at else ()
    owners = _listed(_owner(each.owner) for each in alike if each.owner)
    return Told(first.at, _about(TITLES[first.kind], first.title), f"for {owners}" if owners else "", due)


def _letter(happening: Happening) -> Told:
    assert happening.letter is not None
    letter = happening.letter
    return Told(
        happening.at,
        _letter_of(letter.kind),
        f"to {letter.reader_name}, {letter.reader_agency}",
        tuple(filter(None, (happening.step_title, FATES[letter.fate]))),
    )


def _letter_of(kind: str) -> str:
    return f"Letter: {FILTERS['letter'](kind)}"


def _about(title: str, step: str | None) -> str:
    return f"{title}: {step}" if step else title


def _owner(role: str) -> str:
    label = FILTERS["role"](role)
    return label if label.isupper() or label.startswith("IOM") else label[0].lower() + label[1:]


def _listed(names: Iterable[str]) -> str:
    *others, last = dict.fromkeys(names) or ("",)
    return f"{', '.join(others)} and {last}" if others else last


def _author(kind: EventKind, happening: Happening) -> str:
    if happening.by_name:
        return f"by {happening.by_name}, {happening.by_agency}"
    return "by the plan" if kind in OF_THE_PLAN else "by an import"


def _due(due_at: datetime, opened_at: datetime) -> str:
    same_day = london_date(due_at) == london_date(opened_at)
    return f"due {clock(due_at) if same_day else at(due_at)}"


def _reader(letter: LetterDue) -> str:
    return READERS.get(letter.to) or _owner(letter.role)


def _details(happening: Happening) -> list[str]:
    facts = happening.facts
    told = [_fact(name, facts, happening.at) for name in TOLD if name in facts]
    if happening.kind == EventKind.STEP_OPENED:
        told.insert(0, f"for {_owner(str(facts['owner']))}")
    if happening.member_name and happening.kind == EventKind.TEAM_CHANGED:
        told.append(happening.member_name)
    return [line for line in told if line]


def _fact(name: str, facts: Mapping[str, Scalar], happened_at: datetime) -> str:
    value = facts[name]
    match name:
        case "rag" | "cohort" | "basis":
            return str(value)
        case "result" | "role":
            return FILTERS[name](str(value))
        case "due_at":
            return _due(datetime.fromisoformat(str(value)), happened_at)
        case "anchor":
            on = facts.get("on")
            known = day(date.fromisoformat(str(on))) if on else "no longer known"
            return f"{ANCHORS[Anchor(str(value))]}: {known}"
        case "programme" if "step" not in facts:
            return _programme(str(value))
    return ""


def _programme(key: str) -> str:
    known = programmes().get(key.partition("@")[0])
    return known.title if known else key
