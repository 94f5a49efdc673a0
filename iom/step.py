"""What a partner may say of one step, and what follows for it. Pure: the record keeps it, the plan acts on it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from iom.calendar import LONDON, at_london, london_date
from iom.events import EventKind
from iom.refusals import Refused
from iom.vocabulary import Clock, Outcome

FURTHEST = timedelta(days=3653)
"""Ten years. What is further off is a slip of the finger, and near the last of all years no reminder has a date."""


@dataclass(frozen=True)
class Step:
    """A step as the record holds it. ``results`` are the codes one of which comes with "done", if there are any."""

    id: UUID
    case_id: UUID
    key: str
    title: str
    form: str
    owner: str
    clock: Clock
    outcomes: tuple[str, ...]
    results: tuple[str, ...]
    due_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What a person says of a step: one of three outcomes, with what it needs."""

    outcome: Outcome
    result: str | None = None
    reason: str | None = None
    new_due_on: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class Answered:
    """What an answer means: the event it makes, and either the closing or the new date."""

    kind: EventKind
    due_at: datetime | None = None

    @property
    def closes(self) -> bool:
        """Whether the step is closed by it."""
        return self.due_at is None


def answer(step: Step, said: Answer, now: datetime) -> Answered:
    """What follows from this answer.

    Raises Refused with step_already_closed, decided_elsewhere, outcome_not_offered, result_needed, result_unknown,
    reason_needed, date_needed, date_not_ahead, date_too_far or date_set_by_law.
    """
    if step.closed_at is not None:
        raise Refused(
            "step_already_closed", "This step is already closed. Reload the page to see by whom and when."
        )
    if said.outcome not in step.outcomes:
        raise _not_offered(step)
    if said.outcome is Outcome.DONE:
        return _done(step, said)
    if not (said.reason or "").strip():
        raise Refused("reason_needed", "Say why in a few words, so that the others on the case know.")
    if said.outcome is Outcome.NOT_NEEDED:
        return Answered(EventKind.STEP_NOT_NEEDED)
    return _cannot_yet(step, said, now)


def _not_offered(step: Step) -> Refused:
    if step.form == "review":
        return Refused(
            "decided_elsewhere", "A review is closed by holding it. Use hold the review, or give a new date."
        )
    if step.form == "panel_decision":
        return Refused(
            "decided_elsewhere", "This step is closed by the panel's decision. Record the decision instead."
        )
    offered = " or ".join(outcome.replace("_", " ") for outcome in step.outcomes)
    return Refused("outcome_not_offered", f"This step can end as {offered} only. Choose one of these.")


def _done(step: Step, said: Answer) -> Answered:
    if step.results and not said.result:
        raise Refused("result_needed", f"Say how it went: one of {', '.join(step.results)}.")
    if said.result and said.result not in step.results:
        known = ", ".join(step.results) or "none"
        raise Refused("result_unknown", f"This step has no such result. It knows {known}.")
    return Answered(EventKind.STEP_DONE)


def _cannot_yet(step: Step, said: Answer, now: datetime) -> Answered:
    """Law sets statutory dates: nobody re-dates them (domain.md §4). Other dates move, ahead only, at the same hour."""
    if step.clock is Clock.STATUTORY:
        raise Refused(
            "date_set_by_law",
            "The law sets this date and nobody can move it. Complete the step, or record why it ceases.",
        )
    if said.new_due_on is None:
        raise Refused("date_needed", "Give the date by which you expect to do it.")
    if said.new_due_on < london_date(now):
        raise Refused("date_not_ahead", "The new date has passed. Give today or a later date.")
    if said.new_due_on > london_date(now) + FURTHEST:
        raise Refused("date_too_far", "The new date is more than ten years ahead. Check the year.")
    due_at = at_london(said.new_due_on, step.due_at.astimezone(LONDON).time())
    if due_at <= now:
        raise Refused("date_not_ahead", "That hour has passed today. Give a later date.")
    return Answered(EventKind.STEP_CANNOT_YET, due_at=due_at)
