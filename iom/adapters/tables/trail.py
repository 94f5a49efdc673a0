"""The record of looks, and what holds it together: the end of each lane, and seals over those ends. No queries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column

SHOWN = "string_to_array(split_part(object, ':'::text, 2), ','::text)"
"""The references in the object of a list's row, as in ``cases:LX-4F7Q,LX-8K2M``."""


def _number(name: str, **more: Any) -> Any:
    return Field(default=None, sa_column=Column(name, BigInteger, nullable=False, **more))


class AuditEntry(SQLModel, table=True):
    """One look at, or change to, a person's data (Data Protection Act 2018 s.62). Insert only.

    ``role`` and ``agency_id`` are what the account was then. ``terms`` are a search's, ``justification`` is what
    somebody said why they looked: both are personal and leave this database only by an export. The database itself
    fills ``id``, ``lane``, ``place`` and ``hash`` (ADR 0010). Nothing here refers to another table: no lock there
    delays a look, and the row outlives what it names.
    """

    __tablename__ = "audit"
    id: int | None = Field(
        default=None, sa_column=Column("id", BigInteger, primary_key=True, autoincrement=False)
    )
    at: datetime = moment_column()
    account_id: UUID | None = None
    role: str | None = None
    agency_id: UUID | None = None
    session_id: UUID | None = None
    action: str
    case_id: UUID | None = None
    object: str
    purpose: str
    terms: str | None = None
    justification: str | None = None
    recipient: str | None = None
    channel: str
    address: str = ""
    lane: int = _number("lane")
    place: int = _number("place")
    hash: bytes | None = Field(default=None, nullable=False)
    __table_args__ = (
        UniqueConstraint("lane", "place", name="audit_place_in_lane"),
        Index("audit_of_case", "case_id", "id", postgresql_where=text("case_id is not null")),
        Index("audit_of_account", "account_id", "id"),
        Index("audit_at", "at", postgresql_using="brin"),
        Index(
            "audit_lists",
            text(SHOWN),
            postgresql_using="gin",
            postgresql_where=text("object ~~ 'cases:%'"),
        ),
    )


class AuditHead(SQLModel, table=True):
    """Where a lane of the record of looks ends: the place and hash of its last row. Only its trigger writes here."""

    __tablename__ = "audit_head"
    lane: int = Field(sa_column=Column("lane", BigInteger, primary_key=True, autoincrement=False))
    place: int = _number("place")
    hash: bytes


class AuditSeal(SQLModel, table=True):
    """What the end of one lane was at one moment. ``hash`` chains each seal to the one numbered before it."""

    __tablename__ = "audit_seal"
    number: int = Field(sa_column=Column("number", BigInteger, primary_key=True, autoincrement=False))
    at: datetime = moment_column()
    lane: int = _number("lane")
    place: int = _number("place")
    head: bytes
    hash: bytes
    __table_args__ = (Index("audit_seal_of_lane", "lane", "number"),)
