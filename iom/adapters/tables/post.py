"""Letters and what became of them. No queries."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column


class Letter(SQLModel, table=True):
    """One letter to one reader, ever: ``key`` is unique. What became of it is told by which ``_at`` is set."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    account_id: UUID = Field(foreign_key="account.id", index=True)
    case_id: UUID | None = Field(default=None, foreign_key="cases.id", index=True)
    step_id: UUID | None = Field(default=None, foreign_key="step.id", index=True)
    moment: datetime = moment_column()
    written_at: datetime = moment_column()
    in_digest: bool = False
    digest_id: UUID | None = Field(default=None, foreign_key="letter.id")
    not_before: datetime | None = moment_column(default=None)
    claimed_at: datetime | None = moment_column(default=None)
    sent_at: datetime | None = moment_column(default=None)
    refused_at: datetime | None = moment_column(default=None)
    unknown_at: datetime | None = moment_column(default=None)
    withdrawn_at: datetime | None = moment_column(default=None)
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
    since: datetime = moment_column()
    reason: str
