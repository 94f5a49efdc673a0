"""Holding a review: what partners said, the grade, and what was agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import Deed
from iom.adapters.deeds.reviews import REVIEW, Held, hold
from iom.adapters.store import partner_updates, step_views
from iom.adapters.store.case_file import CaseFile
from iom.adapters.store.partner_updates import PartnerUpdate
from iom.adapters.store.step_views import StepView
from iom.refusals import Refused
from iom.vocabulary import IN_PRISON, CustodyStatus, Rag
from web.pages.case import Ref
from web.pages.on_case import OnCase
from web.sessions import PageVisit, SignedIn

router = APIRouter()


@dataclass(frozen=True)
class BeforeReview:
    """What a chair needs at hand: the review as it stands, the partners' lines, and the grades that can be given."""

    step: StepView
    updates: Sequence[PartnerUpdate]
    grades: tuple[Rag, ...]


async def _before(visit: PageVisit, case: CaseFile) -> BeforeReview:
    review_id = UUID(visit.request.path_params["review_id"])
    step = await step_views.one(visit.conn, review_id, visit.actor)
    if step is None or step.case_id != case.cover.id or step.form != REVIEW:
        raise Refused("review_not_found", "There is no such review on this case. Check the address.")
    in_prison = CustodyStatus(case.cover.custody_status) in IN_PRISON
    grades = (Rag.BLUE,) if in_prison else (Rag.RED, Rag.AMBER, Rag.GREEN)
    return BeforeReview(step, await partner_updates.for_review(visit.conn, step.case_id, step.id), grades)


FORM = OnCase(
    Deed.HOLD_REVIEW, "review.html", "review", {"blue_is_custody": "rag", "custody_is_blue": "rag"}, _before
)


@router.get("/cases/{ref}/reviews/{review_id}")
async def ask(ref: Ref, review_id: UUID, visit: SignedIn) -> Response:
    """The form."""
    return await FORM.ask(visit, ref)


@router.post("/cases/{ref}/reviews/{review_id}")
async def record(ref: Ref, review_id: UUID, visit: SignedIn) -> Response:
    """Holds the review."""
    rag = visit.form.choice("rag", Rag, "Choose the grade: Red, Amber or Green, or Blue in custody.")
    summary = visit.form.text("summary", "Say in a sentence or two what was agreed.")
    said = Held(rag or Rag.RED, summary)
    return await FORM.record(visit, ref, lambda: hold(visit.conn, visit.by, ref, review_id, said))
