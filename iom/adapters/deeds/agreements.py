"""Recording an agency's information sharing agreement, and looking at all of them (domain.md §5.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from iom.access import Deed, Tier
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.store import agreements, audit, joining
from iom.adapters.store.agreements import AgreementView
from iom.adapters.store.audit import Look
from iom.adapters.tables import Agreement
from iom.calendar import london_date
from iom.refusals import Refused


@dataclass(frozen=True)
class Signed:
    """An agreement as it was signed. ``agency`` is a code or a name; ``tiers`` are codes such as T0."""

    agency: str
    ref: str
    title: str
    tiers: tuple[str, ...]
    begins_on: date
    ends_on: date


async def record_agreement(conn: Connection, signed: Signed, at: datetime) -> str:
    """Writes it down; from the day it begins it counts instead of the one before. Returns the agency's name.

    Raises Refused with agency_unknown, tier_unknown, ref_needed or agreement_ends_first.
    """
    agency = await joining.agency(conn, signed.agency.strip().lower(), signed.agency.strip())
    if agency is None:
        raise Refused("agency_unknown", f"There is no agency {signed.agency}. iom agency list names them.")
    if unknown := sorted(set(signed.tiers) - set(Tier)):
        raise Refused(
            "tier_unknown", f"There is no tier {', '.join(unknown)}. Give some of {', '.join(Tier)}."
        )
    if not signed.ref.strip() or signed.ref.strip() == agreements.PROVISIONAL:
        raise Refused("ref_needed", "Give the reference that stands on the signed agreement.")
    if signed.ends_on < signed.begins_on:
        raise Refused("agreement_ends_first", "The agreement ends before it begins. Check both dates.")
    row = Agreement(
        agency_id=agency.id,
        ref=signed.ref.strip(),
        title=signed.title.strip(),
        tiers=sorted(set(signed.tiers)),
        signed_on=signed.begins_on,
        expires_on=signed.ends_on,
    )
    await agreements.record(conn, row)
    await audit.write(conn, Look(None, "alter", f"agreement:{row.id}", "agreement", "command"), at)
    return agency.name


async def at_agreements(conn: Connection, by: By) -> Sequence[AgreementView]:
    """Every agency's agreement, the soonest to end first. Raises Refused(not_allowed). It is about no person."""
    by.check(Deed.READ_AGREEMENTS, on_team=True)
    return await agreements.listed(conn, london_date(by.now))


async def ending(conn: Connection, by: By, days: int) -> Sequence[AgreementView]:
    """Agreements of others that are missing, over, or end within so many days."""
    today = london_date(by.now)
    found = await agreements.listed(conn, today)
    left = [(each, each.days_left(today)) for each in found if each.agency != by.actor.agency]
    return [each for each, days_left in left if days_left is None or days_left <= days]
