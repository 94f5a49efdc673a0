"""Access to single cases beyond the team, notes with tiers, and what lets health's notes be read. No queries."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column


def _agencies() -> Any:
    """Agencies that are named."""
    return Field(sa_column=Column(ARRAY(Uuid()), nullable=False))


class AccessRequest(SQLModel, table=True):
    """Somebody asks to see a case that is not theirs; its lead professional or coordinator decides, once."""

    __tablename__ = "access_request"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id")
    account_id: UUID = Field(foreign_key="account.id")
    why: str
    asked_at: datetime = moment_column()
    decided_at: datetime | None = moment_column(default=None)
    decided_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    decision: str | None = None
    words: str = ""
    until_at: datetime | None = moment_column(default=None)
    __table_args__ = (
        Index(
            "access_request_open",
            "case_id",
            "account_id",
            unique=True,
            postgresql_where=text("decided_at is null"),
        ),
    )


class AccessGrant(SQLModel, table=True):
    """That somebody is let into a case for a time: by a decision on their request, or because they broke the glass.

    Only a broken glass is reviewed afterwards: ``finding`` says whether it was justified.
    """

    __tablename__ = "access_grant"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    from_at: datetime = moment_column()
    until_at: datetime = moment_column()
    why: str
    kind: str
    request_id: UUID | None = Field(default=None, foreign_key="access_request.id", unique=True)
    granted_by_id: UUID = Field(foreign_key="account.id")
    reviewed_at: datetime | None = moment_column(default=None)
    reviewed_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    finding: str | None = None
    review_words: str = ""


class Note(SQLModel, table=True):
    """Something written about a person: its kind sets its tier (``iom.notes``), and so who reads it."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    tier: str
    kind: str
    source: str
    by_id: UUID = Field(foreign_key="account.id")
    agency_id: UUID = Field(foreign_key="agency.id")
    at: datetime = moment_column()
    words: str


class Consent(SQLModel, table=True):
    """That the person agreed that a service lets these agencies read its clinical notes, until they withdraw it."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    agency_id: UUID = Field(foreign_key="agency.id")
    agencies: list[UUID] = _agencies()
    what: str
    given_on: date
    recorded_at: datetime = moment_column()
    recorded_by_id: UUID = Field(foreign_key="account.id")
    withdrawn_at: datetime | None = moment_column(default=None)


class PublicInterestDecision(SQLModel, table=True):
    """That a service tells these agencies without consent, and why that is necessary (domain.md §5.4)."""

    __tablename__ = "public_interest_decision"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    agency_id: UUID = Field(foreign_key="agency.id")
    agencies: list[UUID] = _agencies()
    why: str
    person_told: bool
    seniority: str
    decided_at: datetime = moment_column()
    decided_by_id: UUID = Field(foreign_key="account.id")
    until_on: date
