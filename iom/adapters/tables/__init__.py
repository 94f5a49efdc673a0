"""The record's tables, defined once: migrations, the store and its typed rows all come from here. No queries."""

from iom.adapters.tables.access import AccessGrant, AccessRequest, Consent, Note, PublicInterestDecision
from iom.adapters.tables.answers import KeptAnswer
from iom.adapters.tables.cases import (
    Adoption,
    Assessment,
    Case,
    CaseNeed,
    HeldRow,
    Nomination,
    PanelDecision,
    Person,
    Review,
    TeamMember,
    Whereabouts,
)
from iom.adapters.tables.directory import DirectoryAttempt, DirectoryIdentity
from iom.adapters.tables.doors import (
    HalfSignIn,
    KeptForm,
    RecoveryCode,
    SecondFactor,
    Session,
    SignInLink,
    SignInTry,
)
from iom.adapters.tables.plans import CaseEvent, Intervention, PublishedProgramme, Remark, StepRow
from iom.adapters.tables.post import Letter, MailBlock
from iom.adapters.tables.rights import (
    Correction,
    CorrectionNotice,
    Erasure,
    LegalHold,
    ProcessingRestriction,
    RetentionReview,
)
from iom.adapters.tables.staff import Account, Agency, Agreement, ApiToken, StaffChange
from iom.adapters.tables.trail import AuditEntry, AuditHead, AuditSeal

__all__ = [
    "AccessGrant",
    "AccessRequest",
    "Account",
    "Adoption",
    "Agency",
    "Agreement",
    "ApiToken",
    "Assessment",
    "AuditEntry",
    "AuditHead",
    "AuditSeal",
    "Case",
    "CaseEvent",
    "CaseNeed",
    "Consent",
    "Correction",
    "CorrectionNotice",
    "DirectoryAttempt",
    "DirectoryIdentity",
    "Erasure",
    "HalfSignIn",
    "HeldRow",
    "Intervention",
    "KeptAnswer",
    "KeptForm",
    "LegalHold",
    "Letter",
    "MailBlock",
    "Nomination",
    "Note",
    "PanelDecision",
    "Person",
    "ProcessingRestriction",
    "PublicInterestDecision",
    "PublishedProgramme",
    "RecoveryCode",
    "Remark",
    "RetentionReview",
    "Review",
    "SecondFactor",
    "Session",
    "SignInLink",
    "SignInTry",
    "StaffChange",
    "StepRow",
    "TeamMember",
    "Whereabouts",
]
