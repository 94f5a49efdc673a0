"""The record's tables, defined once: migrations, the store and its typed rows all come from here. No queries."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, DateTime, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlmodel import Field, SQLModel

MOMENT = DateTime(timezone=True)


def _moment(**more: Any) -> Any:
    return Field(sa_type=MOMENT, **more)


def _texts() -> Any:
    return Field(sa_column=Column(ARRAY(TEXT), nullable=False, server_default=text("'{}'")))


class Agency(SQLModel, table=True):
    """A partner organisation. ``point_of_contact_id`` is the account that hears when its people do not answer."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    code: str = Field(unique=True)
    name: str
    point_of_contact_id: UUID | None = None


class Account(SQLModel, table=True):
    """Someone who signs in. ``role`` is what they are; what they are on one case is a team membership."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    email: str = Field(unique=True)
    name: str
    agency_id: UUID = Field(foreign_key="agency.id")
    role: str
    manager_id: UUID | None = Field(default=None, foreign_key="account.id")
    password_hash: str | None = None
    joined_at: datetime = _moment()
    left_at: datetime | None = _moment(default=None)


class Session(SQLModel, table=True):
    """A signed-in browser. Only the SHA-256 of its cookie is kept."""

    token_hash: bytes = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    form_token: str
    began_at: datetime = _moment()
    seen_at: datetime = _moment()
    ended_at: datetime | None = _moment(default=None)


class ApiToken(SQLModel, table=True):
    """A bearer token for the API. Only its SHA-256 is kept."""

    __tablename__ = "api_token"
    token_hash: bytes = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    made_at: datetime = _moment()
    revoked_at: datetime | None = _moment(default=None)


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

    ``last_seq`` numbers the log; ``acknowledged_seq`` is as far as the plan's workflow has read it.
    """

    __tablename__ = "cases"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    ref: str = Field(unique=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    local_ref: str | None = Field(default=None, unique=True)
    cohort: str | None = None
    basis: str
    rag: str | None = None
    police_area: str = ""
    lead_agency_id: UUID | None = Field(default=None, foreign_key="agency.id")
    custody_status: str = "community"
    establishment: str | None = None
    earliest_release_on: date | None = None
    index_offence_code: str | None = None
    index_offence: str | None = None
    sentence_start_on: date | None = None
    sentence_end_on: date | None = None
    arp_score: float | None = None
    csrp_score: float | None = None
    rosh: str | None = None
    last_contact_on: date | None = None
    notes: str = ""
    opened_at: datetime = _moment()
    adopted_on: date | None = None
    closed_at: datetime | None = _moment(default=None)
    last_seq: int = 0
    acknowledged_seq: int = 0
    imported_digest: str | None = None
    __table_args__ = (
        Index("cases_with_news", "id", postgresql_where=text("last_seq > acknowledged_seq")),
        Index("cases_open", "opened_at", "id", postgresql_where=text("closed_at is null")),
    )


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


class CaseEvent(SQLModel, table=True):
    """The case's append-only log: gapless numbers, ids and codes only (``iom.events``)."""

    __tablename__ = "event"
    case_id: UUID = Field(foreign_key="cases.id", primary_key=True)
    seq: int = Field(primary_key=True)
    kind: str
    at: datetime = _moment()
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
    published_at: datetime = _moment()


class Intervention(SQLModel, table=True):
    """A piece of work with its own programme on a plan, such as treatment keywork."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    programme: str
    started_at: datetime = _moment()
    ended_at: datetime | None = _moment(default=None)


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
    outcomes: list[str] = _texts()
    results: list[str] = _texts()
    opened_at: datetime = _moment()
    due_at: datetime = _moment()
    dating: int = 1
    paused_at: datetime | None = _moment(default=None)
    closed_at: datetime | None = _moment(default=None)
    closed_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    outcome: str | None = None
    result: str | None = None
    reason: str | None = None
    note: str | None = None
    __table_args__ = (Index("step_open_by_due", "due_at", "id", postgresql_where=text("closed_at is null")),)


class Review(SQLModel, table=True):
    """A review that was held: the grade before and after, and what was said."""

    step_id: UUID = Field(primary_key=True, foreign_key="step.id")
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    held_at: datetime = _moment()
    held_by_id: UUID = Field(foreign_key="account.id")
    rag_before: str | None = None
    rag_after: str
    summary: str


class Nomination(SQLModel, table=True):
    """Who was put forward, why, and by whom (domain.md §1.4)."""

    case_id: UUID = Field(primary_key=True, foreign_key="cases.id")
    nominated_at: datetime = _moment()
    nominated_by_id: UUID = Field(foreign_key="account.id")
    why: str
    evidence: str = ""


class PanelDecision(SQLModel, table=True):
    """What the panel decided, with its reasons: adopt, reject, defer or deselect."""

    __tablename__ = "panel_decision"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    decided_at: datetime = _moment()
    decided_by_id: UUID = Field(foreign_key="account.id")
    decision: str
    cohort: str | None = None
    rag: str | None = None
    reason: str
    dissent: str = ""


class Letter(SQLModel, table=True):
    """One letter to one reader, ever: ``key`` is unique. What became of it is told by which ``_at`` is set."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    account_id: UUID = Field(foreign_key="account.id", index=True)
    case_id: UUID | None = Field(default=None, foreign_key="cases.id", index=True)
    step_id: UUID | None = Field(default=None, foreign_key="step.id", index=True)
    moment: datetime = _moment()
    written_at: datetime = _moment()
    in_digest: bool = False
    digest_id: UUID | None = Field(default=None, foreign_key="letter.id")
    not_before: datetime | None = _moment(default=None)
    claimed_at: datetime | None = _moment(default=None)
    sent_at: datetime | None = _moment(default=None)
    refused_at: datetime | None = _moment(default=None)
    unknown_at: datetime | None = _moment(default=None)
    withdrawn_at: datetime | None = _moment(default=None)
    attempts: int = 0
    last_error: str | None = None
    __table_args__ = (
        Index(
            "letter_waiting",
            "written_at",
            postgresql_where=text(
                "not in_digest and sent_at is null and refused_at is null"
                " and unknown_at is null and withdrawn_at is null"
            ),
        ),
        Index(
            "letter_for_digest",
            "account_id",
            postgresql_where=text("in_digest and digest_id is null and withdrawn_at is null"),
        ),
    )


class MailBlock(SQLModel, table=True):
    """An address that refused a letter: nothing more goes to it until somebody has looked."""

    __tablename__ = "mail_block"
    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    since: datetime = _moment()
    reason: str


class HeldRow(SQLModel, table=True):
    """A row of a cohort file kept for a person to decide on."""

    __tablename__ = "held_row"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    local_ref: str = Field(unique=True)
    reason: str
    matches: list[str] = _texts()
    cells: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    digest: str
    held_at: datetime = _moment()
    decided_at: datetime | None = _moment(default=None)
    decided_by_id: UUID | None = Field(default=None, foreign_key="account.id")


class AuditEntry(SQLModel, table=True):
    """One look at, or change to, a person's data (Data Protection Act 2018 s.62). Insert only."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _moment()
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    action: str
    case_id: UUID | None = Field(default=None, index=True)
    object: str
    purpose: str
    channel: str
    address: str = ""
