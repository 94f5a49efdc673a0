"""What stands over a page besides its own: broken glass over this case, an agreement that ends. Records nothing."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from iom.access import Actor
from iom.adapters.database import Connection
from iom.adapters.settings import Settings
from iom.adapters.store import access
from iom.calendar import london_date

ABOUT_A_CASE = re.compile(r"^/cases/([A-Za-z0-9]{2}-[A-Za-z0-9]{4})(?:/|$)")
ABOUT_A_STEP = re.compile(r"^/steps/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/|$)")


@dataclass(frozen=True)
class Notices:
    """``glass_until`` is when broken glass over this page's case closes; ``agreement`` what to know of one's own.

    ``urgent`` if that agreement is over, or within the last of the warnings.
    """

    glass_until: datetime | None = None
    agreement: str = ""
    urgent: bool = False


NO_NOTICES = Notices()


async def over(conn: Connection, path: str, actor: Actor, now: datetime, settings: Settings) -> Notices:
    """What stands over the page at this path, for this person."""
    agreement, urgent = of_agreement(actor.agency, actor.agreed_until, london_date(now), warnings(settings))
    return Notices(await _glass(conn, path, actor), agreement, urgent)


def warnings(settings: Settings) -> tuple[int, ...]:
    """Days before the end of an agreement, the longest first."""
    return tuple(sorted(map(int, settings.agreement_warning_days.split(",")), reverse=True))


def of_agreement(agency: str, until: date, today: date, days: tuple[int, ...]) -> tuple[str, bool]:
    """What to say of an agency's agreement, if anything, and whether it is urgent (domain.md §5.5)."""
    left = (until - today).days
    if until == date.min:
        return f"{agency} has no information sharing agreement here, so you see no case.", True
    if left < 0:
        return (
            f"Read only: the information sharing agreement of {agency} ended on {until.day} {until:%B %Y}. Nothing can "
            "be recorded until it is renewed.",
            True,
        )
    if left > days[0]:
        return "", False
    ends = "today" if left == 0 else "in 1 day" if left == 1 else f"in {left} days"
    said = f"The information sharing agreement of {agency} ends {ends}, on {until.day} {until:%B %Y}."
    return f"{said} After that nothing can be recorded.", left <= days[-1]


async def _glass(conn: Connection, path: str, actor: Actor) -> datetime | None:
    case, step = ABOUT_A_CASE.match(path), ABOUT_A_STEP.match(path)
    if not (case or step):
        return None
    return await access.glass_over(
        conn, actor.account_id, case[1] if case else None, UUID(step[1]) if step else None
    )
