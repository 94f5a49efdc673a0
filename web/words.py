"""Codes and moments as people read them: the filters of every template. London time; decides nothing."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from iom.calendar import LONDON, london_date
from iom.cohort_report import Doubt
from iom.notes import KIND_LABELS, SOURCE_LABELS
from iom.vocabulary import (
    ETHNICITY_LABELS,
    NEED_LABELS,
    OFFENCE_LABELS,
    OUTCOME_LABELS,
    RESULT_LABELS,
    ROLE_LABELS,
    SEX_LABELS,
    Clock,
)

SERVICE = "Integrated Offender Management"

LETTER_LABELS = {
    "step_opened": "new action",
    "due_soon": "action due soon",
    "due_today": "action due",
    "overdue": "overdue action",
    "escalated": "overdue action, to those who oversee it",
    "update_asked": "update asked for",
    "review_invitation": "review invitation",
    "digest": "daily digest",
    "address_refused": "an address refused letters",
    "sign_in_link": "a link to sign in with",
}

DOUBT_LABELS = {
    Doubt.POSSIBLE_DUPLICATE: "It has an identifier of somebody else",
    Doubt.DIFFERS_FROM_RECORD: "It was imported before, with other facts",
}

DONE_LABELS = {
    "done": "Recorded: the step is done. What follows from it opens in a moment.",
    "cannot_yet": "Recorded: the step has a new date.",
    "not_needed": "Recorded: the step is no longer needed.",
    "review": "The review is held. The next one follows from the grade.",
    "nominated": "The person is nominated. These are the first steps.",
    "panel": "The panel's decision is recorded.",
    "custody": "Where the person is now is recorded.",
    "intervention": "The intervention has started. Its first step opens in a moment.",
    "exit": "Exit is proposed. The assessment, the partners' views and the panel follow.",
    "team": "The role has changed hands.",
    "correction": "Corrected. Everybody who was told hears of it.",
    "processing": "Recorded: who sees this case while its accuracy is contested has changed.",
    "acknowledged": "Thank you. That is noted.",
    "access_asked": "Asked. Whoever leads on the case decides; the answer appears among your steps.",
    "access_granted": "They are let in.",
    "access_refused": "Refused. They read it among their steps.",
    "access_reviewed": "What you found is recorded.",
    "restriction": "Recorded: who sees this case has changed.",
    "note": "The note is recorded.",
    "sharing": "Recorded: who may read what this service wrote.",
    "session_ended": "That session is over.",
    "password_changed": "Your password is changed, and your other sessions are over.",
    "account_changed": "Recorded: what was done to the account counts from now on.",
}
"""What a page says at the top after something was recorded, by the code in its address."""


def day(moment: datetime | date) -> str:
    """Mon 23 Nov 2026."""
    return f"{_london(moment):%a} {date_alone(moment)}"


def date_alone(moment: datetime | date) -> str:
    """23 Nov 2026, where nobody asks for the weekday."""
    on = _london(moment)
    return f"{on.day} {on:%b %Y}"


def _london(moment: datetime | date) -> date:
    return london_date(moment) if isinstance(moment, datetime) else moment


def clock(moment: datetime) -> str:
    """14:00."""
    return f"{moment.astimezone(LONDON):%H:%M}"


def at(moment: datetime) -> str:
    """Mon 23 Nov 2026, 14:00."""
    return f"{day(moment)}, {clock(moment)}"


def due(due_at: datetime, now: datetime) -> str:
    """When something is due, in the words that matter now."""
    on, today = london_date(due_at), london_date(now)
    if due_at < now:
        return f"{_how_long(now - due_at, (today - on).days)} overdue"
    if on == today:
        return f"due today, {clock(due_at)}"
    if on == today + timedelta(days=1):
        return f"due tomorrow, {clock(due_at)}"
    return f"due {day(on)}"


def _how_long(late: timedelta, days: int) -> str:
    minutes = int(late.total_seconds() // 60)
    if days:
        return _counted(days, "day")
    return _counted(minutes // 60, "hour") if minutes >= 60 else _counted(max(minutes, 1), "minute")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _among(labels: Mapping[Any, str]) -> Callable[[str], str]:
    """The label of a code; a code without one is shown with spaces."""
    return lambda code: labels.get(code) or code.replace("_", " ").capitalize()


FILTERS: Mapping[str, Callable[..., str]] = {
    "day": day,
    "date": date_alone,
    "clock": clock,
    "at": at,
    "due": due,
    "role": _among(ROLE_LABELS),
    "result": _among(RESULT_LABELS),
    "outcome": _among(OUTCOME_LABELS | {"lapsed": "Lapsed"}),
    "need": _among(NEED_LABELS),
    "offence": _among(OFFENCE_LABELS),
    "sex": _among(SEX_LABELS),
    "ethnicity": _among(ETHNICITY_LABELS),
    "letter": _among(LETTER_LABELS),
    "doubt": _among(DOUBT_LABELS),
    "note_kind": _among(KIND_LABELS),
    "note_source": _among(SOURCE_LABELS),
}

GLOBALS: Mapping[str, object] = {"service": SERVICE, "STATUTORY": Clock.STATUTORY, "done_labels": DONE_LABELS}
