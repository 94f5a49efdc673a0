"""The field's fixed words, as codes with the label people read. Pure: words only, no rules."""

from enum import StrEnum


class Cohort(StrEnum):
    """How a person came to be on the scheme (domain.md §1.3). The criteria are local data, not code."""

    FIXED = "Fixed"
    FLEX = "Flex"
    FREE = "Free"


class Basis(StrEnum):
    """Statutory: on an order or licence. Voluntary: by agreement, with no enforcement branch (§1.1)."""

    STATUTORY = "statutory"
    VOLUNTARY = "voluntary"


class Rag(StrEnum):
    """The grade of current concern (§1.6). Blue means in custody. Colour alone never carries it: print the word."""

    RED = "Red"
    AMBER = "Amber"
    GREEN = "Green"
    BLUE = "Blue"


class Role(StrEnum):
    """What somebody is: a role on a case, by which steps name their owner (§1.7), or one for the scheme (§5.10)."""

    COORDINATOR = "coordinator"
    CHAIR = "chair"
    ANALYST = "analyst"
    LEAD_PROFESSIONAL = "lead_professional"
    POLICE_OFFENDER_MANAGER = "police_offender_manager"
    PROBATION_PRACTITIONER = "probation_practitioner"
    PRISON_OFFENDER_MANAGER = "prison_offender_manager"
    TREATMENT_WORKER = "treatment_worker"
    HOUSING_OFFICER = "housing_officer"
    MENTOR = "mentor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ON_A_CASE = tuple(role for role in Role if role not in (Role.ADMINISTRATOR, Role.AUDITOR))
"""Roles that somebody can have on a case; the other two keep accounts and logs for the whole scheme."""

ROLE_LABELS = {
    Role.COORDINATOR: "IOM coordinator",
    Role.CHAIR: "Panel chair",
    Role.ANALYST: "Analyst",
    Role.LEAD_PROFESSIONAL: "Lead professional",
    Role.POLICE_OFFENDER_MANAGER: "Police offender manager",
    Role.PROBATION_PRACTITIONER: "Probation practitioner",
    Role.PRISON_OFFENDER_MANAGER: "Prison offender manager",
    Role.TREATMENT_WORKER: "Treatment worker",
    Role.HOUSING_OFFICER: "Housing officer",
    Role.MENTOR: "Mentor",
    Role.ADMINISTRATOR: "Administrator of accounts",
    Role.AUDITOR: "Data protection officer",
}


class Outcome(StrEnum):
    """The three things a partner can say of a step (§1.8)."""

    DONE = "done"
    CANNOT_YET = "cannot_yet"
    NOT_NEEDED = "not_needed"


OUTCOME_LABELS = {
    Outcome.DONE: "Done",
    Outcome.CANNOT_YET: "Cannot be done yet",
    Outcome.NOT_NEEDED: "No longer needed",
}

RESULT_LABELS = {
    "ATTC": "Attended and complied",
    "AFTC": "Attended, failed to comply",
    "ATSH": "Attended, sent home: behaviour",
    "ATSS": "Attended, sent home: service issues",
    "UAAB": "Unacceptable absence",
    "AFTA": "Failed to attend",
    "acceptable_absence": "Acceptable absence",
    "first_warning": "First warning letter",
    "second_warning": "Second warning letter",
    "compliance_letter": "Licence compliance letter",
    "breach_or_recall": "Breach or recall initiated",
    "no_further_action": "No further action",
    "engaged": "Engaged",
    "partly_engaged": "Partly engaged",
    "did_not_engage": "Did not engage",
    "could_not_contact": "Could not contact",
    "spoke": "Spoke with the person",
    "no_answer": "No answer",
    "arrived": "Arrived",
    "did_not_arrive": "Did not arrive",
    "continue": "The work goes on",
    "finished": "The work is finished",
    "left": "The person left",
    "attending": "Attending",
    "engaging": "Engaging",
    "concern": "A concern",
    "nothing_to_report": "Nothing to report",
}
"""What people read for each result code: contact and enforcement outcomes as probation names them (§1.9), then ours."""


class Clock(StrEnum):
    """What kind of date a step has: set by law, agreed between partners, or hung on a date that moves (§4, §8)."""

    STATUTORY = "statutory"
    SERVICE_LEVEL = "service_level"
    ANCHORED = "anchored"


