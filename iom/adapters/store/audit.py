"""The record of looks and changes (Data Protection Act 2018 s.62). Insert only; ids and codes, no content."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iom.adapters.database import Connection

INSERT = (
    "insert into audit (at, account_id, role, agency_id, session_id, action, case_id, object, purpose, terms,"
    " justification, recipient, channel, address) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
"""One cheap statement: every request that changes anything waits for it. The table's trigger adds it to its lane."""


@dataclass(frozen=True)
class Look:
    """Who did what to whose record, why and through what: ``action`` is one of the six of s.62.

    ``terms`` are what a search asked for, ``justification`` what somebody said why they looked, ``recipient`` who was
    told in a disclosure (``account:`` or ``agency:`` and its id). ``session_id`` names a session and opens none.
    """

    account_id: UUID | None
    action: str
    object: str
    purpose: str
    channel: str
    case_id: UUID | None = None
    address: str = ""
    role: str | None = None
    agency_id: UUID | None = None
    session_id: UUID | None = None
    terms: str | None = None
    justification: str | None = None
    recipient: str | None = None


async def write(conn: Connection, look: Look, at: datetime) -> None:
    """Adds one look."""
    who = (at, look.account_id, look.role, look.agency_id, look.session_id)
    what = (
        look.action,
        look.case_id,
        look.object,
        look.purpose,
        look.terms,
        look.justification,
        look.recipient,
    )
    await conn.execute(INSERT, (*who, *what, look.channel, look.address))
