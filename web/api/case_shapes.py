"""A whole case as the API gives it. Moments are UTC (``_at``), dates are London's (``_on``). Reads nothing itself."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self
from uuid import UUID

from iom.adapters.deeds.reviews import REVIEW
from iom.adapters.store.case_file import CaseFile
from iom.adapters.store.step_views import StepView
from iom.calendar import london_date
from iom.vocabulary import Basis, Clock, Cohort, Outcome, Rag, Role
from web.api.shapes import Moment, Shape


class PersonShape(Shape):
    """The person the case is about."""

    surname: str
    forenames: str
    date_of_birth: date
    sex: str | None
    pnc_id: str | None
    crn: str | None
    noms_number: str | None
    postcode_district: str | None


class MemberShape(Shape):
    """Who holds a role on the case."""

    role: Role
    name: str
    email: str
    agency: str


class OpenStepShape(Shape):
    """An open step of the case. ``paused_at`` is set while it rests."""

    id: UUID
    programme: str
    key: str
    number: int
    title: str
    stage: str
    guidance: str
    form: str
    owner: str
    owner_name: str | None
    clock: Clock
    outcomes: tuple[Outcome, ...]
    results: tuple[str, ...]
    opened_at: Moment
    due_at: Moment
    due_on: date
    paused_at: Moment | None

    @classmethod
    def of(cls, step: StepView) -> Self:
        """A step of the case."""
        return cls(**vars(step) | {"due_on": london_date(step.due_at)})


class OpenReviewShape(Shape):
    """The review that is called: ``id`` is what holding it asks for."""

    id: UUID
    due_at: Moment
    due_on: date

    @classmethod
    def among(cls, steps: Iterable[StepView]) -> Self | None:
        """The first to be held of these steps, if there is a review among them."""
        found = next((step for step in steps if step.form == REVIEW), None)
        return cls(id=found.id, due_at=found.due_at, due_on=london_date(found.due_at)) if found else None


class ReviewShape(Shape):
    """A review that was held."""

    step_id: UUID
    held_at: Moment
    held_by_name: str
    rag_before: Rag | None
    rag_after: Rag
    summary: str


class InterventionShape(Shape):
    """A piece of work on its own programme."""

    id: UUID
    programme: str
    started_at: Moment
    ended_at: Moment | None


class NominationShape(Shape):
    """Who put the person forward, and why."""

    nominated_at: Moment
    nominated_by_name: str
    why: str
    evidence: str


class CaseDetail(Shape):
    """What you see of a case. ``assessed`` says whether that is the case tier: grade, offence, plan, reviews."""

    ref: str
    local_ref: str | None
    cohort: Cohort | None
    basis: Basis
    rag: Rag | None
    police_area: str
    lead_agency: str | None
    custody_status: str
    establishment: str | None
    earliest_release_on: date | None
    index_offence_code: str | None
    index_offence: str | None
    sentence_start_on: date | None
    sentence_end_on: date | None
    arp_score: float | None
    csrp_score: float | None
    rosh: str | None
    last_contact_on: date | None
    notes: str | None
    opened_at: Moment
    adopted_on: date | None
    closed_at: Moment | None
    person: PersonShape | None
    needs: tuple[str, ...]
    team: tuple[MemberShape, ...]
    steps: tuple[OpenStepShape, ...]
    open_review: OpenReviewShape | None
    reviews: tuple[ReviewShape, ...]
    interventions: tuple[InterventionShape, ...]
    nomination: NominationShape | None
    assessed: bool

    @classmethod
    def of(cls, case: CaseFile) -> Self:
        """The whole case."""
        behind: dict[str, Any] = vars(case) | {
            "steps": tuple(OpenStepShape.of(step) for step in case.steps),
            "open_review": OpenReviewShape.among(case.steps),
        }
        return cls(**vars(case.cover) | behind)
