"""What the API answers with. Moments are UTC (``_at``), dates are London's (``_on``). Reads nothing itself."""

from datetime import UTC, date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from iom.access import EVERYWHERE, Actor
from iom.adapters.deeds.steps import Recorded
from iom.adapters.store.cohort import CohortRow
from iom.adapters.store.steps import ListedStep
from iom.adapters.store.timeline import Fate, Happening
from iom.calendar import london_date
from iom.events import EventKind, Scalar
from iom.forecast import Foreseen
from iom.vocabulary import ROLE_LABELS, Basis, Cohort, Outcome, Rag, Role

Moment = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
NextCursor = Annotated[
    str | None, Field(description="Give it as cursor for the next page; null on the last one.")
]


class Shape(BaseModel):
    """Something the API answers with, made from a view of the store."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Me(Shape):
    """Whose token this is."""

    name: str
    email: str
    role: Role
    role_label: str
    agency: str
    sees_every_case: bool

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """The signed-in person."""
        return cls(
            name=actor.name,
            email=actor.email,
            role=actor.role,
            role_label=ROLE_LABELS[actor.role],
            agency=actor.agency,
            sees_every_case=actor.role in EVERYWHERE,
        )


class CaseSummary(Shape):
    """A case in a list. Steps that rest while the person is in custody are not counted."""

    ref: str
    surname: str
    forenames: str
    cohort: Cohort | None
    basis: Basis
    rag: Rag | None
    custody_status: str
    police_area: str
    lead_agency: str | None
    opened_at: Moment
    adopted_on: date | None
    closed_at: Moment | None
    open_steps: int
    overdue_steps: int
    next_due_on: date | None

    @classmethod
    def of(cls, row: CohortRow) -> Self:
        """A row of the cohort."""
        return cls(**vars(row) | {"next_due_on": _day(row.next_due_at)})


class CaseList(Shape):
    """A page of cases, by surname."""

    cases: tuple[CaseSummary, ...]
    next_cursor: NextCursor


class LetterShape(Shape):
    """A letter: who was to read it, and what became of it."""

    kind: str
    reader_name: str
    reader_agency: str
    fate: Fate


class HappeningShape(Shape):
    """One thing on the timeline: an entry of the case's log (``seq``), or a letter."""

    at: Moment
    on: date
    kind: str
    seq: int | None
    by_name: str | None
    by_role: str | None
    by_agency: str | None
    step_id: UUID | None
    step_title: str | None
    step_owner: str | None
    member_name: str | None
    words: str | None
    facts: dict[str, Scalar]
    letter: LetterShape | None

    @classmethod
    def of(cls, happening: Happening) -> Self:
        """A line of the timeline."""
        return cls(**vars(happening) | {"on": london_date(happening.at)})


class Timeline(Shape):
    """A page of what has happened, newest first."""

    happenings: tuple[HappeningShape, ...]
    next_cursor: NextCursor


class ForeseenLetter(Shape):
    """A letter to come: its kind, whom it is for by their relation to the step, and when it goes."""

    kind: str
    to: str
    role: str
    moment: Moment
    digest: bool


class ForeseenShape(Shape):
    """One thing to come. ``letter`` and ``letters`` belong to reminders, ``due_at`` to openings and new dates."""

    at: Moment
    on: date
    kind: EventKind
    step_id: UUID | None
    key: str
    title: str
    owner: str
    due_at: Moment | None
    letter: str | None
    letters: tuple[ForeseenLetter, ...]

    @classmethod
    def of(cls, item: Foreseen) -> Self:
        """A line of the forecast."""
        return cls(**vars(item) | {"on": london_date(item.at), "step_id": item.step})


class Forecast(Shape):
    """What will happen up to ``until`` if nobody does anything more."""

    until: Moment
    foreseen: tuple[ForeseenShape, ...]


class StepSummary(Shape):
    """An open step in a list of work; ``mine`` if the asker owns it.

    It can be answered with one of ``outcomes``; where there are ``results``, "done" needs one of them. A review is held
    and a panel's step is decided instead, as ``form`` says.
    """

    id: UUID
    case_ref: str
    person_name: str | None
    title: str
    owner: str
    form: str
    outcomes: tuple[Outcome, ...]
    results: tuple[str, ...]
    opened_at: Moment
    due_at: Moment
    due_on: date
    rag: Rag | None
    mine: bool

    @classmethod
    def of(cls, step: ListedStep) -> Self:
        """A row of the list."""
        return cls(**vars(step) | {"due_on": london_date(step.due_at)})


class StepList(Shape):
    """A page of open steps, soonest due first."""

    steps: tuple[StepSummary, ...]
    next_cursor: NextCursor


class AnswerRecorded(Shape):
    """What was recorded: its number in the case's log, what kind of entry it is, and when."""

    step_id: UUID
    seq: int
    kind: EventKind
    at: Moment

    @classmethod
    def of(cls, recorded: Recorded) -> Self:
        """What the deed gave."""
        return cls(**vars(recorded))


class CaseOpened(Shape):
    """The case that the nomination opened."""

    ref: str


class DecisionRecorded(Shape):
    """The decision stands in the case's log, whose last number is ``seq``."""

    ref: str
    seq: int


class InterventionBegun(Shape):
    """The intervention that began."""

    id: UUID


def _day(moment: datetime | None) -> date | None:
    return london_date(moment) if moment else None
