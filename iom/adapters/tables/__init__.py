"""The record's tables, defined once: migrations, the store and its typed rows all come from here. No queries."""

from iom.adapters.tables.cases import (
    Case,
    CaseNeed,
    HeldRow,
    Nomination,
    PanelDecision,
    Person,
    Review,
    TeamMember,
)
from iom.adapters.tables.plans import CaseEvent, Intervention, PublishedProgramme, StepRow
from iom.adapters.tables.post import Letter, MailBlock
from iom.adapters.tables.staff import Account, Agency, ApiToken, Session
from iom.adapters.tables.trail import AuditEntry

__all__ = [
    "Account",
    "Agency",
    "ApiToken",
    "AuditEntry",
    "Case",
    "CaseEvent",
    "CaseNeed",
    "HeldRow",
    "Intervention",
    "Letter",
    "MailBlock",
    "Nomination",
    "PanelDecision",
    "Person",
    "PublishedProgramme",
    "Review",
    "Session",
    "StepRow",
    "TeamMember",
]
