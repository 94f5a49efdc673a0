"""Half sign-ins: the minutes between password or link and second factor. Only hashes of their tokens are kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from iom.adapters.database import Connection
from iom.adapters.store.accounts import digest
from iom.adapters.store.rows import insert
from iom.adapters.tables import HalfSignIn


@dataclass(frozen=True)
class Half:
    """Somebody who has shown one factor. ``secret`` is of an app being set up; ``has_factor`` whether one is."""

    account_id: UUID
    email: str
    role: str
    form_token: str
    how: str
    next: str
    secret: str | None
    has_factor: bool


async def begin(
    conn: Connection, token: str, form_token: str, account_id: UUID, how: str, leading_to: str, at: datetime
) -> None:
    """Begins one; any others of the same account go on until they are over."""
    half = HalfSignIn(
        token_hash=digest(token),
        account_id=account_id,
        form_token=form_token,
        how=how,
        next=leading_to,
        began_at=at,
    )
    await insert(conn, half)


async def of(conn: Connection, token: str, began_after: datetime, most_tries: int) -> Half | None:
    """The half sign-in of this token, unless it is over: finished, too old, or tried too often."""
    async with conn.cursor(row_factory=class_row(Half)) as cursor:
        return await (await cursor.execute(_OF, (digest(token), began_after, most_tries))).fetchone()


_OF = """
select half.account_id, account.email, account.role, half.form_token, half.how, half.next, half.secret,
       exists (select from second_factor where second_factor.account_id = half.account_id) as has_factor
from half_sign_in half join account on account.id = half.account_id
where half.token_hash = %s and half.began_at > %s and half.tries < %s and half.ended_at is null
  and account.left_at is null
"""


async def count_try(conn: Connection, token: str) -> None:
    """One more try at its code."""
    await conn.execute("update half_sign_in set tries = tries + 1 where token_hash = %s", (digest(token),))


async def keep_secret(conn: Connection, token: str, secret: str) -> str:
    """Keeps the secret of an app being set up, the first one given, and gives that."""
    kept = await conn.execute(
        "update half_sign_in set secret = coalesce(secret, %s) where token_hash = %s returning secret",
        (secret, digest(token)),
    )
    row = await kept.fetchone()
    return str(row["secret"]) if row else secret


async def end(conn: Connection, token: str, at: datetime) -> bool:
    """Finishes it; False if it was finished before: one password and one code begin one session."""
    ended = await conn.execute(
        "update half_sign_in set ended_at = %s where token_hash = %s and ended_at is null",
        (at, digest(token)),
    )
    return ended.rowcount > 0