class Anchor(StrEnum):
    """The dates of a sentence that steps hang on, and that move (§1.9)."""

    SENTENCE_END = "sentence_end"
    EARLIEST_RELEASE = "earliest_release"
    FINAL_THIRD = "final_third"


class CustodyStatus(StrEnum):
    """Where a person is in the eyes of the law (§1.9), in the words cohort files use."""

    COMMUNITY = "community"
    POLICE_CUSTODY = "police custody"
    REMAND = "remand"
    SENTENCED = "sentenced"
    RECALLED = "recalled"
    ON_LICENCE = "on licence"
    UNLAWFULLY_AT_LARGE = "unlawfully at large"
    HOSPITAL = "hospital"


IN_PRISON = frozenset({CustodyStatus.REMAND, CustodyStatus.SENTENCED, CustodyStatus.RECALLED})
"""Held in a prison, and so graded Blue (§1.6). Police custody and hospital are detention but not prison."""

DETAINED = IN_PRISON | {CustodyStatus.POLICE_CUSTODY, CustodyStatus.HOSPITAL}
"""Held anywhere; such a person may be Blue and has an establishment."""


class Need(StrEnum):
    """The pathways a person may need support on (§1.8, the Ministry of Justice's list)."""

    ACCOMMODATION = "accommodation"
    ATTITUDES = "attitudes"
    CHILDREN_FAMILIES = "children_families"
    DRUGS_ALCOHOL = "drugs_alcohol"
    EDUCATION_WORK = "education_work"
    FINANCE_ID = "finance_id"
    HEALTH = "health"


NEED_LABELS = {
    Need.ACCOMMODATION: "Accommodation",
    Need.ATTITUDES: "Attitudes, thinking and behaviour",
    Need.CHILDREN_FAMILIES: "Children, families and communities",
    Need.DRUGS_ALCOHOL: "Drugs and alcohol",
    Need.EDUCATION_WORK: "Education, skills and work",
    Need.FINANCE_ID: "Finance and ID",
    Need.HEALTH: "Health",
}


class Rosh(StrEnum):
    """Risk of serious harm (§1.5), as assessed elsewhere: this service never works it out."""

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"
    VERY_HIGH = "Very High"


class Sex(StrEnum):
    """Sex as police and probation systems record it."""

    MALE = "M"
    FEMALE = "F"
    NOT_KNOWN = "U"


SEX_LABELS = {Sex.MALE: "Male", Sex.FEMALE: "Female", Sex.NOT_KNOWN: "Not known"}

OFFENCE_LABELS = {
    "BIAD": "Burglary in a dwelling",
    "BOTD": "Burglary other than in a dwelling",
    "AB": "Aggravated burglary",
    "RB": "Personal robbery",
    "TFMV": "Theft from motor vehicle",
    "TFP": "Theft from the person",
    "TOMV": "Theft of motor vehicle",
    "SHOP": "Theft from a shop",
    "OAPA47": "Assault occasioning actual bodily harm",
    "KNIFE": "Possession of a bladed article in public",
    "PWITS": "Possession of a class A drug with intent to supply",
}
"""Offence tags (§1.3): neighbourhood crime by the codes of the national crime matching, then local priorities."""

ETHNICITY_LABELS = {
    "W1": "White: British",
    "W2": "White: Irish",
    "W3": "White: Gypsy or Irish Traveller",
    "W9": "White: any other background",
    "M1": "Mixed: White and Black Caribbean",
    "M2": "Mixed: White and Black African",
    "M3": "Mixed: White and Asian",
    "M9": "Mixed: any other background",
    "A1": "Asian: Indian",
    "A2": "Asian: Pakistani",
    "A3": "Asian: Bangladeshi",
    "A4": "Asian: Chinese",
    "A9": "Asian: any other background",
    "B1": "Black: Caribbean",
    "B2": "Black: African",
    "B9": "Black: any other background",
    "O1": "Other: Chinese (older returns)",
    "O2": "Other: Arab",
    "O9": "Other: any other background",
    "NS": "Not stated",
}
"""Self-defined ethnicity by the police 18+1 codes, with the one code only the older 16+1 list has."""
