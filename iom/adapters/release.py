"""What a release does to the record before web and workers start: tables up to date, programmes published."""

from datetime import datetime

import psycopg
from psycopg.rows import dict_row

from iom.adapters.database import migrate
from iom.adapters.fences import put_up
from iom.adapters.programme_files import programmes
from iom.adapters.store.programmes import publish


async def prepare(url: str, at: datetime) -> int:
    """Makes the record at ``url`` fit this release; returns how many programme versions were new. Safe to run again.

    Raises Refused(programme_version_taken) if a published version was changed instead of given a new number.
    """
    migrate(url)
    async with await psycopg.AsyncConnection.connect(url, row_factory=dict_row) as conn:
        await put_up(conn)
        return sum([await publish(conn, programme, at) for programme in programmes().values()])
