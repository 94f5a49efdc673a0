"""Steps: the list of work, and answering one. Answering is the busiest request there is: keep it lean."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query

from iom.adapters.deeds import looks
from iom.adapters.deeds.steps import answer_step
from iom.step import Answer
from web.api import cursors
from web.api.bodies import OutcomeBody
from web.api.cases import Cursor, Limit
from web.api.described import ALWAYS, DEED, FOUND, SECURED
from web.api.shapes import AnswerRecorded, StepList, StepSummary
from web.deps import ApiVisit
from web.once import KeyedVisit, OnceRoute

router = APIRouter(prefix="/steps", tags=["steps"], route_class=OnceRoute)


@router.get("", responses=ALWAYS | FOUND, openapi_extra=SECURED)
async def steps(
    visit: ApiVisit,
    state: Annotated[
        Literal["open", "overdue"], Query(description="All open ones, or those overdue.")
    ] = "open",
    mine: Annotated[bool, Query(description="Only those that are yours to do.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> StepList:
    """Open steps you may see, soonest due first. Those that rest while the person is in custody are left out."""
    after = cursors.at_moment_of(cursor) if cursor else None
    page = await looks.at_steps(
        visit.conn, visit.by, mine=mine, limit=limit, overdue=state == "overdue", after=after
    )
    last = page.rows[-1] if page.more else None
    return StepList(
        steps=tuple(StepSummary.of(row) for row in page.rows),
        next_cursor=cursors.pack(last.due_at.isoformat(), str(last.id)) if last else None,
    )


@router.post("/{id}/outcome", responses=ALWAYS | DEED, openapi_extra=SECURED)
async def outcome(
    visit: KeyedVisit, step_id: Annotated[UUID, Path(alias="id")], body: OutcomeBody
) -> AnswerRecorded:
    """Say what became of a step: done, cannot be done yet, or no longer needed."""
    said = Answer(body.outcome, body.result, body.reason, body.new_due_on, body.note)
    return AnswerRecorded.of(await answer_step(visit.conn, visit.by, step_id, said))
