"""Those who work with the scheme: agencies, accounts, and what they sign in with. No queries."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column


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
    joined_at: datetime = moment_column()
    left_at: datetime | None = moment_column(default=None)


class Session(SQLModel, table=True):
    """A signed-in browser. Only the SHA-256 of its cookie is kept."""

    token_hash: bytes = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    form_token: str
    began_at: datetime = moment_column()
    seen_at: datetime = moment_column()
    ended_at: datetime | None = moment_column(default=None)


class ApiToken(SQLModel, table=True):
    """A bearer token for the API. Only its SHA-256 is kept."""

    __tablename__ = "api_token"
    token_hash: bytes = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    made_at: datetime = moment_column()
    revoked_at: datetime | None = moment_column(default=None)
