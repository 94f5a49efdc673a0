"""Those who sign in: their agencies, passwords, sessions and tokens. Secrets are kept as hashes only."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from iom.access import Actor, Tier
from iom.adapters.database import Connection
from iom.vocabulary import Role


def digest(token: str) -> bytes:
    """How a session or API token is kept: its SHA-256."""
    return hashlib.sha256(token.encode()).digest()


async def by_api_token(conn: Connection, token: str, vouched_since: datetime | None = None) -> Actor | None:
    """Whose token this is, and in the same statement: from here on the transaction is in their name.

    Nobody's, if their agency last vouched for them before ``vouched_since``.
    """
    found = await conn.execute(BY_API_TOKEN, (token,))
    row = await found.fetchone()
    if row is None or (vouched_since and row["vouched_at"] < vouched_since):
        return None
    return _actor(row)


@dataclass(frozen=True)
class SignedIn:
    """A browser's session: who it is, the token its forms carry, and when they last showed that it is they."""

    actor: Actor
    form_token: str
    session_id: UUID
    confirmed_at: datetime | None


async def by_session(conn: Connection, token: str, at: datetime) -> SignedIn | None:
    """Whose session this is, unless it is over at this moment. The transaction is then in their name.

    Being asked keeps it alive; that is written down once a minute at the most.
    """
    found = await conn.execute(_BY_SESSION, (token, at))
    row = await found.fetchone()
    return SignedIn(_actor(row), row["form_token"], row["session_id"], row["confirmed_at"]) if row else None


BY_API_TOKEN = "select * from fence.enter_by_token(%s)"  # noqa: S105 - a statement, no secret
_BY_SESSION = "select * from fence.enter_by_session(%s, %s)"

_BY_ID = """
select account.id, account.name, account.email, account.role, account.agency_id, agency.name as agency,
       agreement.tiers, agreement.expires_on as agreed_until
from account join agency on agency.id = account.agency_id
left join lateral (select tiers, expires_on from agreement where agency_id = agency.id and signed_on <= current_date
                   order by signed_on desc, expires_on desc limit 1) agreement on true
where account.id = %s
"""


def _actor(row: dict[str, Any]) -> Actor:
    tiers = frozenset(map(Tier, row["tiers"] or ()))
    until = row["agreed_until"] or date.min
    role = Role(row["role"])
    return Actor(row["id"], row["name"], row["email"], role, row["agency_id"], row["agency"], tiers, until)


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
    """The account as somebody who acts."""
    row = await (await conn.execute(_BY_ID, (account_id,))).fetchone()
    return _actor(row) if row else None


async def id_of(conn: Connection, email: str) -> UUID | None:
    """The id of the account with this address, unless it has left."""
    found = await conn.execute("select id from account where email = lower(%s) and left_at is null", (email,))
    row = await found.fetchone()
    return row["id"] if row else None


async def standing(conn: Connection, role: Role) -> UUID | None:
    """The account that holds this role for the whole scheme: the first to have joined."""
    found = await conn.execute(
        "select id from account where role = %s and left_at is null order by joined_at, id limit 1", (role,)
    )
    row = await found.fetchone()
    return row["id"] if row else None
