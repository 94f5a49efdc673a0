"""Those who sign in: their agencies, passwords, sessions and tokens. Secrets are kept as hashes only."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from iom.access import Actor
from iom.adapters.database import Connection
from iom.vocabulary import Role

SEEN_EVERY = timedelta(minutes=1)


def digest(token: str) -> bytes:
    """How a session or API token is kept: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


async def by_api_token(conn: Connection, token: str) -> Actor | None:
    """Whose token this is, and in the same statement: from here on the transaction is in their name."""
    found = await conn.execute(BY_API_TOKEN, (digest(token),))
    row = await found.fetchone()
    return _actor(row) if row else None


@dataclass(frozen=True)
class SignedIn:
    """A browser's session: who it is, and the token its forms carry."""

    actor: Actor
    form_token: str


async def by_session(conn: Connection, token: str, alive_since: datetime) -> SignedIn | None:
    """Whose session this is, unless ended or not seen since ``alive_since``. The transaction is then in their name."""
    found = await conn.execute(_BY_SESSION, (digest(token), alive_since))
    row = await found.fetchone()
    return SignedIn(_actor(row), row["form_token"]) if row else None


_ACTOR = """account.id, account.name, account.email, account.role, account.agency_id, agency.name as agency,
       set_config('iom.account', account.id::text, true)"""

BY_API_TOKEN = f"""
select {_ACTOR} from api_token join account on account.id = api_token.account_id join agency on agency.id = agency_id
where token_hash = %s and revoked_at is null and account.left_at is null
"""

_BY_SESSION = f"""
select {_ACTOR}, form_token from session
join account on account.id = session.account_id join agency on agency.id = agency_id
where token_hash = %s and seen_at > %s and ended_at is null and account.left_at is null
"""


_BY_ID = f"select {_ACTOR} from account join agency on agency.id = agency_id where account.id = %s"


def _actor(row: dict[str, Any]) -> Actor:
    return Actor(row["id"], row["name"], row["email"], Role(row["role"]), row["agency_id"], row["agency"])


@dataclass(frozen=True)
class Credentials:
    """What a password is checked against."""

    account_id: UUID
    password_hash: str | None


async def credentials(conn: Connection, email: str) -> Credentials | None:
    """The account with this address, unless it has left."""
    found = await conn.execute(
        "select id, password_hash from account where email = lower(%s) and left_at is null", (email,)
    )
    row = await found.fetchone()
    return Credentials(row["id"], row["password_hash"]) if row else None


async def by_id(conn: Connection, account_id: UUID) -> Actor | None:
    """The account as somebody who acts. The transaction is in their name."""
    row = await (await conn.execute(_BY_ID, (account_id,))).fetchone()
    return _actor(row) if row else None


async def id_of(conn: Connection, email: str) -> UUID | None:
    """The id of the account with this address, unless it has left."""
    known = await credentials(conn, email)
    return known.account_id if known else None


async def standing(conn: Connection, role: Role) -> UUID | None:
    """The account that holds this role for the whole scheme: the first to have joined."""
    found = await conn.execute(
        "select id from account where role = %s and left_at is null order by joined_at, id limit 1", (role,)
    )
    row = await found.fetchone()
    return row["id"] if row else None


async def begin_session(
    conn: Connection, token: str, account_id: UUID, form_token: str, at: datetime
) -> None:
    """Begins a browser's session. Neither its token nor its account's earlier sessions are changed by it."""
    await conn.execute(
        "insert into session (token_hash, account_id, form_token, began_at, seen_at) values (%s, %s, %s, %s, %s)",
        (digest(token), account_id, form_token, at, at),
    )


async def see_session(conn: Connection, token: str, at: datetime) -> None:
    """Notes that the session is in use, once a minute at the most: looking at a page seldom writes for it."""
    await conn.execute(
        "update session set seen_at = %s where token_hash = %s and seen_at < %s",
        (at, digest(token), at - SEEN_EVERY),
    )


async def end_session(conn: Connection, token: str, at: datetime) -> None:
    """Ends the session: its cookie opens nothing any more."""
    await conn.execute("update session set ended_at = %s where token_hash = %s", (at, digest(token)))
