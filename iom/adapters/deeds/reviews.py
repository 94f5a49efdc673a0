"""Holding a review: the grade is set and the next cycle begins (domain.md §1.6)."""

from dataclasses import dataclass
from uuid import UUID

from iom.access import Deed
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.deeds.cases import held
from iom.adapters.store import cases, events, steps
from iom.adapters.store.cases import HeldCase
from iom.adapters.store.rows import insert
from iom.adapters.tables import Review
from iom.decisions import regraded
from iom.events import Entry, EventKind
from iom.refusals import Refused
from iom.vocabulary import IN_PRISON, CustodyStatus, Outcome, Rag

REVIEW = "review"


@dataclass(frozen=True)
class Held:
    """What a review came to."""

    rag: Rag
    summary: str


async def hold(conn: Connection, by: By, ref: str, review_id: UUID, said: Held) -> int:
    """Closes the review with its grade. Returns the log's last number.

    Raises Refused with case_not_found, not_allowed, case_closed, review_not_found, review_already_held,
    blue_is_custody or custody_is_blue.
    """
    case = await held(conn, by, ref, Deed.HOLD_REVIEW)
    locked = await steps.lock(conn, review_id, by.actor.account_id)
    if locked is None or locked.step.case_id != case.id or locked.step.form != REVIEW:
        raise Refused("review_not_found", "There is no such review on this case. Reload the case.")
    if locked.step.closed_at is not None:
        raise Refused("review_already_held", "This review is closed already. Reload the case to see by whom.")
    check_grade(said.rag, CustodyStatus(case.custody_status))
    await steps.close(conn, review_id, by.now, by.actor.account_id, Outcome.DONE)
    await insert(conn, _row(by, case, review_id, said))
    await cases.assess(conn, case.id, {"rag": said.rag})
    held_entry = Entry(EventKind.REVIEW_HELD, {"step": str(review_id), "rag": said.rag})
    entries = [held_entry, *([regraded(said.rag)] if said.rag != case.rag else [])]
    seq = await events.append(conn, case.id, entries, by.now, by.actor.account_id, by.request_id)
    await by.note(conn, "alter", f"case:{ref}", case.id, REVIEW)
    return seq


def check_grade(rag: Rag, custody: CustodyStatus) -> None:
    """Blue is for those in prison and nobody else (domain.md §1.6)."""
    if rag is Rag.BLUE and custody not in IN_PRISON:
        raise Refused(
            "blue_is_custody", "Blue means in custody. Choose Red, Amber or Green, or record the custody."
        )
    if rag is not Rag.BLUE and custody in IN_PRISON:
        raise Refused(
            "custody_is_blue", "This person is in custody, which is Blue. Keep Blue, or record the release."
        )


def _row(by: By, case: HeldCase, review_id: UUID, said: Held) -> Review:
    return Review(
        step_id=review_id,
        case_id=case.id,
        held_at=by.now,
        held_by_id=by.actor.account_id,
        rag_before=case.rag,
        rag_after=said.rag,
        summary=said.summary,
    )
