"""Tries at signing in with a directory, and whose account it is. Knows no token and asks no directory."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.store.accounts import digest

LASTS = timedelta(minutes=10)
"""How long somebody may take at the directory."""


@dataclass(frozen=True)
class Begun:
    """A try that was under way until now."""

    next: str
    began_at: datetime


async def begin(conn: Connection, state: str, secret: str, directory: str, to: str, at: datetime) -> None:
    """Notes that somebody is sent to this directory, and ``to`` where they want to be then. Forgets old tries."""
    await conn.execute("delete from directory_attempt where began_at < %s", (at - LASTS,))
    await conn.execute(
        "insert into directory_attempt (state_hash, browser_hash, directory, next, began_at)"
        " values (%s, %s, %s, %s, %s)",
        (digest(state), digest(secret), directory, to, at),
    )


async def spend(conn: Connection, state: str, secret: str, directory: str, at: datetime) -> Begun | None:
    """The try with this state, if this browser began it with this directory not long ago. It works once."""
    found = await conn.execute(
        "update directory_attempt set used_at = %s where state_hash = %s and browser_hash = %s and directory = %s"
        " and used_at is null and began_at > %s and began_at <= %s returning next, began_at",
        (at, digest(state), digest(secret), directory, at - LASTS, at),
    )
    row = await found.fetchone()
    return Begun(row["next"], row["began_at"]) if row else None


async def linked(conn: Connection, issuer: str, subject: str, agency: str) -> UUID | None:
    """The account this person of the directory is, unless it has left or moved to another agency."""
    found = await conn.execute(
        "select account.id from directory_identity join account on account.id = account_id"
        " join agency on agency.id = account.agency_id"
        " where issuer = %s and subject = %s and agency.code = %s and account.left_at is null",
        (issuer, subject, agency),
    )
    row = await found.fetchone()
    return row["id"] if row else None


async def link(
    conn: Connection, issuer: str, subject: str, email: str, agency: str, at: datetime
) -> UUID | None:
    """Makes the agency's account with this address this person's, if neither has been linked with this issuer.

    Not one that an import made for an address: nobody has said yet that its owner may come in.
    """
    found = await conn.execute(
        "insert into directory_identity (issuer, subject, account_id, linked_at)"
        " select %s, %s, account.id, %s from account join agency on agency.id = account.agency_id"
        " where account.email = %s and agency.code = %s and account.left_at is null"
        " and (account.password_hash is not null or account.by_link)"
        " on conflict do nothing returning account_id",
        (issuer, subject, at, email, agency),
    )
    row = await found.fetchone()
    return row["account_id"] if row else None


async def unlink(conn: Connection, account_id: UUID) -> int:
    """Forgets who this account is in any directory; returns in how many it was somebody."""
    return (
        await conn.execute("delete from directory_identity where account_id = %s", (account_id,))
    ).rowcount


async def agency_name(conn: Connection, code: str) -> str:
    """What people call the agency; its code if there is none."""
    row = await (await conn.execute("select name from agency where code = %s", (code,))).fetchone()
    return row["name"] if row else code
