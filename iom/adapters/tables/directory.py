"""Signing in with an agency's own directory: tries under way, and who is who there. No queries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column


class DirectoryAttempt(SQLModel, table=True):
    """Somebody sent to a directory, not yet back. Of the state and of the browser's secret only the SHA-256 is kept.

    ``directory`` is its code: the answer of another one does not count. ``used_at`` is set by the first answer.
    """

    __tablename__ = "directory_attempt"
    state_hash: bytes = Field(primary_key=True)
    browser_hash: bytes
    directory: str
    next: str
    began_at: datetime = moment_column(index=True)
    used_at: datetime | None = moment_column(default=None)


class DirectoryIdentity(SQLModel, table=True):
    """Which account somebody of a directory is. One of each for the other: a second subject cannot join an account."""

    __tablename__ = "directory_identity"
    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    linked_at: datetime = moment_column()
    __table_args__ = (UniqueConstraint("account_id", "issuer"),)
