"""Rows of cohort files that wait for a person to decide. Holding them is the import's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from iom.adapters.database import Connection

_WAITING = """
select local_ref, reason, matches, cells, held_at from held_row where decided_at is null
order by held_at, local_ref limit %s
"""


@dataclass(frozen=True)
class HeldRowView:
    """One row as it stood in its file, and the references of those it may be the same as."""

    local_ref: str
    reason: str
    matches: list[str]
    cells: Mapping[str, Any]
    held_at: datetime


async def waiting(conn: Connection, limit: int) -> Sequence[HeldRowView]:
    """Rows nobody has decided on, the oldest first."""
    async with conn.cursor(row_factory=class_row(HeldRowView)) as cursor:
        return await (await cursor.execute(_WAITING, (limit,))).fetchall()
