"""Turns a kind of letter and its few facts into subject, text and HTML. It knows no address and no name."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from iom.calendar import LONDON, london_date

FOLDER = Path(__file__).parent


class LetterKind(StrEnum):
    """Every kind of letter; each has the folder of its name, with subject.txt, body.txt and body.html."""

    STEP_OPENED = "step_opened"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    UPDATE_ASKED = "update_asked"
    REVIEW_INVITATION = "review_invitation"
    DIGEST = "digest"
    ADDRESS_REFUSED = "address_refused"
    SIGN_IN_LINK = "sign_in_link"


@dataclass(frozen=True)
class DigestEntry:
    """One action in a daily digest: what kind of news it is, whose case by reference, when due, and where to see it."""

    kind: LetterKind
    case_ref: str
    due_at: datetime
    link: str


@dataclass(frozen=True)
class LetterContext:
    """All that a letter may say (domain.md §5.7): service, random case reference, moments, a link that needs sign-in.

    ``written_at`` is when it goes out and decides between "is due" and "was due". Moments are aware UTC and are
    shown in London time. ``due_at`` is None only for a digest and a refused address; of a link it is when it closes.
    """

    service: str
    link: str
    written_at: datetime
    case_ref: str | None = None
    due_at: datetime | None = None
    marking: str = "OFFICIAL"
    entries: tuple[DigestEntry, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """A letter ready to be put into an envelope. ``text`` and ``html`` say the same."""

    subject: str
    text: str
    html: str


def render(kind: LetterKind, context: LetterContext) -> Rendered:
    """Write one letter. Raises jinja2.UndefinedError or AttributeError if the kind needs a fact that is not given."""
    facts = asdict(context)
    subject = _words(f"{kind}/subject.txt", facts).strip()
    text = _words(f"{kind}/body.txt", facts).strip()
    return Rendered(
        subject=subject,
        text=re.sub(r"\n{3,}", "\n\n", text) + "\n",
        html=_words(f"{kind}/body.html", {**facts, "subject": subject}),
    )


def _words(template: str, facts: dict[str, object]) -> str:
    return _TEMPLATES.get_template(template).render(facts)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%H:%M}"


def _day(moment: datetime, seen_from: datetime | None = None) -> str:
    """The day and month; the year as well where it is not that of ``seen_from``."""
    london = moment.astimezone(LONDON)
    is_another_year = seen_from is not None and seen_from.astimezone(LONDON).year != london.year
    return f"{london.day} {london:%B %Y}" if is_another_year else f"{london.day} {london:%B}"


def _day_and_year(moment: datetime) -> str:
    london = moment.astimezone(LONDON)
    return f"{london:%A} {london.day} {london:%B %Y}"


def _on_the_day_of(moment: datetime, other: datetime) -> bool:
    return london_date(moment) == london_date(other)


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"clock": _clock, "day": _day, "day_and_year": _day_and_year}
    templates.tests["on_the_day_of"] = _on_the_day_of
    return templates


_TEMPLATES = _templates()
