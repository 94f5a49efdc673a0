"""Who may see and do what: the matrix that pages, API, letters, help page and database all read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from iom.events import EventKind
from iom.programme import PARTNER_UPDATE
from iom.refusals import Refused
from iom.vocabulary import Role


class Tier(StrEnum):
    """How close to a person something is: each route, table and letter names one (domain.md §5.10)."""

    EXISTENCE = "T0"
    LOGISTICS = "T1"
    CASE = "T2"
    INTELLIGENCE = "T3"
    HEALTH = "T4"
    NAVIGATOR = "T5"


TIER_LABELS = {
    Tier.EXISTENCE: "Existence: a name, and who knows them",
    Tier.LOGISTICS: "Logistics: who it is, where, contacts, appointments, actions",
    Tier.CASE: "Case: plan, grade, offence, risk summary",
    Tier.INTELLIGENCE: "Police intelligence",
    Tier.HEALTH: "Health and treatment",
    Tier.NAVIGATOR: "Said to a navigator in confidence",
}


class Sight(StrEnum):
    """How much of a tier a role sees on a case that is open to it."""

    FULL = "full"
    IN_CUSTODY = "in_custody"
    OWN = "own"
    SUMMARY = "summary"
    CONSENTED = "consented"
    STATUS = "status"
    PSEUDONYM = "pseudonym"
    NONE = "none"


SIGHT_LABELS = {
    Sight.FULL: "All of it",
    Sight.IN_CUSTODY: "All of it while the person is in prison",
    Sight.OWN: "Their own steps, and what their own service wrote",
    Sight.SUMMARY: "Attendance, engagement and concern",
    Sight.CONSENTED: "Attendance, engagement and concern; more with recorded consent or a public-interest decision",
    Sight.STATUS: "Offered, accepted, active or closed, and a safety alert",
    Sight.PSEUDONYM: "Without names or identifiers",
    Sight.NONE: "Nothing",
}

_MATRIX = """
                        T0         T1         T2          T3         T4          T5
coordinator             full       full       full        full       summary     status
chair                   full       full       full        full       summary     status
police_offender_manager full       full       full        full       summary     status
probation_practitioner  full       full       full        summary    consented   status
lead_professional       full       full       full        summary    consented   status
prison_offender_manager full       full       in_custody  none       consented   none
treatment_worker        full       full       own         none       own         none
housing_officer         full       own        own         none       none        none
mentor                  full       full       own         none       consented   own
analyst                 pseudonym  own        pseudonym   pseudonym  none        pseudonym
administrator           none       none       none        none       none        none
auditor                 none       none       none        none       none        none
"""
"""The default of domain.md §5.10. Accounts are all an administrator sees, logs all an auditor does.

