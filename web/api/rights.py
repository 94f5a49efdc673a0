"""Rectification and restriction of processing by API. Erasure and subject access are commands."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from iom.adapters.deeds import rights as deeds
from iom.adapters.store import rights
from iom.corrections import Field
from web.api.bodies import CaseReference, Optionally, Words
from web.api.described import ALWAYS, DEED, SECURED
from web.deps import ApiVisit
from web.once import KeyedVisit, OnceRoute

router = APIRouter(tags=["rights"], route_class=OnceRoute)


class CorrectionBody(BaseModel):
    """One value that is wrong, as ``table.column``; empty if nothing should stand there. Dates as YYYY-MM-DD."""

    model_config = ConfigDict(extra="forbid")
    field: Field
    value: Optionally
    reason: Words


class ProcessingBody(BaseModel):
    """To restrict processing, or to lift that, and why."""

    model_config = ConfigDict(extra="forbid")
    restricted: bool
    why: Words


class CorrectionRecorded(BaseModel):
    """How many were told that what they had been told was wrong."""

    ref: str
    told: int


class ProcessingRecorded(BaseModel):
    """Whether processing is restricted now."""

    ref: str
    restricted: bool


class NoticeShape(BaseModel):
    """A correction of something that the token's owner was told. It never holds the value."""

    id: UUID
    ref: str
    field: Field
    at: datetime


class NoticesShape(BaseModel):
    """Those not acknowledged yet, the oldest first."""

    notices: Sequence[NoticeShape]


@router.post("/cases/{ref}/corrections", responses=ALWAYS | DEED, openapi_extra=SECURED)
async def correction(visit: KeyedVisit, ref: CaseReference, body: CorrectionBody) -> CorrectionRecorded:
    """Correct one value; everybody who was told the old one hears of it."""
    told = await deeds.correct(visit.conn, visit.by, ref, body.field, body.value, body.reason.strip())
    return CorrectionRecorded(ref=ref, told=told)


@router.post("/cases/{ref}/processing-restriction", responses=ALWAYS | DEED, openapi_extra=SECURED)
async def processing_restriction(
    visit: KeyedVisit, ref: CaseReference, body: ProcessingBody
) -> ProcessingRecorded:
    """Restrict processing while the accuracy of a record is contested, or lift that."""
    deed = deeds.restrict if body.restricted else deeds.lift_restriction
    await deed(visit.conn, visit.by, ref, body.why.strip())
    return ProcessingRecorded(ref=ref, restricted=body.restricted)


@router.get("/me/correction-notices", responses=ALWAYS, openapi_extra=SECURED)
async def correction_notices(visit: ApiVisit) -> NoticesShape:
    """What you were told that has since been corrected."""
    found = await rights.notices_of(visit.conn, visit.actor.account_id)
    if found:
        refs = ",".join(dict.fromkeys(notice.ref for notice in found))
        await visit.by.note(visit.conn, "consult", f"cases:{refs}", None, "corrections")
    return NoticesShape(
        notices=[
            NoticeShape(id=notice.id, ref=notice.ref, field=Field(notice.field), at=notice.at)
            for notice in found
        ]
    )


@router.post(
    "/me/correction-notices/{id}/acknowledge",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=ALWAYS | DEED,
    openapi_extra=SECURED,
)
async def acknowledge(visit: KeyedVisit, notice_id: Annotated[UUID, Path(alias="id")]) -> None:
    """Say that what you hold is put right."""
    await deeds.acknowledge(visit.conn, visit.by, notice_id)
