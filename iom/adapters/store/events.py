"""The case's log: appending with gapless numbers, reading by number. The only place that writes ``event``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from iom.adapters.database import Connection
from iom.events import Entry, Event, EventKind

NEWS = "case_news"
"""The channel on which a case's id is told when its log has grown."""

APPEND = """
with numbered as (
    update cases set last_seq = last_seq + cardinality(%(kinds)s::text[]) where id = %(case)s returning last_seq
), written as (
    insert into event (case_id, seq, kind, at, by_id, request_id, data)
    select %(case)s, last_seq - cardinality(%(kinds)s::text[]) + n, kind, %(at)s, %(by)s::uuid,
           case when n = 1 then %(request)s::uuid end, data
    from numbered, unnest(%(kinds)s::text[], %(data)s::jsonb[]) with ordinality as entry (kind, data, n)
)
select last_seq, case when %(tell)s then pg_notify(%(channel)s, %(case)s::text) end from numbered
"""

_BY_REQUEST = "select case_id, seq, kind, at, by_id as by, data from event where request_id = %s"

_READ = """
select seq, kind, at, by_id as by, data from event where case_id = %s and seq > %s order by seq limit %s
"""


async def append(
    conn: Connection,
    case_id: UUID,
    entries: Sequence[Entry],
    at: datetime,
    by: UUID | None = None,
    request_id: UUID | None = None,
    *,
    tell: bool = True,
) -> int:
    """Appends entries to the case's log under its lock, and tells the postman at commit. Returns the last number.

    ``tell=False`` is for what the plan itself writes: it knows already.
    ``request_id`` is kept with the first entry and is unique: a second use raises psycopg's UniqueViolation.
    """
    written = await conn.execute(
        APPEND,
        {
            "case": case_id,
            "kinds": [entry.kind for entry in entries],
            "data": [Jsonb(dict(entry.data)) for entry in entries],
            "at": at,
            "by": by,
            "request": request_id,
            "channel": NEWS,
            "tell": tell,
        },
    )
    row = await written.fetchone()
    assert row is not None, "the case was read before anything was written about it"
    return int(row["last_seq"])


@dataclass(frozen=True)
class Written:
    """An entry that is in some case's log already."""

    case_id: UUID
    event: Event


async def by_request(conn: Connection, request_id: UUID) -> Written | None:
    """What an earlier request of this id wrote, if there was one."""
    found = await conn.execute(_BY_REQUEST, (request_id,))
    row = await found.fetchone()
    return Written(row.pop("case_id"), _event(row)) if row else None


async def read_after(conn: Connection, case_id: UUID, seq: int, most: int = 1_000_000) -> list[Event]:
    """The log after number ``seq``, in order, at most ``most`` entries of it."""
    rows = await conn.execute(_READ, (case_id, seq, most))
    return [_event(row) async for row in rows]


def _event(row: dict[str, Any]) -> Event:
    return Event(**{**row, "kind": EventKind(row["kind"])})
