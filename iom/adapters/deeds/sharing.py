"""Opening a health service's clinical notes to agencies it names: with consent, or in the public interest (§5.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from iom.access import Deed, Sight, Tier, sight
from iom.adapters.database import Connection
from iom.adapters.deeds import looks
from iom.adapters.deeds.by import By
from iom.adapters.deeds.cases import held
from iom.adapters.store import sharing
from iom.adapters.store.case_file import Cover
from iom.adapters.store.sharing import ConsentView, DecisionView
from iom.adapters.tables import Consent, PublicInterestDecision
from iom.calendar import london_date
from iom.refusals import Refused


@dataclass(frozen=True)
class NewConsent:
    """What the person agreed to: ``agencies`` read the service's clinical notes until the consent is withdrawn."""

    agencies: tuple[UUID, ...]
    what: str
    given_on: date


@dataclass(frozen=True)
class NewDecision:
    """Why it is necessary to tell, whom, until when; on whose authority, and whether the person was told."""

    agencies: tuple[UUID, ...]
    why: str
    seniority: str
    person_told: bool
    until_on: date


@dataclass(frozen=True)
class Shared:
    """Consents and decisions on a case that concern the asker's agency."""

    cover: Cover
    consents: tuple[ConsentView, ...]
    decisions: tuple[DecisionView, ...]


async def at_sharing(conn: Connection, by: By, ref: str) -> Shared:
    """What concerns this person's agency. Raises Refused(case_not_found) or Refused(not_allowed)."""
    cover = await looks.at_cover(conn, by, ref, "sharing")
    if sight(by.actor, Tier.HEALTH, cover.relation) not in (Sight.OWN, Sight.CONSENTED):
        raise Refused("not_allowed", "Your role reads no clinical notes, whatever is agreed.")
    consents = await sharing.consents(conn, cover.id, by.actor)
    return Shared(cover, tuple(consents), tuple(await sharing.decisions(conn, cover.id, by.actor)))


async def record_consent(conn: Connection, by: By, ref: str, new: NewConsent) -> None:
    """Records a consent. Raises Refused with what ``held`` refuses, agencies_needed or date_not_past."""
    case = await held(conn, by, ref, Deed.SHARE_HEALTH)
    _check_named(new.agencies)
    if new.given_on > london_date(by.now):
        raise Refused("date_not_past", "A consent was given on a day that has come.")
    row = Consent(
        id=by.request_id,
        case_id=case.id,
        agency_id=by.actor.agency_id,
        agencies=list(new.agencies),
        what=new.what,
        given_on=new.given_on,
        recorded_at=by.now,
        recorded_by_id=by.actor.account_id,
    )
    await sharing.write(conn, row)
    await _tell(conn, by, case.id, f"consent:{row.id}", "consent", new.agencies, new.what)


async def decide_public_interest(conn: Connection, by: By, ref: str, new: NewDecision) -> None:
    """Records a decision to tell without consent. Raises Refused as ``held`` does, agencies_needed, date_not_ahead."""
    case = await held(conn, by, ref, Deed.SHARE_HEALTH)
    _check_named(new.agencies)
    if new.until_on < london_date(by.now):
        raise Refused("date_not_ahead", "This day is over. Choose until when they need to know.")
    row = PublicInterestDecision(
        id=by.request_id,
        case_id=case.id,
        agency_id=by.actor.agency_id,
        agencies=list(new.agencies),
        why=new.why,
        person_told=new.person_told,
        seniority=new.seniority,
        decided_at=by.now,
        decided_by_id=by.actor.account_id,
        until_on=new.until_on,
    )
    await sharing.write(conn, row)
    thing = f"public_interest_decision:{row.id}"
    await _tell(conn, by, case.id, thing, "public_interest", new.agencies, new.why)


async def withdraw_consent(conn: Connection, by: By, ref: str, consent_id: UUID) -> None:
    """Ends a consent: what it opened closes at once. Raises Refused as ``held`` does, or consent_not_found."""
    await held(conn, by, ref, Deed.SHARE_HEALTH)
    case_id = await sharing.withdraw(conn, consent_id, by.actor.agency_id, by.now)
    if case_id is None:
        raise Refused("consent_not_found", "There is no such consent of your service that still holds.")
    await by.note(conn, "alter", f"consent:{consent_id}", case_id, "consent_withdrawn")


def _check_named(agencies: Sequence[UUID]) -> None:
    if not agencies:
        raise Refused("agencies_needed", "Name the agencies that may read it.")


async def _tell(
    conn: Connection, by: By, case_id: UUID, thing: str, purpose: str, agencies: Sequence[UUID], why: str
) -> None:
    """Each agency that is told is a disclosure of its own."""
    for each in agencies:
        await by.note(
            conn, "disclose", thing, case_id, purpose, justification=why, recipient=f"agency:{each}"
        )
