"""The first answer to each keyed request, found by its key, which is held until the transaction ends."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.store.rows import insert
from iom.adapters.tables import KeptAnswer

HOLD = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
FIRST = "select asked, status, location, body from kept_answer where id = %s"


@dataclass(frozen=True)
class Answer:
    """What was asked, as a digest, and what was answered."""

    asked: bytes
    status: int
    location: str | None
    body: str


async def first(conn: Connection, request_id: UUID) -> Answer | None:
    """What was answered under this key before; waits for a request under the same key that is under way."""
    async with conn.pipeline():
        await conn.execute(HOLD, (str(request_id),))
        found = await conn.execute(FIRST, (request_id,))
        row = await found.fetchone()
    return Answer(**row | {"asked": bytes(row["asked"])}) if row else None


async def keep(conn: Connection, request_id: UUID, account_id: UUID, answer: Answer, at: datetime) -> None:
    """Keeps an answer with what it answers, in the same transaction."""
    kept = KeptAnswer(id=request_id, account_id=account_id, at=at, **vars(answer))
    await insert(conn, kept)
