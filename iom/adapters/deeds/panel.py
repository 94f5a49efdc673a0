"""The panel's decision: adopt, reject, defer, or deselect (domain.md §1.4, §4.1, §4.7)."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from iom.access import Deed
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.deeds.cases import held
from iom.adapters.programme_files import for_cohort, named
from iom.adapters.store import cases, events, steps
from iom.adapters.store.cases import HeldCase
from iom.adapters.store.rows import insert
from iom.adapters.tables import PanelDecision
from iom.calendar import london_date
from iom.decisions import PanelOutcome, adopted, deselected
from iom.events import Entry, EventKind
from iom.refusals import Refused
from iom.vocabulary import Basis, Cohort, Outcome, Rag

PANEL_DECISION = "panel_decision"


@dataclass(frozen=True)
class Decision:
    """What was decided, and why. Cohort and grade come with an adoption."""

    outcome: PanelOutcome
    reason: str
    cohort: Cohort | None = None
    rag: Rag | None = None
    dissent: str = ""


async def decide(conn: Connection, by: By, ref: str, decision: Decision) -> int:
    """Records the decision, closes the panel's step and lets what follows begin. Returns the log's last number.

    Raises Refused with case_not_found, not_allowed, case_closed, already_adopted, not_adopted, cohort_and_rag_needed,
    blue_is_custody or fixed_is_statutory.
    """
    case = await held(conn, by, ref, Deed.DECIDE_AT_PANEL)
    following = _following(case, decision)
    if decision.outcome is PanelOutcome.ADOPT:
        await cases.assess(conn, case.id, {"cohort": decision.cohort, "rag": decision.rag})
        await cases.adopt(conn, case.id, london_date(by.now))
    closing = await _close_panel_step(conn, by, case.id)
    await insert(conn, _row(by, case.id, decision))
    seq = await events.append(
        conn, case.id, [*closing, *following], by.now, by.actor.account_id, by.request_id
    )
    await by.note(conn, "alter", f"case:{ref}", case.id, PANEL_DECISION)
    return seq


def _following(case: HeldCase, decision: Decision) -> tuple[Entry, ...]:
    match decision.outcome:
        case PanelOutcome.DESELECT:
            if not case.adopted:
                raise Refused("not_adopted", "This person was never adopted. Reject the nomination instead.")
            return deselected(uuid4(), named("exit"))
        case _ if case.adopted:
            raise Refused(
                "already_adopted", "This person is on the scheme already. A panel can deselect them."
            )
        case PanelOutcome.REJECT:
            return (Entry(EventKind.REJECTED),)
        case PanelOutcome.DEFER:
            return (Entry(EventKind.DEFERRED),)
        case PanelOutcome.ADOPT:
            return _adoption(case, decision)


def _adoption(case: HeldCase, decision: Decision) -> tuple[Entry, ...]:
    if decision.cohort is None or decision.rag is None:
        raise Refused(
            "cohort_and_rag_needed", "To adopt, say which cohort and which grade: Red, Amber or Green."
        )
    if decision.rag is Rag.BLUE:
        raise Refused(
            "blue_is_custody", "Blue means in custody. Adopt with another grade, then record the custody."
        )
    return adopted(decision.cohort, Basis(case.basis), decision.rag, uuid4(), for_cohort(decision.cohort))


async def _close_panel_step(conn: Connection, by: By, case_id: UUID) -> tuple[Entry, ...]:
    step_id = await steps.open_of_form(conn, case_id, PANEL_DECISION)
    if step_id is None:
        return ()
    await steps.close(conn, step_id, by.now, by.actor.account_id, Outcome.DONE)
    return (Entry(EventKind.STEP_DONE, {"step": str(step_id)}),)


def _row(by: By, case_id: UUID, decision: Decision) -> PanelDecision:
    return PanelDecision(
        case_id=case_id,
        decided_at=by.now,
        decided_by_id=by.actor.account_id,
        decision=decision.outcome,
        cohort=decision.cohort,
        rag=decision.rag,
        reason=decision.reason,
        dissent=decision.dissent,
    )
