"""An account as the door knows it: may it come in? Read once somebody has shown that it is theirs; never before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from iom.adapters.database import Connection
from iom.calendar import LONDON
from iom.refusals import Refused
from iom.standing import Lock, Standing, Terms

STANDING = """
account.joined_at, account.recertified_at, account.unlocked_at,
(select max(began_at) from session where session.account_id = account.id) as signed_in_at
"""
"""The columns that ``standing_of`` reads."""


@dataclass(frozen=True)
class AtDoor:
    """Whose account it is and what decides about it. ``agency_code`` is what settings name the agency by."""

    account_id: UUID
    email: str
    name: str
    role: str
    agency: str
    agency_code: str
    password_hash: str | None
    standing: Standing


async def by_id(conn: Connection, account_id: UUID) -> AtDoor:
    """The account, unless it has left. Raises Refused(account_unknown)."""
    row = await (await conn.execute(_BY_ID, (account_id,))).fetchone()
    if row is None:
        raise Refused(
            "account_unknown", "This account is not there any more. Ask your agency's point of contact."
        )
    return AtDoor(
        account_id,
        row["email"],
        row["name"],
        row["role"],
        row["agency"],
        row["agency_code"],
        row["password_hash"],
        standing_of(row),
    )


_BY_ID = f"""
select account.email, account.name, account.role, account.password_hash, agency.name as agency,
       agency.code as agency_code, {STANDING}
from account join agency on agency.id = account.agency_id where account.id = %s and account.left_at is null
"""


def standing_of(row: dict[str, Any]) -> Standing:
    """The moments of a row read with ``STANDING``."""
    return Standing(row["joined_at"], row["recertified_at"], row["unlocked_at"], row["signed_in_at"])


def check_not_locked(account: AtDoor, terms: Terms, at: datetime) -> None:
    """Raises Refused(account_locked) that says why and whom to ask. Only for somebody who has shown it is theirs."""
    match account.standing.lock(terms, at):
        case Lock.NOT_VOUCHED_FOR:
            due = account.standing.recertify_by(terms).astimezone(LONDON)
            why = f"{account.agency} has not said that you still need it since it was due on {due.day} {due:%B %Y}"
        case Lock.DORMANT:
            why = f"nobody has signed in with it for {terms.dormant_days} days"
        case None:
            return
    raise Refused(
        "account_locked",
        f"Your account is locked because {why}. Ask your agency's point of contact to unlock it.",
    )
