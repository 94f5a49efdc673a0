"""Who has looked at one person's record, for those who see all of the case. Adds no row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from iom.adapters.database import Connection


@dataclass(frozen=True)
class CaseLook:
    """One look at this person: ``object`` says at what, without naming anybody else who was in the same list."""

    id: int
    at: datetime
    name: str | None
    agency: str | None
    role: str | None
    action: str
    object: str
    purpose: str
    justification: str | None
    recipient: str | None
    channel: str


async def readable(conn: Connection, ref: str) -> UUID | None:
    """The id of the case, if whoever is signed in may read who has looked at it."""
    row = await (await conn.execute("select fence.looks_readable(%s) as id", (ref,))).fetchone()
    return row["id"] if row else None


async def newest(conn: Connection, ref: str, limit: int, before: int | None = None) -> Sequence[CaseLook]:
    """Looks at the person, alone or in a list, the newest first, from behind the one whose id is ``before``."""
    async with conn.cursor(row_factory=class_row(CaseLook)) as cursor:
        found = await cursor.execute("select * from fence.looks_at(%s, %s, %s)", (ref, before, limit))
        return await found.fetchall()
