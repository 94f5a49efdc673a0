"""The chain of the record of looks: seals put on its lanes, and the whole of it read through. Alters no row."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from iom.adapters.database import Connection
from iom.chain import Fault, Head, Lanes, Link, Seal, Seals, missing_lane, missing_seal

SEALING = 7_235_002
"""Advisory lock: two workers that seal at one moment do it one after the other. Nobody else takes it."""

AT_ONCE = 2000
"""Rows fetched in one trip: what a verification holds in memory, whatever the table's size."""

TEXT = """json_build_array(
    audit.id, (extract(epoch from audit.at) * 1000000)::bigint, audit.account_id, audit.role, audit.agency_id,
    audit.session_id, audit.action, audit.case_id, audit.object, audit.purpose, audit.terms, audit.justification,
    audit.recipient, audit.channel, audit.address, audit.lane, audit.place)::text"""
"""What of a row was hashed: every column, as migration 0003's trigger has it."""

_SEAL_TEXT = """json_build_array(
    number, (extract(epoch from at) * 1000000)::bigint, lane, place, encode(head, 'hex'))::text"""

_ROWS = f"""
select audit.id, audit.lane, audit.place, audit.hash, {TEXT}, head.place, head.hash
from audit left join audit_head head on head.lane = audit.lane order by audit.lane, audit.place
"""

_EMPTY_LANES = """
select lane, place, hash from audit_head head
where not exists (select from audit where audit.lane = head.lane) order by lane
"""

_SEALS = f"""
select seal.number, seal.lane, seal.place, seal.head, seal.hash, seal.text, audit.hash
from (select *, {_SEAL_TEXT} as text from audit_seal) seal
left join audit on audit.lane = seal.lane and audit.place = seal.place order by seal.number
"""

_UNSEALED = """
select head.lane, head.place, head.hash from audit_head head
where head.place is distinct from
      (select place from audit_seal seal where seal.lane = head.lane order by number desc limit 1)
order by head.lane
"""

_LAST_SEAL = "select number, hash from audit_seal order by number desc limit 1"

_PUT_SEAL = f"""
insert into audit_seal (number, at, lane, place, head, hash)
select number, at, lane, place, head, sha256(%(before)s || convert_to({_SEAL_TEXT}, 'UTF8'))
from (select %(number)s::bigint as number, %(at)s::timestamptz as at, %(lane)s::bigint as lane,
             %(place)s::bigint as place, %(head)s::bytea as head) seal
returning hash
"""


@dataclass(frozen=True)
class Sealed:
    """How many lanes were sealed, and the last seal there is: written down elsewhere, it witnesses to all before it."""

    lanes: int
    number: int
    hash: str

    @property
    def stands(self) -> str:
        """The last seal as it is written down elsewhere; empty if there is none."""
        return f"{self.number}:{self.hash}" if self.number else ""


@dataclass
class Reading:
    """What a verification has come to. ``last_seal`` is the number and hash of the last one."""

    rows: int = 0
    lanes: int = 0
    seals: int = 0
    last_seal: str = ""
    faults: list[Fault] = field(default_factory=list)

    def found(self, fault: Fault | None) -> None:
        """Notes a fault, if it is one."""
        if fault is not None:
            self.faults.append(fault)


async def seal(conn: Connection, at: datetime) -> Sealed:
    """Puts a seal on the end of every lane that has moved since its last one. Delays nobody's look."""
    await conn.execute("select pg_advisory_xact_lock(%s)", (SEALING,))
    last = await (await conn.execute(_LAST_SEAL)).fetchone()
    number, before = (last["number"], last["hash"]) if last else (0, b"")
    moved = await (await conn.execute(_UNSEALED)).fetchall()
    for head in moved:
        number += 1
        values = {"number": number, "at": at, "before": before, "lane": head["lane"]}
        written = await conn.execute(_PUT_SEAL, values | {"place": head["place"], "head": head["hash"]})
        before = (await written.fetchone() or {})["hash"]
    return Sealed(len(moved), number, before.hex())


async def read_through(conn: Connection, stands: str = "") -> Reading:
    """Reads every row and every seal once, as they are at one moment, and says the first fault of each lane.

    ``stands`` is a seal written down elsewhere, as ``number:hash``: it must still be what it was.
    """
    await conn.execute("set transaction isolation level repeatable read, read only")
    reading, lanes, seals = Reading(), Lanes(), Seals()
    lane = None
    async for row in _stream(conn, "looks", _ROWS):
        reading.rows += 1
        reading.lanes += row[1] != lane
        lane = row[1]
        head = Head(row[5], row[6]) if row[5] is not None else None
        reading.found(lanes.follow(Link(row[0], row[1], row[2], row[3], row[4], head)))
    reading.found(lanes.end())
    async for row in _stream(conn, "empty_lanes", _EMPTY_LANES):
        reading.found(missing_lane(row[0], Head(*row[1:])))
    witnessed = not stands
    async for row in _stream(conn, "seals", _SEALS):
        reading.seals += 1
        reading.last_seal = f"{row[0]}:{row[4].hex()}"
        witnessed = witnessed or reading.last_seal == stands
        reading.found(seals.follow(Seal(*row)))
    if not witnessed:
        reading.found(missing_seal(stands))
    return reading


async def _stream(conn: AsyncConnection[Any], name: str, statement: str) -> AsyncIterator[tuple[Any, ...]]:
    """Rows by a cursor on the server, binary, so many at a time."""
    async with conn.cursor(name, row_factory=tuple_row) as cursor:
        await cursor.execute(statement, binary=True)
        while rows := await cursor.fetchmany(AT_ONCE):
            for row in rows:
                yield row
