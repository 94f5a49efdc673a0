"""Browsers' sessions: begun, listed, confirmed, ended. Only hashes of their tokens are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from psycopg.rows import class_row

from iom.adapters.database import Connection
from iom.adapters.store.accounts import digest
from iom.adapters.store.rows import insert
from iom.adapters.tables import Session

LONGEST_AGENT = 200


@dataclass(frozen=True)
class Beginning:
    """A session about to begin: whose, by which way in, where, and until when.

    ``confirmed`` says whether its owner has just shown a password or a code.
    """

    account_id: UUID
    how: str
    idle_minutes: int
    until: datetime
    address: str
    agent: str
    confirmed: bool


async def begin(conn: Connection, token: str, form_token: str, new: Beginning, at: datetime) -> UUID:
    """Begins a session and gives its id. The account's other sessions go on."""
    session = Session(
        id=uuid4(),
        token_hash=digest(token),
        account_id=new.account_id,
        form_token=form_token,
        how=new.how,
        began_at=at,
        seen_at=at,
        idle_minutes=new.idle_minutes,
        until=new.until,
        confirmed_at=at if new.confirmed else None,
        address=new.address,
        agent=new.agent[:LONGEST_AGENT],
    )
    await insert(conn, session)
    return session.id


@dataclass(frozen=True)
class OwnSession:
    """One session as its owner reads it."""

    id: UUID
    how: str
    began_at: datetime
    seen_at: datetime
    until: datetime
    address: str
    agent: str


async def listed(conn: Connection, account_id: UUID, at: datetime) -> Sequence[OwnSession]:
    """The account's sessions that are not over, the last used first."""
    async with conn.cursor(row_factory=class_row(OwnSession)) as cursor:
        return await (await cursor.execute(_LISTED, (account_id, at))).fetchall()


_LISTED = """
select id, how, began_at, seen_at, until, address, agent from session
where account_id = %s and ended_at is null and until > %s order by seen_at desc, id
"""


async def end(conn: Connection, session_id: UUID, account_id: UUID, at: datetime) -> bool:
    """Ends one session of this account: its cookie opens nothing any more. Whether there was one to end."""
    ended = await conn.execute(
        "update session set ended_at = %s where id = %s and account_id = %s and ended_at is null",
        (at, session_id, account_id),
    )
    return ended.rowcount > 0


async def end_all(conn: Connection, account_id: UUID, at: datetime) -> int:
    """Ends every session of this account; how many."""
    ended = await conn.execute(
        "update session set ended_at = %s where account_id = %s and ended_at is null", (at, account_id)
    )
    return ended.rowcount


async def end_by_token(conn: Connection, token: str, at: datetime) -> None:
    """Ends whichever session a browser held before it began another."""
    await conn.execute(
        "update session set ended_at = %s where token_hash = %s and ended_at is null", (at, digest(token))
    )


async def confirm(conn: Connection, session_id: UUID, at: datetime) -> None:
    """Its owner has just shown again that it is they."""
    await conn.execute("update session set confirmed_at = %s where id = %s", (at, session_id))


@dataclass(frozen=True)
class Clock:
    """When a session ends by itself: ``idle_until`` if nothing is opened, ``until`` in any case."""

    account_id: UUID
    form_token: str
    idle_until: datetime
    until: datetime

    @property
    def ends_at(self) -> datetime:
        """The earlier of the two."""
        return min(self.idle_until, self.until)


async def clock(conn: Connection, token: str) -> Clock | None:
    """The clock of the session of this token, over or not, unless somebody ended it. Asking does not keep it alive."""
    row = await (await conn.execute(_CLOCK, (digest(token),))).fetchone()
    if row is None:
        return None
    idle_until = row["seen_at"] + timedelta(minutes=row["idle_minutes"])
    return Clock(row["account_id"], row["form_token"], idle_until, row["until"])


_CLOCK = """
select account_id, form_token, seen_at, idle_minutes, until from session
where token_hash = %s and ended_at is null
"""


async def stay(conn: Connection, token: str, at: datetime) -> None:
    """Its owner asked to stay signed in; a session that is over stays over."""
    await conn.execute(
        "update session set seen_at = %(at)s where token_hash = %(token)s and ended_at is null and until > %(at)s"
        " and seen_at > %(at)s - make_interval(mins => idle_minutes)",
        {"at": at, "token": digest(token)},
    )
