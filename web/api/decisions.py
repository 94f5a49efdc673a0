"""Decisions about a case: nomination, panel, review, custody, intervention. Each parses, does one deed, answers."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.responses import Response

from iom.adapters.deeds.custody import Custody, record_custody
from iom.adapters.deeds.nominations import NewNomination, nominate
from iom.adapters.deeds.panel import Decision, decide
from iom.adapters.deeds.plans import start_intervention
from iom.adapters.deeds.reviews import Held, hold
from iom.identifiers import PncId, read_crn, read_noms_number
from web.api.bodies import (
    CaseReference,
    CustodyBody,
    InterventionBody,
    NominationBody,
    PanelDecisionBody,
    ReviewBody,
)
from web.api.described import ALWAYS, DEED, SECURED
from web.api.shapes import CaseOpened, DecisionRecorded, InterventionBegun
from web.once import KeyedVisit, OnceRoute

router = APIRouter(tags=["decisions"], route_class=OnceRoute)


@router.post("/nominations", status_code=HTTPStatus.CREATED, responses=ALWAYS | DEED, openapi_extra=SECURED)
async def nomination(visit: KeyedVisit, body: NominationBody, response: Response) -> CaseOpened:
    """Put a person forward: opens a case on the nomination programme."""
    opened = await nominate(visit.conn, visit.by, _nomination(body))
    response.headers["Location"] = f"/api/v1/cases/{opened.ref}"
    return CaseOpened(ref=opened.ref)


def _nomination(body: NominationBody) -> NewNomination:
    return NewNomination(
        surname=body.surname.strip(),
        forenames=body.forenames.strip(),
        date_of_birth=body.date_of_birth,
        why=body.why.strip(),
        basis=body.basis,
        pnc_id=str(PncId.parse(body.pnc_id)) if body.pnc_id else None,
        crn=read_crn(body.crn) if body.crn else None,
        noms_number=read_noms_number(body.noms_number) if body.noms_number else None,
        evidence=body.evidence.strip(),
        police_area=body.police_area.strip(),
    )


@router.post("/cases/{ref}/panel-decision", responses=ALWAYS | DEED, openapi_extra=SECURED)
async def panel_decision(visit: KeyedVisit, ref: CaseReference, body: PanelDecisionBody) -> DecisionRecorded:
    """Record what the panel decided: adopt, reject, defer or deselect."""
    decision = Decision(body.outcome, body.reason.strip(), body.cohort, body.rag, body.dissent.strip())
    return DecisionRecorded(ref=ref, seq=await decide(visit.conn, visit.by, ref, decision))


@router.post("/cases/{ref}/reviews/{id}/hold", responses=ALWAYS | DEED, openapi_extra=SECURED)
async def hold_review(
    visit: KeyedVisit,
    ref: CaseReference,
    review_id: Annotated[UUID, Path(alias="id", description="open_review.id of GET /cases/{ref}.")],
    body: ReviewBody,
) -> DecisionRecorded:
    """Hold the case's open review: sets the grade, and the next cycle begins. GET /cases/{ref} names it."""
    held = Held(body.rag, body.summary.strip())
    return DecisionRecorded(ref=ref, seq=await hold(visit.conn, visit.by, ref, review_id, held))


@router.post("/cases/{ref}/custody", responses=ALWAYS | DEED, openapi_extra=SECURED)
async def custody(visit: KeyedVisit, ref: CaseReference, body: CustodyBody) -> DecisionRecorded:
    """Record custody, a release, or a release date that moved."""
    where = Custody(body.status, body.establishment, body.earliest_release_on)
    return DecisionRecorded(ref=ref, seq=await record_custody(visit.conn, visit.by, ref, where))


@router.post(
    "/cases/{ref}/interventions",
    status_code=HTTPStatus.CREATED,
    responses=ALWAYS | DEED,
    openapi_extra=SECURED,
)
async def intervention(visit: KeyedVisit, ref: CaseReference, body: InterventionBody) -> InterventionBegun:
    """Begin an intervention on its own programme."""
    return InterventionBegun(id=await start_intervention(visit.conn, visit.by, ref, body.programme.strip()))
