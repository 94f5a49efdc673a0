"""Reading the record of looks: of a case, of an account, what is unusual. Each reading leaves a line itself."""

from datetime import datetime, timedelta
from uuid import UUID

from iom.access import ALLOWED, Deed
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.deeds.looks import CONSULT, Page
from iom.adapters.store import audit_reads, case_looks
from iom.adapters.store.audit_reads import Busy, Logged, Wanted
from iom.adapters.store.case_looks import CaseLook
from iom.refusals import Refused

LOOKED_BACK = timedelta(days=31)
"""How far back hours with many cases are looked for: each reading counts them anew."""


async def at_case(
    conn: Connection, by: By, ref: str, limit: int, before: int | None = None
) -> Page[CaseLook]:
    """Who has looked at the person of this case, the newest first.

    Raises Refused(case_not_found) for somebody who neither sees all of the case nor reads logs.
    """
    case_id = await case_looks.readable(conn, ref)
    if case_id is None:
        raise Refused(
            "case_not_found",
            "There is no such case among those whose looks you can see. Check the reference.",
        )
    await by.note(conn, CONSULT, f"case:{ref}", case_id, "who_has_looked")
    return Page.of(await case_looks.newest(conn, ref, limit + 1, before), limit)


async def at_log(
    conn: Connection, by: By, wanted: Wanted, purpose: str, limit: int, before: int | None = None
) -> Page[Logged]:
    """Looks as an auditor searches them, the newest first. Raises Refused(not_allowed)."""
    _check(by)
    page = Page.of(await audit_reads.newest(conn, wanted, limit + 1, before), limit)
    shown = dict.fromkeys(look.case_ref for look in page.rows if look.case_ref)
    terms = " ".join(filter(None, (wanted.case_ref, wanted.terms)))
    await by.note(conn, CONSULT, f"cases:{','.join(shown)}", None, purpose, terms=terms or None)
    return page


async def at_busy_hours(
    conn: Connection, by: By, most: int, limit: int, before: tuple[datetime, UUID] | None = None
) -> Page[Busy]:
    """Hours of the last month in which one account was at ``most`` cases or more. Raises Refused(not_allowed)."""
    _check(by)
    await by.note(conn, CONSULT, "busy_hours", None, "unusual_access")
    return Page.of(await audit_reads.busiest(conn, by.now - LOOKED_BACK, most, limit + 1, before), limit)


def _check(by: By) -> None:
    """Auditors read whatever has become of their agency's agreement: reading goes on."""
    if by.actor.role not in ALLOWED[Deed.READ_LOGS]:
        raise Refused("not_allowed", "Only the scheme's data protection officer reads the record of looks.")
