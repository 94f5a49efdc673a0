"""How commands reach the record: at the address the settings give, or not at all with a sentence on what to do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg import AsyncConnection, OperationalError
from psycopg.errors import UndefinedTable

from iom.adapters.database import Pool, open_pool
from iom.adapters.settings import load_settings
from iom.refusals import Refused

PATIENCE_SECONDS = 5


@asynccontextmanager
async def the_record() -> AsyncIterator[Pool]:
    """A pool for one command. Raises Refused(record_unreachable) or Refused(record_not_migrated)."""
    url = load_settings().database_url
    try:
        async with await AsyncConnection.connect(url, connect_timeout=PATIENCE_SECONDS):
            pass  # a pool would try again for long, and log every attempt
        async with open_pool(url, size=2) as pool:
            yield pool
    except OperationalError:
        sentence = (
            "The database does not answer. Start the demo, or correct IOM_DATABASE_URL; then run this again."
        )
        raise Refused("record_unreachable", sentence) from None
    except UndefinedTable:
        sentence = "The database has no tables of this service yet. Run iom migrate first."
        raise Refused("record_not_migrated", sentence) from None
