"""What the API answered to requests that came with a key: ids and codes, no names. No queries."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column


class KeptAnswer(SQLModel, table=True):
    """The first answer under one account's ``Idempotency-Key`` (``By.request_id``), kept as long as the log.

    ``asked`` is the SHA-256 of the request: the same key again with anything else is a mistake.
    """

    __tablename__ = "kept_answer"
    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    asked: bytes
    status: int
    location: str | None = None
    body: str
    at: datetime = moment_column()
