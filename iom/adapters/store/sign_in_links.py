"""Links that sign in, once. The web writes that one was asked for; the link itself is made when its letter goes out.

So the record never holds a link that works, and asking for an address nobody has is the same one statement.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.letters.render import LetterKind
from iom.adapters.store.accounts import digest
from iom.adapters.store.letters import WAITING


@dataclass(frozen=True)
class Asked:
    """A link asked for: by what was typed as an address, in which browser, leading where, good until when."""

    email: str
    browser: str
    leading_to: str
    until: datetime


async def ask(conn: Connection, asked: Asked, at: datetime) -> None:
    """Notes that a link was asked for. The same work whether or not anybody has that address."""
    facts = {"email": asked.email, "browser": digest(asked.browser), "next": asked.leading_to}
    await conn.execute(_ASK, facts | {"at": at, "until": asked.until})
    await conn.execute("select pg_notify(%s, '')", (WAITING,))


_ASK = """
insert into sign_in_link (id, account_id, browser_hash, next, asked_at, until)
values (gen_random_uuid(),
        (select id from account where email = lower(%(email)s) and by_link and left_at is null),
        %(browser)s, %(next)s, %(at)s, %(until)s)
"""


async def write_letters(conn: Connection, at: datetime) -> int:
    """Writes the letters of links asked for by somebody who has an account; how many."""
    written = await conn.execute(_LETTERS, {"kind": LetterKind.SIGN_IN_LINK, "at": at})
    return written.rowcount


_LETTERS = """
with asked as (
    update sign_in_link set lettered_at = %(at)s
    where account_id is not null and lettered_at is null and used_at is null and until > %(at)s
    returning id, account_id, asked_at
)
insert into letter (id, key, kind, account_id, moment, written_at, in_digest, attempts)
select gen_random_uuid(), %(kind)s || '/' || id, %(kind)s, account_id, asked_at, %(at)s, false, 0 from asked
on conflict (key) do nothing
"""


async def make(conn: Connection, letter_key: str) -> str:
    """A new token for the link this letter is about. Any it had before opens nothing: that letter never went out."""
    token = secrets.token_urlsafe(32)
    await conn.execute(
        "update sign_in_link set token_hash = %s where id = %s", (digest(token), letter_key.split("/")[1])
    )
    return token


@dataclass(frozen=True)
class Opened:
    """A link that was used: whose it is and where it leads."""

    account_id: UUID
    email: str
    next: str


async def is_open(conn: Connection, token: str, browser: str, at: datetime) -> bool:
    """Whether this link would open in this browser now."""
    found = await conn.execute(
        "select from sign_in_link where token_hash = %s and browser_hash = %s and used_at is null and until > %s",
        (digest(token), digest(browser), at),
    )
    return await found.fetchone() is not None


async def use(conn: Connection, token: str, browser: str, at: datetime) -> Opened | None:
    """Uses the link; None if it is over, was used before, or was asked for in another browser. Once only."""
    found = await conn.execute(_USE, {"at": at, "token": digest(token), "browser": digest(browser)})
    row = await found.fetchone()
    return Opened(row["account_id"], row["email"], row["next"]) if row else None


_USE = """
update sign_in_link link set used_at = %(at)s from account
where link.token_hash = %(token)s and link.browser_hash = %(browser)s and link.used_at is null
  and link.until > %(at)s and account.id = link.account_id and account.by_link and account.left_at is null
returning link.account_id, account.email, link.next
"""
