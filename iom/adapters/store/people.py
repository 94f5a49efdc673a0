"""People, looked up by the identifiers that police, probation and prisons give them."""

from dataclasses import dataclass
from uuid import UUID

from iom.adapters.database import Connection


@dataclass(frozen=True)
class KnownPerson:
    """Someone the record knows: the reference of their open case, or else who they are."""

    id: UUID | None
    local_ref: str | None
    open_case_ref: str | None


_BY_IDENTIFIERS = "select id, local_ref, open_case_ref from fence.known_by(%s, %s, %s)"


async def by_identifiers(
    conn: Connection, pnc_id: str | None, crn: str | None, noms_number: str | None
) -> KnownPerson | None:
    """The person who has any of these identifiers (canonical forms; None matches nobody).

    They are found on cases the asker cannot see too, lest a nomination open a second one.
    """
    found = await conn.execute(_BY_IDENTIFIERS, (pnc_id, crn, noms_number))
    row = await found.fetchone()
    return KnownPerson(**row) if row else None
