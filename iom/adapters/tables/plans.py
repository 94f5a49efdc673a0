"""What a plan writes and reads: the log, programmes, interventions, steps. No queries."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column, texts_column


class CaseEvent(SQLModel, table=True):
    """The case's append-only log: gapless numbers, ids and codes only (``iom.events``)."""

    __tablename__ = "event"
    case_id: UUID = Field(foreign_key="cases.id", primary_key=True)
    seq: int = Field(primary_key=True)
    kind: str
    at: datetime = moment_column()
    by_id: UUID | None = Field(default=None, foreign_key="account.id")
    request_id: UUID | None = Field(default=None, unique=True)
    data: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default=text("'{}'"))
    )
    __table_args__ = (CheckConstraint("seq > 0", name="event_seq_counts_from_one"),)


class PublishedProgramme(SQLModel, table=True):
    """A published programme version, ladders included. It never changes: plans keep the one they began on."""

    __tablename__ = "programme"
    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    document: str
    published_at: datetime = moment_column()


class Intervention(SQLModel, table=True):
    """A piece of work with its own programme on a plan, such as treatment keywork."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    programme: str
    started_at: datetime = moment_column()
    ended_at: datetime | None = moment_column(default=None)


class StepRow(SQLModel, table=True):
    """A step as people see it. ``outcome`` is how it was closed: done, not_needed or lapsed."""

    __tablename__ = "step"
    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    intervention_id: UUID | None = Field(default=None, foreign_key="intervention.id")
    programme: str
    key: str
    number: int
    title: str
    stage: str
    guidance: str
    form: str
    owner: str
    clock: str
    outcomes: list[str] = texts_column()
    results: list[str] = texts_column()
    opened_at: datetime = moment_column()
    due_at: datetime = moment_column()
    dating: int = 1
    paused_at: datetime | None = moment_column(default=None)
    closed_at: datetime | None = moment_column(default=None)
    closed_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    outcome: str | None = None
    result: str | None = None
    __table_args__ = (Index("step_open_by_due", "due_at", "id", postgresql_where=text("closed_at is null")),)


class Remark(SQLModel, table=True):
    """What somebody wrote with one answer to a step. ``tier`` says how close it is: by whose step it is."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    step_id: UUID = Field(foreign_key="step.id", index=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    tier: str
    owner: str
    agency_id: UUID = Field(foreign_key="agency.id")
    by_id: UUID = Field(foreign_key="account.id")
    at: datetime = moment_column()
    reason: str | None = None
    note: str | None = None
