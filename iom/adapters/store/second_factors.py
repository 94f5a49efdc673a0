"""Second factors: the app's secret, the last half-minute used, and recovery codes. Makes and checks no code."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from iom.adapters.database import Connection
from iom.adapters.store.rows import insert
from iom.adapters.tables import RecoveryCode


@dataclass(frozen=True)
class Factor:
    """An account's app. Codes of ``last_counter`` and earlier have been used up."""

    secret: str
    last_counter: int


async def of(conn: Connection, account_id: UUID) -> Factor | None:
    """The account's second factor, if it is set up."""
    async with conn.cursor(row_factory=class_row(Factor)) as cursor:
        query = "select secret, last_counter from second_factor where account_id = %s"
        return await (await cursor.execute(query, (account_id,))).fetchone()


async def set_up(conn: Connection, account_id: UUID, secret: str, counter: int, at: datetime) -> bool:
    """Keeps a new app's secret; False if there is one already, set up at the same moment elsewhere."""
    kept = await conn.execute(
        "insert into second_factor (account_id, secret, set_up_at, last_counter) values (%s, %s, %s, %s)"
        " on conflict (account_id) do nothing",
        (account_id, secret, at, counter),
    )
    return kept.rowcount > 0


async def use_up(conn: Connection, account_id: UUID, counter: int) -> bool:
    """Uses the code of this half-minute; False if it, or a later one, was used before. Once only, however many ask."""
    used = await conn.execute(
        "update second_factor set last_counter = %(counter)s"
        " where account_id = %(account)s and last_counter < %(counter)s",
        {"counter": counter, "account": account_id},
    )
    return used.rowcount > 0


async def remove(conn: Connection, account_id: UUID) -> None:
    """Forgets the app and its recovery codes: at the next sign-in a new one is set up."""
    await conn.execute("delete from second_factor where account_id = %s", (account_id,))
    await conn.execute("delete from recovery_code where account_id = %s", (account_id,))


def _hashed(account_id: UUID, code: str) -> bytes:
    return hashlib.sha256(account_id.bytes + code.encode()).digest()


async def replace_recovery_codes(
    conn: Connection, account_id: UUID, codes: Sequence[str], at: datetime
) -> None:
    """These codes work from now on; any earlier ones do not."""
    await conn.execute("delete from recovery_code where account_id = %s", (account_id,))
    await insert(
        conn,
        *(
            RecoveryCode(code_hash=_hashed(account_id, code), account_id=account_id, made_at=at)
            for code in codes
        ),
    )


async def use_recovery_code(conn: Connection, account_id: UUID, code: str, at: datetime) -> bool:
    """Uses a recovery code; False if it is none, or was used before."""
    used = await conn.execute(
        "update recovery_code set used_at = %s where code_hash = %s and account_id = %s and used_at is null",
        (at, _hashed(account_id, code), account_id),
    )
    return used.rowcount > 0


async def recovery_codes_left(conn: Connection, account_id: UUID) -> int:
    """How many recovery codes still work."""
    query = "select count(*) as left_over from recovery_code where account_id = %s and used_at is null"
    row = await (await conn.execute(query, (account_id,))).fetchone()
    return int(row["left_over"]) if row else 0
