"""Who may write which kind of note, at which tier, and who reads it: data beside the matrix of ``iom.access``. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from iom.access import MATRIX, Actor, Relation, Sight, Tier, sight
from iom.vocabulary import Role


class NoteKind(StrEnum):
    """What a note is about (domain.md §5.3, §5.4, §5.10)."""

    CONTACT = "contact"
    CONDITION = "condition"
    RISK_TO_STAFF = "risk_to_staff"
    SAFETY_ALERT = "safety_alert"
    INTELLIGENCE = "intelligence"
    SANITISED = "sanitised"
    ATTENDANCE = "attendance"
    ENGAGEMENT = "engagement"
    CONCERN = "concern"
    CLINICAL = "clinical"
    SUPPORT_STATUS = "support_status"
    CONFIDENTIAL = "confidential"


class Source(StrEnum):
    """Facts are told apart from opinions (Data Protection Act 2018 s.38(2))."""

    FACT = "fact"
    OPINION = "opinion"
    INTELLIGENCE = "intelligence"


KIND_LABELS = {
    NoteKind.CONTACT: "Contact with the person",
    NoteKind.CONDITION: "A condition that bears on a tenancy or claim",
    NoteKind.RISK_TO_STAFF: "A risk to staff",
    NoteKind.SAFETY_ALERT: "A safety alert",
    NoteKind.INTELLIGENCE: "Police intelligence",
    NoteKind.SANITISED: "Intelligence, sanitised for partners",
    NoteKind.ATTENDANCE: "Attendance",
    NoteKind.ENGAGEMENT: "Engagement",
    NoteKind.CONCERN: "A concern",
    NoteKind.CLINICAL: "Clinical",
    NoteKind.SUPPORT_STATUS: "Where a navigator's support stands",
    NoteKind.CONFIDENTIAL: "Said to a navigator in confidence",
}
SOURCE_LABELS = {
    Source.FACT: "A fact",
    Source.OPINION: "An opinion or assessment",
    Source.INTELLIGENCE: "Intelligence",
}

STATUSES = ("offered", "accepted", "active", "closed")
"""All that a note on a navigator's support may say: it is the one thing that police read of it (domain.md §5.10)."""


@dataclass(frozen=True)
class KindRule:
    """A kind's tier, who writes it, and by which sights of that tier it is read.

    ``also`` reads it too with its own sight; who has ``OWN`` reads what their own service wrote. ``told`` have sight
    ``CONSENTED`` and belong to an agency that a consent or a public-interest decision names.
    """

    tier: Tier
    writers: frozenset[Role]
    sights: frozenset[Sight] = frozenset()
    also: frozenset[Role] = frozenset()
    told: bool = False


POLICE = frozenset({Role.COORDINATOR, Role.CHAIR, Role.POLICE_OFFENDER_MANAGER})
STATUTORY = POLICE | {Role.PROBATION_PRACTITIONER, Role.LEAD_PROFESSIONAL, Role.PRISON_OFFENDER_MANAGER}
PARTNERS = frozenset({Role.TREATMENT_WORKER, Role.HOUSING_OFFICER, Role.MENTOR})
HEALTH, NAVIGATOR = frozenset({Role.TREATMENT_WORKER}), frozenset({Role.MENTOR})
FULL, SUMMARY = frozenset({Sight.FULL}), frozenset({Sight.SUMMARY, Sight.CONSENTED})

KINDS: Mapping[NoteKind, KindRule] = {
    NoteKind.CONTACT: KindRule(Tier.CASE, STATUTORY | {Role.HOUSING_OFFICER}, FULL),
    NoteKind.CONDITION: KindRule(Tier.CASE, STATUTORY, FULL, also=frozenset({Role.HOUSING_OFFICER})),
    NoteKind.RISK_TO_STAFF: KindRule(Tier.CASE, STATUTORY | PARTNERS, FULL, also=PARTNERS),
    NoteKind.SAFETY_ALERT: KindRule(
        Tier.LOGISTICS, STATUTORY | PARTNERS, FULL, also=frozenset({Role.HOUSING_OFFICER})
    ),
    NoteKind.INTELLIGENCE: KindRule(Tier.INTELLIGENCE, POLICE, FULL),
    NoteKind.SANITISED: KindRule(Tier.INTELLIGENCE, POLICE, FULL | {Sight.SUMMARY}),
    NoteKind.ATTENDANCE: KindRule(Tier.HEALTH, HEALTH, SUMMARY),
    NoteKind.ENGAGEMENT: KindRule(Tier.HEALTH, HEALTH, SUMMARY),
    NoteKind.CONCERN: KindRule(Tier.HEALTH, HEALTH, SUMMARY),
    NoteKind.CLINICAL: KindRule(Tier.HEALTH, HEALTH, told=True),
    NoteKind.SUPPORT_STATUS: KindRule(Tier.NAVIGATOR, NAVIGATOR, frozenset({Sight.STATUS})),
    NoteKind.CONFIDENTIAL: KindRule(Tier.NAVIGATOR, NAVIGATOR),
}
"""The default of domain.md §5.4 and §5.10. Health partners post attendance, engagement and concern; a navigator's
confidences stay in the navigator's service, whatever else happens."""


@dataclass(frozen=True)
class Written:
    """What of a note decides who reads it: ``told`` if its agency may let the asker's agency read clinical notes."""

    kind: NoteKind
    is_mine: bool
    own_agency: bool
    told: bool


def kinds_of(role: Role) -> tuple[NoteKind, ...]:
    """What somebody of this role may write, the plainest first."""
    return tuple(kind for kind, rule in KINDS.items() if role in rule.writers)


def may_write(actor: Actor, kind: NoteKind, relation: Relation) -> bool:
    """Whether they may write this on a case: their role may, and their agency agreed to the tier."""
    rule = KINDS[kind]
    return actor.role in rule.writers and sight(actor, rule.tier, relation) is not Sight.NONE


def reads(actor: Actor, note: Written, relation: Relation) -> bool:
    """Whether they read this note. What they wrote themselves they read while they are on the case."""
    rule = KINDS[note.kind]
    if note.is_mine:
        return sight(actor, Tier.LOGISTICS, relation) in (Sight.FULL, Sight.OWN)
    found = sight(actor, rule.tier, relation)
    if found is Sight.NONE:
        return False
    if found in rule.sights or actor.role in rule.also:
        return True
    return note.own_agency if found is Sight.OWN else rule.told and note.told and found is Sight.CONSENTED


def readers(kind: NoteKind) -> tuple[Role, ...]:
    """Roles that read such a note of another service's, on a case that is open to them and without any consent."""
    rule = KINDS[kind]
    shown = rule.sights | ({Sight.IN_CUSTODY} if Sight.FULL in rule.sights else frozenset())
    return tuple(role for role in Role if MATRIX[role][rule.tier] in shown or role in rule.also)
