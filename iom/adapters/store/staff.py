"""Those who work on cases, for choosing one of them. Knows no password and no session."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.rows import class_row

from iom.adapters.database import Connection

_EVERYBODY = """
select account.email, account.name, agency.name as agency, account.role
from account join agency on agency.id = account.agency_id
where account.left_at is null order by account.name, account.email
"""


@dataclass(frozen=True)
class Colleague:
    """Somebody who signs in."""

    email: str
    name: str
    agency: str
    role: str


async def everybody(conn: Connection) -> Sequence[Colleague]:
    """Everybody who has not left, by name."""
    async with conn.cursor(row_factory=class_row(Colleague)) as cursor:
        return await (await cursor.execute(_EVERYBODY)).fetchall()
