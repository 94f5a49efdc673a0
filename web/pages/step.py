"""One step and its three outcomes: done, cannot be done yet, no longer needed. Everything typed is kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.access import Deed, may
from iom.adapters.deeds import looks
from iom.adapters.deeds.steps import answer_step
from iom.adapters.store import step_views
from iom.adapters.store.step_views import StepView
from iom.refusals import Refused
from iom.step import Answer
from iom.vocabulary import Clock, Outcome
from web.forms import Form
from web.problems import status_of
from web.sessions import PageVisit, SignedIn

router = APIRouter()

FIELD_OF_CODE = {
    "result_needed": "result",
    "result_unknown": "result",
    "date_needed": "new_due_on-day",
    "date_not_ahead": "new_due_on-day",
    "date_too_far": "new_due_on-day",
    "date_set_by_law": "outcome",
    "outcome_not_offered": "outcome",
}
"""Where on the page each refusal belongs."""


@dataclass(frozen=True)
class StepPage:
    """One step as it stands, what may be recorded of it here, and the form for that."""

    step: StepView
    now: datetime
    form: Form
    key: str
    offered: tuple[Outcome, ...]
    may_answer: bool
    may_hold: bool
    may_decide: bool
    refusal: str = ""


@router.get("/steps/{step_id}")
async def show(step_id: UUID, visit: SignedIn) -> Response:
    """The step, open or closed."""
    return visit.show("step.html", await _page(visit, step_id))


@router.post("/steps/{step_id}")
async def answer(step_id: UUID, visit: SignedIn) -> Response:
    """Records one answer, and goes to the case to see what follows."""
    said, refused = read_answer(visit.form), None
    if said is not None and visit.form.holds:
        refused = await visit.attempt(lambda: answer_step(visit.conn, visit.by, step_id, said))
        if refused is None:
            step = await step_views.one(visit.conn, step_id, visit.actor)
            assert step is not None, "it was answered just now"
            return RedirectResponse(f"/cases/{step.case_ref}?done={said.outcome}", 303)
    return await _again(visit, step_id, refused)


def read_answer(form: Form) -> Answer | None:
    """What was said of the step; None, with what is wrong in the form, if that cannot be told."""
    outcome = form.choice("outcome", Outcome, "Choose what you want to record.")
    note = form.text("note") or None
    match outcome:
        case Outcome.DONE:
            return Answer(outcome, result=form["result"] or None, note=note)
        case Outcome.CANNOT_YET:
            why = form.text("cannot_yet_reason", "Say why it cannot be done yet, in a few words.")
            new = form.day("new_due_on", "the date by which you expect to do it", needed=True)
            return Answer(outcome, reason=why, new_due_on=new)
        case Outcome.NOT_NEEDED:
            why = form.text("not_needed_reason", "Say why it is no longer needed, in a few words.")
            return Answer(outcome, reason=why)
    return None


async def _again(visit: PageVisit, step_id: UUID, refused: Refused | None) -> Response:
    """The page once more, with what is wrong in it: at the field, or at the top where no field can cure it."""
    status, sentence = 422, ""
    if refused is not None:
        status, sentence = status_of(refused.code), refused.sentence
        if refused.code in FIELD_OF_CODE:
            field = FIELD_OF_CODE[refused.code]
            visit.form.refuse(field, "Choose how it went." if field == "result" else sentence)
            sentence = ""
    return visit.show("step.html", await _page(visit, step_id, sentence), status)


async def _page(visit: PageVisit, step_id: UUID, refusal: str = "") -> StepPage:
    step = await looks.at_step(visit.conn, visit.by, step_id)
    role = visit.actor.role
    offered = [Outcome(outcome) for outcome in step.outcomes]
    if step.clock == Clock.STATUTORY:
        offered = [outcome for outcome in offered if outcome is not Outcome.CANNOT_YET]
    return StepPage(
        step=step,
        now=visit.now,
        form=visit.form,
        key=visit.key,
        offered=tuple(offered),
        may_answer=may(role, Deed.ANSWER_STEP, on_team=step.on_team) and step.closed_at is None,
        may_hold=may(role, Deed.HOLD_REVIEW, on_team=step.on_team) and step.form == "review",
        may_decide=may(role, Deed.DECIDE_AT_PANEL, on_team=step.on_team) and step.form == "panel_decision",
        refusal=refusal,
    )
