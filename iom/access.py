"""Who may do what: one table, asked by pages and API alike. Pure. The tiers of domain.md §5.10 come with sign-in."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from iom.vocabulary import Role


class Deed(StrEnum):
    """Something a signed-in person may want to do."""

    SEE_CASE = "see_case"
    ANSWER_STEP = "answer_step"
    NOMINATE = "nominate"
    DECIDE_AT_PANEL = "decide_at_panel"
    HOLD_REVIEW = "hold_review"
    RECORD_CUSTODY = "record_custody"
    CHANGE_TEAM = "change_team"
    SEE_LETTERS = "see_letters"
    DECIDE_ON_IMPORTS = "decide_on_imports"


@dataclass(frozen=True)
class Actor:
    """Someone who is signed in: who they are, what they are, where they work."""

    account_id: UUID
    name: str
    email: str
    role: Role
    agency_id: UUID
    agency: str


EVERYWHERE = frozenset({Role.COORDINATOR, Role.CHAIR, Role.ANALYST})
"""Roles that serve every case; all others need to be on its team."""

ALLOWED: dict[Deed, frozenset[Role]] = {
    Deed.SEE_CASE: frozenset(Role),
    Deed.ANSWER_STEP: frozenset(Role),
    Deed.NOMINATE: frozenset(Role),
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
    Deed.SEE_LETTERS: frozenset({Role.COORDINATOR}),
    Deed.DECIDE_ON_IMPORTS: frozenset({Role.COORDINATOR}),
}


def may(role: Role, deed: Deed, *, on_team: bool) -> bool:
    """Whether someone of this role, on the case's team or not, may do this."""
    return role in ALLOWED[deed] and (on_team or role in EVERYWHERE)
