"""Information sharing agreements: what an agency may see and until when (domain.md §5.5). The newest one counts."""

from uuid import UUID

from iom.access import Tier
from iom.adapters.database import Connection

PROVISIONAL = "PROVISIONAL"
"""The reference of an agreement that stands until the signed one is recorded: pages say so."""

_PROVISIONAL = """
insert into agreement (id, agency_id, ref, title, tiers, signed_on, expires_on)
values (gen_random_uuid(), %s, %s, 'Until the signed agreement is recorded', %s, current_date, current_date + 365)
"""


async def begin_provisional(conn: Connection, agency_id: UUID) -> None:
    """Lets a new agency's people work for a year at most; the matrix still says what each of them sees."""
    await conn.execute(_PROVISIONAL, (agency_id, PROVISIONAL, list(Tier)))
