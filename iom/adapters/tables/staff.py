"""Those who work with the scheme: agencies, their accounts, and keys to the API. No queries."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, text
from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column, texts_column


class Agency(SQLModel, table=True):
    """A partner organisation. ``point_of_contact_id`` is the account that hears when its people do not answer."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    code: str = Field(unique=True)
    name: str
    point_of_contact_id: UUID | None = None


class Account(SQLModel, table=True):
    """Someone who signs in. ``role`` is what they are; what they are on one case is a team membership.

    Whether it is locked is worked out from these moments and the last session (``iom.standing``), never kept.
    """

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    email: str = Field(unique=True)
    name: str
    agency_id: UUID = Field(foreign_key="agency.id")
    role: str
    manager_id: UUID | None = Field(default=None, foreign_key="account.id")
    password_hash: str | None = None
    by_link: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    joined_at: datetime = moment_column()
    left_at: datetime | None = moment_column(default=None)
    recertified_at: datetime | None = moment_column(default=None)
    recertified_by_id: UUID | None = Field(default=None, foreign_key="account.id")
    unlocked_at: datetime | None = moment_column(default=None)


class StaffChange(SQLModel, table=True):
    """What was done to an account, when and by whom (nobody: by command). Insert only; ids and codes, no content."""

    __tablename__ = "staff_change"
    id: int | None = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": True}
    )
    at: datetime = moment_column()
    account_id: UUID = Field(foreign_key="account.id", index=True)
    by_id: UUID | None = Field(default=None, foreign_key="account.id")
    change: str
    said: str = ""


class Agreement(SQLModel, table=True):
    """An agency's information sharing agreement: which tiers it may see, from when until when (domain.md §5.5)."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    agency_id: UUID = Field(foreign_key="agency.id", index=True)
    ref: str
    title: str
    tiers: list[str] = texts_column()
    signed_on: date
    expires_on: date


class ApiToken(SQLModel, table=True):
    """A bearer token for the API. Only its SHA-256 is kept."""

    __tablename__ = "api_token"
    token_hash: bytes = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    made_at: datetime = moment_column()
    revoked_at: datetime | None = moment_column(default=None)
