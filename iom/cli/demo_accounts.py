"""Who can sign in to a demo. All invented; nobody can sign in anywhere else with these."""

from iom.adapters.deeds.joining import NewAccount
from iom.vocabulary import ROLE_LABELS, Role

PASSWORD = "keep the promise"  # noqa: S105 - printed at every start: it guards invented people on loopback only
COORDINATOR = "coordinator@police.example"
CHAIR = "chair@police.example"
POLICE = "om01@police.example"
PROBATION = "lead01@probation.example"
LEAD = "lead02@probation.example"
TREATMENT = "keywork@recovery.example"
AUDITOR = "dpo@police.example"
ADMINISTRATOR = "administrator@police.example"

ACCOUNTS = tuple(
    NewAccount(email, name, role, agency, PASSWORD, manager, point_of_contact)
    for email, name, role, agency, manager, point_of_contact in (
        ("inspector@police.example", "Isolde Fairweather", Role.CHAIR, "Police", None, True),
        (COORDINATOR, "Nell Copperfield", Role.COORDINATOR, "Police", "inspector@police.example", False),
        (CHAIR, "Rufus Applegarth", Role.CHAIR, "Police", None, False),
        ("analyst@police.example", "Odette Winterbourne", Role.ANALYST, "Police", None, False),
        (
            POLICE,
            "Casper Hollyoak",
            Role.POLICE_OFFENDER_MANAGER,
            "Police",
            "inspector@police.example",
            False,
        ),
        ("head@probation.example", "Thea Larkspur", Role.LEAD_PROFESSIONAL, "Probation", None, True),
        (
            PROBATION,
            "Juno Merriweather",
            Role.PROBATION_PRACTITIONER,
            "Probation",
            "head@probation.example",
            False,
        ),
        (LEAD, "Silas Greengage", Role.LEAD_PROFESSIONAL, "Probation", "head@probation.example", False),
        (
            "manager@recovery.example",
            "Fern Buttercup",
            Role.LEAD_PROFESSIONAL,
            "Open Door Recovery",
            None,
            True,
        ),
        (AUDITOR, "Hester Quillfeather", Role.AUDITOR, "Police", None, False),
        (ADMINISTRATOR, "Barnaby Thistlewood", Role.ADMINISTRATOR, "Police", None, False),
        (
            TREATMENT,
            "Robin Elderflower",
            Role.TREATMENT_WORKER,
            "Open Door Recovery",
            "manager@recovery.example",
            False,
        ),
    )
)

SHOWN = (COORDINATOR, CHAIR, POLICE, PROBATION, LEAD, TREATMENT, AUDITOR, ADMINISTRATOR)
SIGN_INS = tuple(
    (ROLE_LABELS[each.role], each.email, each.password) for each in ACCOUNTS if each.email in SHOWN
)
"""Role, address and password of those a newcomer may want to be."""
