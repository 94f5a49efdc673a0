"""One row of a cohort file as values: a person, their sentence, their standing on the scheme. Pure: no reading."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from iom.identifiers import Crn, EmailAddress, NomsNumber, PncId
from iom.vocabulary import Basis, Cohort, CustodyStatus, Need, Rag, Rosh, Sex

COLUMNS = (
    "local_ref",
    "pnc_id",
    "crn",
    "noms_number",
    "surname",
    "forenames",
    "date_of_birth",
    "sex",
    "ethnicity_self_defined",
    "police_area",
    "postcode_district",
    "cohort",
    "basis",
    "index_offence_code",
    "index_offence",
    "sentence_start",
    "sentence_end",
    "custody_status",
    "establishment",
    "earliest_release_date",
    "arp_score",
    "csrp_score",
    "rosh",
    "rag",
    "lead_agency",
    "lead_professional_email",
    "police_offender_manager_email",
    "needs",
    "last_contact_on",
    "adopted_on",
    "notes",
)
"""Every column of a cohort file, each once; a file may have them in any order."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the person is."""

    pnc_id: PncId
    crn: Crn | None
    noms_number: NomsNumber | None
    surname: str
    forenames: str
    date_of_birth: date
    sex: Sex
    ethnicity: str
    postcode_district: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """What they were sentenced for and how long it runs; a voluntary case may have no dates."""

    offence_code: str
    offence: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Custody:
    """Where they are in the eyes of the law."""

    status: CustodyStatus
    establishment: str
    earliest_release: date | None


@dataclass(frozen=True, slots=True)
class Scores:
    """Assessments made elsewhere, taken over as they stand (domain.md §1.5)."""

    arp: Decimal | None
    csrp: Decimal | None
    rosh: Rosh | None


@dataclass(frozen=True, slots=True)
class Team:
    """Who answers for the case."""

    lead_agency: str
    lead_professional: EmailAddress
    police_offender_manager: EmailAddress


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A row without a fault."""

    local_ref: str
    identity: Identity
    police_area: str
    cohort: Cohort
    basis: Basis
    sentence: Sentence
    custody: Custody
    scores: Scores
    rag: Rag
    team: Team
    needs: frozenset[Need]
    last_contact_on: date | None
    adopted_on: date
    notes: str
