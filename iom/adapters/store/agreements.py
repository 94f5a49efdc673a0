"""Information sharing agreements: what an agency may see and until when (domain.md §5.5). The newest one counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from psycopg.rows import class_row

from iom.access import Tier
from iom.adapters.database import Connection
from iom.adapters.store.rows import insert
from iom.adapters.tables import Agreement

PROVISIONAL = "PROVISIONAL"
"""The reference of an agreement that stands until the signed one is recorded: pages say so."""

_PROVISIONAL = """
insert into agreement (id, agency_id, ref, title, tiers, signed_on, expires_on)
values (gen_random_uuid(), %s, %s, 'Until the signed agreement is recorded', %s, current_date, current_date + 365)
"""

_LISTED = """
select agency.name as agency, newest.ref, newest.title, newest.tiers, newest.signed_on, newest.expires_on
from agency left join lateral (
    select * from agreement where agency_id = agency.id and signed_on <= %s
    order by signed_on desc, expires_on desc limit 1
) newest on true
order by newest.expires_on nulls first, agency.name
"""


@dataclass(frozen=True)
class AgreementView:
    """An agency, and the agreement that counts today; all of that is None if there is none."""

    agency: str
    ref: str | None
    title: str | None
    tiers: list[str] | None
    signed_on: date | None
    expires_on: date | None

    @property
    def is_provisional(self) -> bool:
        """Whether nobody has recorded a signed one yet."""
        return self.ref == PROVISIONAL

    def days_left(self, today: date) -> int | None:
        """Days from today to its end; negative once it is over."""
        return (self.expires_on - today).days if self.expires_on else None


async def begin_provisional(conn: Connection, agency_id: UUID) -> None:
    """Lets a new agency's people work for a year at most; the matrix still says what each of them sees."""
    await conn.execute(_PROVISIONAL, (agency_id, PROVISIONAL, list(Tier)))


async def record(conn: Connection, signed: Agreement) -> None:
    """Writes a signed agreement down. It counts from the day it begins."""
    await insert(conn, signed)


async def listed(conn: Connection, today: date) -> Sequence[AgreementView]:
    """Every agency with the agreement that counts today: none first, then the soonest to end."""
    async with conn.cursor(row_factory=class_row(AgreementView)) as cursor:
        return await (await cursor.execute(_LISTED, (today,))).fetchall()
