"""People on the scheme, their cases and what is decided about them. Everything here is personal. No queries."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column, texts_column


class Person(SQLModel, table=True):
    """The human a case is about. Everything here is personal and stays in this database."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    surname: str
    forenames: str
    date_of_birth: date
    sex: str | None = None
    ethnicity: str | None = None
    pnc_id: str | None = Field(default=None, unique=True)
    crn: str | None = Field(default=None, unique=True)
    noms_number: str | None = Field(default=None, unique=True)
    postcode_district: str | None = None


class Case(SQLModel, table=True):
    """One person's time with the scheme. ``ref`` is random and may stand in a letter.

    ``last_seq`` numbers the log; ``acknowledged_seq`` is as far as the plan's workflow has read it. While
    ``restricted_at`` is set only its team sees it.
    """

    __tablename__ = "cases"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ref: str = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    local_ref: str | None = Field(default=None, unique=True)
    basis: str
    police_area: str = ""
    lead_agency_id: UUID | None = Field(default=None, foreign_key="agency.id")
    opened_at: datetime = moment_column()
    closed_at: datetime | None = moment_column(default=None)
    restricted_at: datetime | None = moment_column(default=None)
    last_seq: int = 0
    acknowledged_seq: int = 0
    imported_digest: str | None = None
    __table_args__ = (
        Index("cases_with_news", "id", postgresql_where=text("last_seq > acknowledged_seq")),
        Index("cases_open", "opened_at", "id", postgresql_where=text("closed_at is null")),
        Index("cases_restricted", "id", postgresql_where=text("restricted_at is not null")),
    )


class Adoption(SQLModel, table=True):
    """That a person was adopted onto the scheme, and when."""

    case_id: UUID = Field(primary_key=True, foreign_key="cases.id")
    adopted_on: date


class Whereabouts(SQLModel, table=True):
    """Where the person is in the eyes of the law; prison and release date while they are in one."""

    case_id: UUID = Field(primary_key=True, foreign_key="cases.id")
    custody_status: str = "community"
    establishment: str | None = None
    earliest_release_on: date | None = None


class Assessment(SQLModel, table=True):
    """What the scheme makes of a case: cohort, grade, offence, sentence, scores. The case tier, T2."""

    case_id: UUID = Field(primary_key=True, foreign_key="cases.id")
    cohort: str | None = None
    rag: str | None = None
    index_offence_code: str | None = None
    index_offence: str | None = None
    sentence_start_on: date | None = None
    sentence_end_on: date | None = None
    arp_score: float | None = None
    csrp_score: float | None = None
    rosh: str | None = None
    last_contact_on: date | None = None
    notes: str = ""


class CaseNeed(SQLModel, table=True):
    """A pathway in which this person needs support."""

    __tablename__ = "case_need"
    case_id: UUID = Field(foreign_key="cases.id", primary_key=True)
    need: str = Field(primary_key=True)


class TeamMember(SQLModel, table=True):
    """Who holds which role on a case."""

    __tablename__ = "team_member"
    case_id: UUID = Field(foreign_key="cases.id", primary_key=True)
    role: str = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)


class Nomination(SQLModel, table=True):
    """Who was put forward, why, and by whom (domain.md §1.4)."""

    case_id: UUID = Field(primary_key=True, foreign_key="cases.id")
    nominated_at: datetime = moment_column()
    nominated_by_id: UUID = Field(foreign_key="account.id")
    why: str
    evidence: str = ""


class PanelDecision(SQLModel, table=True):
    """What the panel decided, with its reasons: adopt, reject, defer or deselect."""

    __tablename__ = "panel_decision"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    decided_at: datetime = moment_column()
    decided_by_id: UUID = Field(foreign_key="account.id")
    decision: str
    cohort: str | None = None
    rag: str | None = None
    reason: str
    dissent: str = ""


class Review(SQLModel, table=True):
    """A review that was held: the grade before and after, and what was said."""

    step_id: UUID = Field(primary_key=True, foreign_key="step.id")
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    held_at: datetime = moment_column()
    held_by_id: UUID = Field(foreign_key="account.id")
    rag_before: str | None = None
    rag_after: str
    summary: str


class HeldRow(SQLModel, table=True):
    """A row of a cohort file kept for a person to decide on."""

    __tablename__ = "held_row"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    local_ref: str = Field(unique=True)
    reason: str
    matches: list[str] = texts_column()
    cells: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    digest: str
    held_at: datetime = moment_column()
    decided_at: datetime | None = moment_column(default=None)
    decided_by_id: UUID | None = Field(default=None, foreign_key="account.id")
