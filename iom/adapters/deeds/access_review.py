"""Looking at broken glass afterwards: was it justified (domain.md §5.2)? Whoever broke it does not judge it."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from iom.access import Deed
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.store import broken_glass
from iom.adapters.store.broken_glass import BrokenGlass
from iom.refusals import Refused


class Finding(StrEnum):
    """What a reviewer finds."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


async def at_broken_glass(conn: Connection, by: By, limit: int) -> Sequence[BrokenGlass]:
    """Broken glass, what nobody has reviewed first. Raises Refused(not_allowed)."""
    by.check(Deed.REVIEW_ACCESS, on_team=True)
    found = await broken_glass.listed(conn, limit)
    shown = ",".join(dict.fromkeys(each.case_ref for each in found))
    await by.note(conn, "consult", f"cases:{shown}", None, "access_review")
    return found


async def review(conn: Connection, by: By, grant_id: UUID, finding: Finding, words: str) -> None:
    """Writes down what the reviewer found, once.

    Raises Refused with not_allowed, broken_glass_not_found, own_glass, words_needed or already_reviewed.
    """
    by.check(Deed.REVIEW_ACCESS, on_team=True)
    found = await broken_glass.one(conn, grant_id)
    if found is None:
        raise Refused("broken_glass_not_found", "There is no such broken glass. Check the address.")
    if found.account_id == by.actor.account_id:
        raise Refused("own_glass", "You broke this glass yourself. Somebody else has to look at it.")
    if not words.strip():
        raise Refused("words_needed", "Say what you looked at and why you find so.")
    if not await broken_glass.review(conn, grant_id, by.actor.account_id, by.now, finding, words):
        raise Refused("already_reviewed", "Somebody has reviewed this already. Look at what they found.")
    thing = f"access_grant:{grant_id}"
    await by.note(conn, "alter", thing, found.case_id, "access_review", justification=f"{finding}: {words}")
