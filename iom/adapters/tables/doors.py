"""What people sign in with: sessions, second factors, links, tries. Of every secret but one only a hash. No queries."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Column, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from iom.adapters.tables.columns import moment_column


class Session(SQLModel, table=True):
    """A signed-in browser. Only the SHA-256 of its cookie is kept. Its limits are those of the day it began.

    It ends when ``ended_at`` is set, ``idle_minutes`` after ``seen_at``, and at ``until``, whichever comes first.
    ``confirmed_at`` is when somebody last showed that the account's owner sits there.
    """

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_hash: bytes = Field(unique=True)
    account_id: UUID = Field(foreign_key="account.id")
    form_token: str
    how: str
    began_at: datetime = moment_column()
    seen_at: datetime = moment_column()
    idle_minutes: int
    until: datetime = moment_column()
    confirmed_at: datetime | None = moment_column(default=None)
    ended_at: datetime | None = moment_column(default=None)
    address: str = ""
    agent: str = ""
    __table_args__ = (Index("session_of_account", "account_id", "began_at"),)


class SecondFactor(SQLModel, table=True):
    """The secret an account's app makes codes from. ``last_counter`` is the last half-minute a code was used for.

    The one secret that is no hash: a code can only be checked with it. The web's own role cannot read this table.
    """

    __tablename__ = "second_factor"
    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    secret: str
    set_up_at: datetime = moment_column()
    last_counter: int = Field(sa_type=BigInteger)


class RecoveryCode(SQLModel, table=True):
    """A code that works once, for whoever has lost the app. Only its SHA-256, with the account's id, is kept."""

    __tablename__ = "recovery_code"
    code_hash: bytes = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    made_at: datetime = moment_column()
    used_at: datetime | None = moment_column(default=None)


class HalfSignIn(SQLModel, table=True):
    """Somebody between password or link and second factor. ``secret`` is of an app that is being set up."""

    __tablename__ = "half_sign_in"
    token_hash: bytes = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    form_token: str
    how: str
    next: str
    began_at: datetime = moment_column()
    tries: int = 0
    secret: str | None = None
    ended_at: datetime | None = moment_column(default=None)


class SignInLink(SQLModel, table=True):
    """A link asked for by e-mail. ``account_id`` is empty for an address nobody has: asking looks the same.

    ``token_hash`` is set when the letter is written out, so the link itself stands nowhere but in the letter.
    """

    __tablename__ = "sign_in_link"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    browser_hash: bytes
    next: str
    asked_at: datetime = moment_column()
    until: datetime = moment_column()
    lettered_at: datetime | None = moment_column(default=None)
    token_hash: bytes | None = Field(default=None, unique=True)
    used_at: datetime | None = moment_column(default=None)


class SignInTry(SQLModel, table=True):
    """One try at a password, a code or a link. It counts as failed until ``succeeded_at`` is set.

    ``account_key`` is the SHA-256 of what was typed as the address, known here or not.
    """

    __tablename__ = "sign_in_try"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    at: datetime = moment_column()
    kind: str
    account_key: bytes
    address: str
    succeeded_at: datetime | None = moment_column(default=None)
    __table_args__ = (
        Index("sign_in_try_of_address", "address", "at"),
        Index("sign_in_try_of_account", "account_key", "at"),
    )


class KeptForm(SQLModel, table=True):
    """A form that came when its session was over: kept for its own writer, for a while."""

    __tablename__ = "kept_form"
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    path: str
    fields: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    kept_at: datetime = moment_column()
