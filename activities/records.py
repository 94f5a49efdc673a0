"""What a plan asks of the record: its news, and a place for its acts. One activity, one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from temporalio import activity

from iom.adapters.database import Connection, Pool, transaction
from iom.adapters.delivery import write_digests
from iom.adapters.store import events, plans, programmes
from iom.adapters.store.folded import programmes_named
from iom.agenda import Act
from iom.events import Event
from iom.programme import Programme

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Advance:
    """A plan that has read the log up to ``after`` asks for what follows, or wants ``acts`` recorded there."""

    case: UUID
    after: int
    scope: UUID | None = None
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True)
class News:
    """The log after where the plan was, with every programme version it names. ``more``: ask again at once."""

    events: tuple[Event, ...]
    programmes: dict[str, Programme]
    more: bool


@dataclass(frozen=True)
class Records:
    """The activities that write to the record, on one pool of connections."""

    pool: Pool

    @activity.defn
    async def advance(self, asked: Advance) -> News:
        """Records the acts if nobody has written since the plan last read; gives the log after that either way.

        So a decision is only ever written on a log read to its end, and a retry after a lost answer repeats nothing.
        """
        async with transaction(self.pool) as conn:
            behind = await plans.lock_log(conn, asked.case)
            if asked.acts and behind is not None and behind.last_seq == asked.after:
                await plans.record(conn, asked.case, asked.scope, asked.acts)
            found = await events.read_after(conn, asked.case, asked.after, MOST_AT_ONCE)
            if asked.scope is None and found:
                await plans.acknowledge(conn, asked.case, found[-1].seq)
            return News(tuple(found), await _named(conn, found), len(found) == MOST_AT_ONCE)

    @activity.defn
    async def write_digests(self, day: date, at: datetime) -> None:
        """Gathers each reader's waiting entries into one digest for ``day``."""
        async with transaction(self.pool) as conn:
            await write_digests(conn, day, at)


async def _named(conn: Connection, found: list[Event]) -> dict[str, Programme]:
    return {key: await programmes.get(conn, key) for key in programmes_named(found)}
