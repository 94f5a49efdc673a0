"""Restricting a case to its team, and lifting that. Its log and plan do not know of it."""

from datetime import datetime

from iom.access import Deed, may
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.store import access, cases
from iom.refusals import Refused


async def restrict_case(conn: Connection, by: By, ref: str, *, restricted: bool, why: str) -> datetime | None:
    """Closes a case to all but its team, or opens it again. Returns since when it is restricted.

    Whoever restricts it must be on its team, lest they shut themselves out. Raises Refused with case_not_found,
    not_allowed, reason_needed, role_on_case_needed or nothing_changed.
    """
    by.check_agreement()
    case = await cases.lock(conn, ref, by.actor.account_id)
    if case is None or not may(
        by.actor.role, Deed.SEE_CASE, on_team=case.on_team, is_restricted=case.is_restricted
    ):
        raise Refused("case_not_found", "There is no such case among those you can see. Check the reference.")
    by.check(Deed.RESTRICT_CASE, on_team=case.on_team)
    if not why.strip():
        raise Refused("reason_needed", "Say why.")
    if not await cases.has_member(conn, case.id, by.actor.account_id):
        raise Refused(
            "role_on_case_needed", "Give yourself a role on this case first: only its team will see it."
        )
    if case.is_restricted == restricted:
        raise Refused("nothing_changed", f"This case is {'restricted' if restricted else 'open'} already.")
    since = by.now if restricted else None
    await access.restrict(conn, case.id, since)
    purpose = "restriction" if restricted else "restriction_lifted"
    await by.note(conn, "alter", f"case:{ref}", case.id, purpose, justification=why)
    return since