One thing is more than there: an analyst sees the steps that are theirs (scoring, outcome checks: §4.1, §4.7), by
reference.
"""


def _read(table: str) -> Mapping[Role, Mapping[Tier, Sight]]:
    head, *rows = (line.split() for line in table.strip().splitlines())
    tiers = [Tier(name) for name in head]
    return {Role(role): dict(zip(tiers, map(Sight, sights), strict=True)) for role, *sights in rows}


MATRIX = _read(_MATRIX)

EVERYWHERE = frozenset({Role.COORDINATOR, Role.CHAIR, Role.ANALYST})
"""Roles that serve every case but restricted ones; all others need to be on its team or to have been let in."""


class Deed(StrEnum):
    """Something a signed-in person may want to do."""

    SEE_CASE = "see_case"
    ANSWER_STEP = "answer_step"
    NOMINATE = "nominate"
    DECIDE_AT_PANEL = "decide_at_panel"
    HOLD_REVIEW = "hold_review"
    RECORD_CUSTODY = "record_custody"
    CHANGE_TEAM = "change_team"
    DECIDE_ON_IMPORTS = "decide_on_imports"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_LOGS = "read_logs"
    CORRECT_RECORD = "correct_record"
    RESTRICT_PROCESSING = "restrict_processing"
    ASK_ACCESS = "ask_access"
    DECIDE_ACCESS = "decide_access"
    BREAK_GLASS = "break_glass"
    REVIEW_ACCESS = "review_access"
    RESTRICT_CASE = "restrict_case"
    WRITE_NOTE = "write_note"
    SHARE_HEALTH = "share_health"
    READ_AGREEMENTS = "read_agreements"


AT_WORK = frozenset(Role) - {Role.ADMINISTRATOR, Role.AUDITOR}
"""Roles that work on cases; the other two keep accounts and logs."""

BY_NAME = AT_WORK - {Role.ANALYST}
"""Roles that work with people whom they know by name; an analyst works without names."""

ALLOWED: Mapping[Deed, frozenset[Role]] = {
    Deed.SEE_CASE: AT_WORK,
    Deed.ANSWER_STEP: AT_WORK,
    Deed.NOMINATE: AT_WORK,
    Deed.DECIDE_AT_PANEL: frozenset({Role.COORDINATOR, Role.CHAIR}),
    Deed.HOLD_REVIEW: frozenset({Role.COORDINATOR, Role.CHAIR, Role.LEAD_PROFESSIONAL}),
    Deed.RECORD_CUSTODY: frozenset(
        {
            Role.COORDINATOR,
            Role.POLICE_OFFENDER_MANAGER,
            Role.PROBATION_PRACTITIONER,
            Role.PRISON_OFFENDER_MANAGER,
            Role.LEAD_PROFESSIONAL,
        }
    ),
    Deed.CHANGE_TEAM: frozenset({Role.COORDINATOR}),
    Deed.DECIDE_ON_IMPORTS: frozenset({Role.COORDINATOR}),
    Deed.MANAGE_ACCOUNTS: frozenset({Role.ADMINISTRATOR}),
    Deed.READ_LOGS: frozenset({Role.AUDITOR}),
    Deed.CORRECT_RECORD: frozenset({Role.COORDINATOR, Role.CHAIR}),
    Deed.RESTRICT_PROCESSING: frozenset({Role.COORDINATOR, Role.CHAIR}),
    Deed.ASK_ACCESS: BY_NAME,
    Deed.DECIDE_ACCESS: BY_NAME,
    Deed.BREAK_GLASS: BY_NAME,
    Deed.REVIEW_ACCESS: frozenset({Role.AUDITOR, Role.COORDINATOR}),
    Deed.RESTRICT_CASE: frozenset({Role.COORDINATOR, Role.CHAIR}),
    Deed.WRITE_NOTE: BY_NAME,
    Deed.SHARE_HEALTH: frozenset({Role.TREATMENT_WORKER}),
    Deed.READ_AGREEMENTS: frozenset({Role.ADMINISTRATOR, Role.COORDINATOR}),
}

WRITTEN_BY: Mapping[EventKind, frozenset[Deed]] = {
    EventKind.TEAM_CHANGED: frozenset({Deed.CHANGE_TEAM}),
    EventKind.ENROLLED: frozenset({Deed.DECIDE_AT_PANEL, Deed.HOLD_REVIEW, Deed.RECORD_CUSTODY}),
    EventKind.DEFERRED: frozenset({Deed.DECIDE_AT_PANEL}),
    EventKind.REJECTED: frozenset({Deed.DECIDE_AT_PANEL}),
    EventKind.ADOPTED: frozenset({Deed.DECIDE_AT_PANEL}),
    EventKind.DESELECTED: frozenset({Deed.DECIDE_AT_PANEL}),
    EventKind.RAG_CHANGED: frozenset({Deed.DECIDE_AT_PANEL, Deed.HOLD_REVIEW, Deed.RECORD_CUSTODY}),
    EventKind.ANCHOR_SET: frozenset({Deed.RECORD_CUSTODY}),
    EventKind.CUSTODY_BEGAN: frozenset({Deed.RECORD_CUSTODY}),
    EventKind.RELEASED: frozenset({Deed.RECORD_CUSTODY}),
    EventKind.STEP_DONE: frozenset({Deed.ANSWER_STEP}),
    EventKind.STEP_CANNOT_YET: frozenset({Deed.ANSWER_STEP}),
    EventKind.STEP_NOT_NEEDED: frozenset({Deed.ANSWER_STEP}),
    EventKind.REVIEW_HELD: frozenset({Deed.HOLD_REVIEW}),
    EventKind.INTERVENTION_STARTED: frozenset({Deed.HOLD_REVIEW}),
    EventKind.EXIT_PROPOSED: frozenset({Deed.HOLD_REVIEW}),
}
"""What a person may put into a case's log, by deed. A nomination begins it; every other entry is the plan's own."""


@dataclass(frozen=True)
class Actor:
    """Someone who is signed in: who they are, what they are, where they work, and what their agency agreed to."""

    account_id: UUID
    name: str
    email: str
    role: Role
    agency_id: UUID
    agency: str
    tiers: frozenset[Tier] = frozenset(Tier)
    agreed_until: date = date.max


@dataclass(frozen=True)
class Relation:
    """How somebody stands to one case: on its team (or let into it), and what of the case bears on it."""

    on_team: bool
    is_restricted: bool = False
    in_prison: bool = False


def may(role: Role, deed: Deed, *, on_team: bool, is_restricted: bool = False) -> bool:
    """Whether someone of this role may do this on a case: on its team, let into it, or neither."""
    return role in ALLOWED[deed] and (on_team or (role in EVERYWHERE and not is_restricted))


def sight(actor: Actor, tier: Tier, relation: Relation) -> Sight:
    """How much of this tier they see on a case. What their agency did not agree to share, they do not see."""
    is_open = relation.on_team or (actor.role in EVERYWHERE and not relation.is_restricted)
    if tier not in actor.tiers or not is_open:
        return Sight.NONE
    found = MATRIX[actor.role][tier]
    if found is Sight.IN_CUSTODY:
        return Sight.FULL if relation.in_prison else Sight.NONE
    return found


def sees_step(actor: Actor, owner: str, relation: Relation, *, is_mine: bool) -> bool:
    """Whether they see a step of this owner: their own always, a navigator's in the service only, others at T1."""
    if is_mine:
        return True
    if owner == Role.MENTOR:
        return sight(actor, Tier.NAVIGATOR, relation) is Sight.OWN
    return sight(actor, Tier.LOGISTICS, relation) is Sight.FULL


def tier_of_words(owner: str, form: str) -> Tier:
    """How close what is written on a step is: by whose step it is. Its outcome is logistics, health's too.

    What treatment writes in an update for a review is written for everybody at it: attendance, engagement, concern.
    """
    if owner == Role.MENTOR:
        return Tier.NAVIGATOR
    if owner == Role.TREATMENT_WORKER and form != PARTNER_UPDATE:
        return Tier.HEALTH
    return Tier.CASE


def check_agreement(actor: Actor, today: date) -> None:
    """Raises Refused(agreement_expired) once the agency's information sharing agreement is over (domain.md §5.5)."""
    if today > actor.agreed_until:
        raise Refused(
            "agreement_expired",
            f"The information sharing agreement of {actor.agency} ended on {actor.agreed_until:%d %B %Y}. You can read "
            "but not write until it is renewed. Ask your agency's point of contact.",
        )
