"""The panel's decision: adopt, defer or reject somebody nominated; deselect somebody on the scheme."""

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import Deed
from iom.adapters.deeds.panel import Decision, decide
from iom.decisions import PanelOutcome
from iom.vocabulary import Cohort, Rag
from web.forms import Form
from web.pages.case import Ref
from web.pages.on_case import OnCase
from web.sessions import Confirmed, SignedIn

router = APIRouter()

FIELD_OF_CODE = {
    "blue_is_custody": "rag",
    "fixed_is_statutory": "cohort",
    "already_adopted": "outcome",
    "not_adopted": "outcome",
}
FORM = OnCase(Deed.DECIDE_AT_PANEL, "panel.html", "panel", FIELD_OF_CODE)


@router.get("/cases/{ref}/panel-decision")
async def ask(ref: Ref, visit: SignedIn) -> Response:
    """The form."""
    return await FORM.ask(visit, ref)


@router.post("/cases/{ref}/panel-decision")
async def record(ref: Ref, visit: Confirmed) -> Response:
    """Records the decision of somebody who has just shown that it is they."""
    decision = read_decision(visit.form)
    return await FORM.record(visit, ref, lambda: decide(visit.conn, visit.by, ref, decision))


def read_decision(form: Form) -> Decision:
    """What was decided; what is missing or wrong is noted in the form, and then nobody may use the answer."""
    outcome = form.choice("outcome", PanelOutcome, "Choose what the panel decided.")
    cohort, rag = None, None
    if outcome is PanelOutcome.ADOPT:
        cohort = form.choice("cohort", Cohort, "Choose the cohort.")
        rag = form.choice("rag", Rag, "Choose the grade.")
    reason = form.text("reason", "Give the panel's reasons. They stay with the decision.")
    return Decision(outcome or PanelOutcome.DEFER, reason, cohort, rag, form.text("dissent"))
