"""The record of looks and changes (Data Protection Act 2018 s.62). Insert only; ids and codes, no content."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iom.adapters.database import Connection

INSERT = (
    "insert into audit (at, account_id, action, case_id, object, purpose, channel, address)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s)"
)


@dataclass(frozen=True)
class Look:
    """Who did what to whose record, why and through what: ``action`` is one of the six of s.62."""

    account_id: UUID | None
    action: str
    object: str
    purpose: str
    channel: str
    case_id: UUID | None = None
    address: str = ""


async def write(conn: Connection, look: Look, at: datetime) -> None:
    """Adds one look."""
    shown = (look.object, look.purpose, look.channel, look.address)
    await conn.execute(INSERT, (at, look.account_id, look.action, look.case_id, *shown))
