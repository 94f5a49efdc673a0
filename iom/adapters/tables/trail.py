"""The record of looks. No queries."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column


class AuditEntry(SQLModel, table=True):
    """One look at, or change to, a person's data (Data Protection Act 2018 s.62). Insert only."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = moment_column()
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    action: str
    case_id: UUID | None = Field(default=None, index=True)
    object: str
    purpose: str
    channel: str
    address: str = ""
