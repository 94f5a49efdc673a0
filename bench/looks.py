"""Writing looks from many connections at once: into the chained table, and into the same table without its trigger."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter
from uuid import uuid4

from psycopg import AsyncConnection

from bench.parts import Parts
from bench.record import Answerer
from bench.table import Row
from iom.adapters.store import audit

TOGETHER, EACH = 16, 100
GOES_ON = 0.005
"""Seconds that a request's transaction goes on after its look, as one that reads a whole case does."""
PLAIN = """
create table audit_unchained (like audit including indexes);
alter table audit_unchained alter column id set default nextval('audit_id_seq'),
    alter column lane drop not null, alter column place drop not null, alter column hash drop not null
"""
INTO_PLAIN = audit.INSERT.replace("insert into audit ", "insert into audit_unchained ", 1)


async def measure(parts: Parts, answerer: Answerer, rounds: int) -> list[Row]:
    """Looks committed a second, one transaction each, chained against unchained: at least 0.5.

    Then the same in transactions that go on after their look. If one had to wait for another there, the sixteen would
    take turns: at least 0.8.
    """
    connections = [await AsyncConnection.connect(parts.database_url) for _ in range(TOGETHER)]
    await connections[0].execute(PLAIN)
    await connections[0].commit()
    rows = []
    for what, goes_on, aim in (("looks", 0.0, 0.5), ("looks in requests that go on", GOES_ON, 0.8)):
        pairs = []
        await _a_second(connections, answerer, audit.INSERT, goes_on)
        for _ in range(rounds):
            chained = await _a_second(connections, answerer, audit.INSERT, goes_on)
            pairs.append((chained, await _a_second(connections, answerer, INTO_PLAIN, goes_on)))
        rows.append(Row.of(f"{what}, {TOGETHER} connections, a second", pairs, at_least=aim))
    for conn in connections:
        await conn.close()
    return rows


async def _a_second(
    connections: Sequence[AsyncConnection], answerer: Answerer, statement: str, goes_on: float
) -> float:
    began = perf_counter()
    await asyncio.gather(*(_write(conn, answerer, statement, goes_on) for conn in connections))
    return len(connections) * EACH / (perf_counter() - began)


async def _write(conn: AsyncConnection, answerer: Answerer, statement: str, goes_on: float) -> None:
    actor = answerer.actor
    for _ in range(EACH):
        who = (datetime.now(UTC), actor.account_id, actor.role, actor.agency_id, None)
        what = ("consult", uuid4(), "case:LX-4F7Q", "case", None, None, None, "page", "127.0.0.1")
        await conn.execute(statement.encode(), (*who, *what))
        if goes_on:
            await asyncio.sleep(goes_on)
        await conn.commit()
