"""The timeline and the forecast in words: one line for each kind of thing that happens. Adds nothing to them."""

from collections.abc import Mapping, Sequence
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
from web.words import FILTERS, at, day

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
        _about(TITLES[kind], happening.step_title),
        f"{happening.by_name}, {happening.by_agency}" if happening.by_name else "the plan",
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


def foretell(foreseen: Foreseen) -> Told:
    """One thing to come if nobody does anything more."""
    if foreseen.letter is not None:
        readers = _listed(list(dict.fromkeys(_reader(letter) for letter in foreseen.letters)))
        return Told(foreseen.at, _letter_of(foreseen.letter), f"to {readers}", (foreseen.title,))
    due = (f"due {at(foreseen.due_at)}",) if foreseen.due_at else ()
    owner = f"for {_owner(foreseen.owner)}" if foreseen.owner else ""
    return Told(foreseen.at, _about(TITLES[foreseen.kind], foreseen.title), owner, due)


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


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _reader(letter: LetterDue) -> str:
    return READERS.get(letter.to) or _owner(letter.role)


def _details(happening: Happening) -> list[str]:
    facts = happening.facts
    told = [_fact(name, facts[name], facts) for name in facts]
    if happening.kind == EventKind.STEP_OPENED:
        told.insert(0, f"for {_owner(str(facts['owner']))}")
    if happening.member_name and happening.kind == EventKind.TEAM_CHANGED:
        told.append(happening.member_name)
    return [line for line in told if line]


def _fact(name: str, value: Scalar, facts: Mapping[str, Scalar]) -> str:
    match name:
        case "rag" | "cohort" | "basis":
            return str(value)
        case "result" | "role":
            return FILTERS[name](str(value))
        case "due_at":
            return f"due {at(datetime.fromisoformat(str(value)))}"
        case "anchor":
            on = facts.get("on")
            known = day(date.fromisoformat(str(on))) if on else "no longer known"
            return f"{ANCHORS[Anchor(str(value))]}: {known}"
        case "programme" if "enrolment" not in facts or "step" not in facts:
            return _programme(str(value))
    return ""


def _programme(key: str) -> str:
    known = programmes().get(key.partition("@")[0])
    return known.title if known else key
