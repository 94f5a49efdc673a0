"""Broken glass, for those who look at it afterwards. Shows who, when and why; nothing of the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from iom.adapters.database import Connection


@dataclass(frozen=True)
class BrokenGlass:
    """Somebody opened a case by themselves."""

    id: UUID
    case_id: UUID
    case_ref: str
    account_id: UUID
    name: str
    role: str
    agency: str
    why: str
    from_at: datetime
    until_at: datetime
    reviewed_at: datetime | None
    reviewer: str | None
    finding: str | None
    review_words: str


_READ = """
select access_grant.id, case_id, coalesce(fence.asked_ref(case_id), '') as case_ref, access_grant.account_id,
       account.name, account.role, agency.name as agency, why, from_at, until_at, reviewed_at,
       reviewer.name as reviewer, finding, review_words
from access_grant join account on account.id = access_grant.account_id join agency on agency.id = account.agency_id
left join account reviewer on reviewer.id = reviewed_by_id
where kind = 'break_glass'
"""


async def listed(conn: Connection, limit: int) -> Sequence[BrokenGlass]:
    """Those that nobody has reviewed first, then the newest."""
    async with conn.cursor(row_factory=class_row(BrokenGlass)) as cursor:
        found = await cursor.execute(
            f"{_READ} order by reviewed_at is not null, from_at desc, access_grant.id limit %s", (limit,)
        )
        return await found.fetchall()


async def one(conn: Connection, grant_id: UUID) -> BrokenGlass | None:
    """One of them."""
    async with conn.cursor(row_factory=class_row(BrokenGlass)) as cursor:
        return await (await cursor.execute(f"{_READ} and access_grant.id = %s", (grant_id,))).fetchone()


async def review(conn: Connection, grant_id: UUID, by: UUID, at: datetime, finding: str, words: str) -> bool:
    """Writes the finding down, unless there is one. Returns whether it was written."""
    written = await conn.execute(
        "update access_grant set reviewed_at = %s, reviewed_by_id = %s, finding = %s, review_words = %s"
        " where id = %s and reviewed_at is null",
        (at, by, finding, words, grant_id),
    )
    return written.rowcount == 1
