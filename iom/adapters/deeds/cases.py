"""What every decision about a case begins with: the case, held, and open to this person."""

import secrets

from iom.access import Deed, may
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.store import cases
from iom.adapters.store.cases import HeldCase
from iom.identifiers import new_case_ref
from iom.refusals import Refused


async def held(conn: Connection, by: By, ref: str, deed: Deed) -> HeldCase:
    """The case, held until the transaction ends.

    Raises Refused with agreement_expired, case_not_found, not_allowed, or case_closed.
    """
    by.check_agreement()
    case = await cases.lock(conn, ref, by.actor.account_id)
    if case is None or not may(
        by.actor.role, Deed.SEE_CASE, on_team=case.on_team, is_restricted=case.is_restricted
    ):
        raise Refused("case_not_found", "There is no such case among those you can see. Check the reference.")
    by.check(deed, on_team=case.on_team)
    if case.closed_at is not None:
        raise Refused("case_closed", "This case is closed; nothing more can be recorded on it.")
    return case


async def fresh_ref(conn: Connection) -> str:
    """A reference no case has yet."""
    while await cases.ref_taken(conn, ref := new_case_ref(secrets.SystemRandom())):
        pass
    return ref
