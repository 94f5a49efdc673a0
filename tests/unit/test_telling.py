"""The timeline and the forecast in words. Every kind of event has a title; several things at once are one line."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from iom.adapters.store.timeline import Fate, Happening, LetterView
from iom.agenda import LetterDue
from iom.events import EventKind, Scalar
from iom.forecast import Foreseen
from iom.vocabulary import Role
from web.telling import FATES, TITLES, by_day, foretell, tell
from web.words import due

AT = datetime(2026, 11, 23, 8, 45, tzinfo=UTC)


def a_happening(
    kind: str, facts: dict[str, Scalar] | None = None, by: str | None = None, step: str | None = None
) -> Happening:
    agency = "Police" if by else None
    return Happening(AT, "2", kind, 1, by, None, agency, None, step, None, None, None, facts or {})


def a_foreseen(kind: EventKind = EventKind.STEP_OPENED, owner: str = Role.MENTOR, **more: object) -> Foreseen:
    told = {
        "at": AT,
        "kind": kind,
        "step": uuid4(),
        "key": "k",
        "title": "Visit",
        "owner": owner,
        "due_at": None,
        "letter": None,
        "letters": (),
    }
    return Foreseen(**(told | more))  # type: ignore[arg-type]


def a_letter(to: str, role: str) -> LetterDue:
    return LetterDue("k", "overdue", to, role, uuid4(), AT, digest=False)


def test_every_kind_of_event_and_every_fate_of_a_letter_has_words() -> None:
    assert TITLES.keys() == set(EventKind)
    assert FATES.keys() == set(Fate)


def test_a_line_says_what_who_and_which() -> None:
    line = tell(a_happening("step_done", {"step": "x", "result": "UAAB"}, "Kim Wallis", "Home visit"))
    assert (line.title, line.byline) == ("Done: Home visit", "by Kim Wallis, Police")
    assert line.details == ("Unacceptable absence",)
    assert line.by_people


def test_what_nobody_did_is_the_plans_or_an_imports() -> None:
    assert tell(a_happening("plan_ended")).byline == "by the plan"
    adopted = tell(a_happening("adopted", {"basis": "voluntary", "cohort": "Free"}))
    assert (adopted.byline, adopted.details) == ("by an import", ("Free", "voluntary"))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"anchor": "sentence_end", "on": "2027-03-01"}, "Sentence end: Mon 1 Mar 2027"),
        ({"anchor": "earliest_release", "on": None}, "Earliest release: no longer known"),
    ],
)
def test_a_date_that_moved_is_told_by_its_name(facts: dict[str, Scalar], told: str) -> None:
    assert tell(a_happening("anchor_set", facts)).details == (told,)


def test_a_new_date_on_the_same_day_is_an_hour() -> None:
    later, tomorrow = AT + timedelta(hours=2), AT + timedelta(days=1)
    for due_at, told in ((later, "due 10:45"), (tomorrow, "due Tue 24 Nov 2026, 08:45")):
        assert tell(a_happening("step_redated", {"due_at": due_at.isoformat()})).details == (told,)


def test_a_letter_says_to_whom_and_what_became_of_it() -> None:
    sent = Happening(
        AT,
        "1",
        "letter_overdue",
        None,
        None,
        None,
        None,
        None,
        "Visit",
        None,
        None,
        None,
        {},
        LetterView("overdue", "Kim Wallis", "Police", Fate.REFUSED),
    )
    line = tell(sent)
    assert (line.title, line.byline) == ("Letter: overdue action", "to Kim Wallis, Police")
    assert line.details == ("Visit", "refused by the address")


def test_what_opens_for_several_at_once_is_one_line() -> None:
    owners = (Role.MENTOR, Role.COORDINATOR, Role.HOUSING_OFFICER)
    [line] = foretell(a_foreseen(owner=owner, due_at=AT + timedelta(hours=1)) for owner in owners)
    assert line.title == "Step opens: Visit"
    assert line.byline == "for mentor, IOM coordinator and housing officer"
    assert line.details == ("due 09:45",)


def test_a_letter_to_come_names_its_readers_once() -> None:
    readers = (
        a_letter("owner", Role.MENTOR),
        a_letter("point_of_contact", Role.MENTOR),
        a_letter("owner", Role.MENTOR),
    )
    [line] = foretell([a_foreseen(EventKind.STEP_REMINDED, letter="overdue", letters=readers)])
    assert line.byline == "to mentor and their agency's point of contact"


def test_lines_stand_under_their_day_in_london() -> None:
    late = a_foreseen(at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    [day] = by_day(foretell([late]))
    assert f"{day.on}" == "2026-07-01"


@pytest.mark.parametrize(
    ("moved", "told"),
    [
        (timedelta(seconds=-5), "1 minute overdue"),
        (timedelta(minutes=-30), "30 minutes overdue"),
        (timedelta(hours=-3), "3 hours overdue"),
        (timedelta(hours=-10), "1 day overdue"),
        (timedelta(days=-9), "9 days overdue"),
        (timedelta(hours=2), "due today, 10:45"),
        (timedelta(hours=20), "due tomorrow, 04:45"),
        (timedelta(days=3), "due Thu 26 Nov 2026"),
    ],
)
def test_how_late_something_is_is_said_in_the_unit_that_matters(moved: timedelta, told: str) -> None:
    assert due(AT + moved, AT) == told
