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
    """Who does a step: a role on the case, never a named person (§1.7)."""

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
}


class Outcome(StrEnum):
    """The three things a partner can say of a step (§1.8)."""

    DONE = "done"
    CANNOT_YET = "cannot_yet"
    NOT_NEEDED = "not_needed"


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
