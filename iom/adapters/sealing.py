"""Puts seals on the record of looks, again and again, in every worker. Says each in the log, as a witness elsewhere."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from psycopg import OperationalError

from iom.adapters.database import Pool, transaction
from iom.adapters.settings import Settings
from iom.adapters.store import audit_chain
from iom.adapters.store.audit_chain import Sealed

log = structlog.get_logger()

Clock = Callable[[], datetime]


async def keep_sealing(pool: Pool, settings: Settings, now: Clock) -> None:
    """Seal until cancelled, every so many minutes. Safe in any number of processes; an outage is waited out.

    The line in the log holds what `iom audit verify --stands` takes.
    """
    while True:
        try:
            sealed = await seal_once(pool, now())
            if sealed.lanes:
                log.info("looks_sealed", lanes=sealed.lanes, stands=sealed.stands)
        except OperationalError:
            log.warning("postgres_out_of_reach")
        await asyncio.sleep(settings.audit_seal_minutes * 60)


async def seal_once(pool: Pool, at: datetime) -> Sealed:
    """Seals every lane that moved."""
    async with transaction(pool) as conn:
        return await audit_chain.seal(conn, at)
