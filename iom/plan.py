"""A supervision plan: what stands at this moment of one case, as one value. Pure: no clock, decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid5

from iom.ladder import DatedRung
from iom.programme import Programme, StepSpec
from iom.vocabulary import Anchor, Basis, Rag, Role


@dataclass(frozen=True)
class Enrolment:
    """The case's time on one version of one programme."""

    id: UUID
    programme: str
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Opening:
    """A step that will open at a known moment. ``due_at`` is set where it does not follow from the programme alone."""

    enrolment: UUID
    key: str
    number: int
    at: datetime
    owner: str
    due_at: datetime | None = None

    @property
    def step(self) -> UUID:
        """The id the step will have: the same in every forecast, every replay and the record."""
        return uuid5(self.enrolment, f"{self.key}/{self.number}/{self.owner}")


@dataclass(frozen=True)
class OpenStep:
    """A step waiting for its owner. ``said`` counts the rungs gone by; ``dating`` counts the dates it has had.

    ``dated_by`` is the number of the event that gave it the date it has; ``over_at`` is when what it was for was over.
    """

    id: UUID
    enrolment: UUID
    key: str
    number: int
    owner: str
    opened_at: datetime
    due_at: datetime
    rungs: tuple[DatedRung, ...]
    said: int = 0
    dating: int = 1
    paused_at: datetime | None = None
    dated_by: int = 0
    over_at: datetime | None = None


@dataclass(frozen=True)
class AnchorDate:
    """An anchor's date as it stands, and when and by which event it was set."""

    on: date
    set_at: datetime
    set_by: int = 0


@dataclass(frozen=True)
class Plan:
    """The state of one case's plan, or of one intervention on it (``scope``). Only ever changed by folding an event."""

    case: UUID
    scope: UUID | None = None
    seq: int = 0
    at: datetime | None = None
    programmes: Mapping[str, Programme] = field(default_factory=dict)
    enrolments: tuple[Enrolment, ...] = ()
    openings: tuple[Opening, ...] = ()
    steps: tuple[OpenStep, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    anchors: Mapping[Anchor, AnchorDate] = field(default_factory=dict)
    team: Mapping[str, UUID] = field(default_factory=dict)
    basis: Basis | None = None
    rag: Rag | None = None
    custody_since: datetime | None = None
    released_at: datetime | None = None
    review_from: datetime | None = None
    reviews_held: int = 0
    interventions: tuple[UUID, ...] = ()
    ended_at: datetime | None = None

    @property
    def running(self) -> tuple[Enrolment, ...]:
        """The enrolments that have not ended."""
        return tuple(enrolment for enrolment in self.enrolments if enrolment.ended_at is None)

    def enrolment(self, identity: UUID) -> Enrolment | None:
        """The enrolment with this id if it belongs to this plan's scope."""
        return next((enrolment for enrolment in self.enrolments if enrolment.id == identity), None)

    def programme_of(self, enrolment: UUID) -> Programme:
        """The programme version this enrolment keeps."""
        return self.programmes[next(e.programme for e in self.enrolments if e.id == enrolment)]

    def spec(self, item: Opening | OpenStep) -> StepSpec:
        """What the programme says of this step."""
        return self.programme_of(item.enrolment).step(item.key)

    def open_step(self, identity: UUID) -> OpenStep | None:
        """The open step with this id, if it is open and in this scope."""
        return next((step for step in self.steps if step.id == identity), None)

    @property
    def members(self) -> tuple[str, ...]:
        """The roles on the team, one for each person: who holds two hears once, and not as lead professional."""
        roles = sorted(self.team, key=lambda role: (role == Role.LEAD_PROFESSIONAL, role))
        people = {account: role for role, account in reversed([(role, self.team[role]) for role in roles])}
        return tuple(role for role in roles if people[self.team[role]] == role)

    def is_running(self, enrolment: UUID) -> bool:
        """Whether this enrolment belongs to this scope and has not ended."""
        return any(running.id == enrolment for running in self.running)

    def count(self, enrolment: UUID, key: str) -> int:
        """How many times this step has opened or been set to open."""
        return self.counts.get(f"{enrolment}/{key}", 0)
