"""What people's rights and the end of keeping leave behind: corrections, restrictions, holds, reviews, certificates."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column


class Correction(SQLModel, table=True):
    """One value that was found wrong: what it was, what it is, why (Data Protection Act 2018 s.46)."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    field: str
    was: str | None = None
    is_now: str | None = None
    reason: str
    at: datetime = moment_column()
    by_id: UUID = Field(foreign_key="account.id")


class CorrectionNotice(SQLModel, table=True):
    """That somebody who was told the wrong value hears of it. ``recipient`` is kept for those outside the service."""

    __tablename__ = "correction_notice"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    correction_id: UUID = Field(foreign_key="correction.id", index=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    ref: str
    field: str
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    recipient: str | None = None
    at: datetime = moment_column()
    acknowledged_at: datetime | None = moment_column(default=None)
    acknowledged_by_id: UUID | None = Field(default=None, foreign_key="account.id")


class ProcessingRestriction(SQLModel, table=True):
    """That processing is restricted while the accuracy of what is held is contested (s.47). One at a time."""

    __tablename__ = "processing_restriction"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id")
    why: str
    since: datetime = moment_column()
    by_id: UUID = Field(foreign_key="account.id")
    lifted_at: datetime | None = moment_column(default=None)
    lifted_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    lifted_why: str | None = None
    __table_args__ = (
        Index("one_restriction", "case_id", unique=True, postgresql_where=text("lifted_at is null")),
    )


class LegalHold(SQLModel, table=True):
    """That nothing of a case may be disposed of or erased: a court, an inquiry, a complaint. One at a time."""

    __tablename__ = "legal_hold"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id")
    why: str
    set_at: datetime = moment_column()
    set_by_id: UUID = Field(foreign_key="account.id")
    lifted_at: datetime | None = moment_column(default=None)
    lifted_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    lifted_why: str | None = None
    __table_args__ = (Index("one_hold", "case_id", unique=True, postgresql_where=text("lifted_at is null")),)


class RetentionReview(SQLModel, table=True):
    """Whether a case is still necessary, and why (domain.md §5.6). It counts once somebody else has signed it."""

    __tablename__ = "retention_review"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", index=True)
    reviewed_at: datetime = moment_column()
    reviewed_by_id: UUID = Field(foreign_key="account.id")
    decision: str
    retention_group: int
    necessary: str
    harm: str = ""
    recency: str = ""
    protection: str = ""
    next_review_on: date | None = None
    signed_at: datetime | None = moment_column(default=None)
    signed_by_id: UUID | None = Field(default=None, foreign_key="account.id")


class Erasure(SQLModel, table=True):
    """The certificate that a case was erased: how much of which table went, what stays and why. Holds no content."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="cases.id", unique=True)
    ref: str
    at: datetime = moment_column()
    by_id: UUID = Field(foreign_key="account.id")
    ground: str
    rule: str
    gone: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    kept: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    hash: bytes
