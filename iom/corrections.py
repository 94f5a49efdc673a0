"""What can be corrected on a person's record, and how each value is read. Pure; changes nothing.

Cohort and grade are decisions of panel and review, sentence dates move steps: those are changed where they are made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from iom.identifiers import PncId, read_crn, read_noms_number, read_postcode_district
from iom.refusals import Refused
from iom.vocabulary import ETHNICITY_LABELS, Rosh, Sex

Value = str | date | float | None


class Field(StrEnum):
    """A value that can be corrected, as ``table.column``."""

    SURNAME = "person.surname"
    FORENAMES = "person.forenames"
    DATE_OF_BIRTH = "person.date_of_birth"
    SEX = "person.sex"
    ETHNICITY = "person.ethnicity"
    PNC_ID = "person.pnc_id"
    CRN = "person.crn"
    NOMS_NUMBER = "person.noms_number"
    POSTCODE_DISTRICT = "person.postcode_district"
    INDEX_OFFENCE = "assessment.index_offence"
    ROSH = "assessment.rosh"
    ARP_SCORE = "assessment.arp_score"
    CSRP_SCORE = "assessment.csrp_score"
    LAST_CONTACT_ON = "assessment.last_contact_on"
    NOTES = "assessment.notes"

    @property
    def table(self) -> str:
        """Where it stands."""
        return self.value.partition(".")[0]

    @property
    def column(self) -> str:
        """What it is called there."""
        return self.value.partition(".")[2]


@dataclass(frozen=True)
class Correctable:
    """How a field is named to people, how its value is read, and whether it may be emptied."""

    label: str
    read: Callable[[str], Value]
    may_be_empty: bool = True


def _words(said: str) -> str:
    return said


def _day(said: str) -> date:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise Refused("value_not_readable", "Write the date as year, month and day: 1991-04-17.") from None
    if not 1900 <= day.year < 2100:
        raise Refused("value_not_readable", "The year must be between 1900 and 2099.")
    return day


def _score(said: str) -> float:
    try:
        score = float(said)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 100:
        raise Refused("value_not_readable", "A score is a number from 0 to 100.")
    return score


def _among(known: Mapping[str, object] | type[StrEnum]) -> Callable[[str], str]:
    codes = [str(each) for each in known]

    def read(said: str) -> str:
        if said not in codes:
            raise Refused("value_not_readable", f"Use one of these: {', '.join(codes)}.")
        return said

    return read


CORRECTABLE: Mapping[Field, Correctable] = {
    Field.SURNAME: Correctable("Surname", _words, may_be_empty=False),
    Field.FORENAMES: Correctable("Forenames", _words, may_be_empty=False),
    Field.DATE_OF_BIRTH: Correctable("Date of birth", _day, may_be_empty=False),
    Field.SEX: Correctable("Sex", _among(Sex)),
    Field.ETHNICITY: Correctable("Ethnicity, self-defined", _among(ETHNICITY_LABELS)),
    Field.PNC_ID: Correctable("PNC id", lambda said: str(PncId.parse(said))),
    Field.CRN: Correctable("CRN", read_crn),
    Field.NOMS_NUMBER: Correctable("NOMS number", read_noms_number),
    Field.POSTCODE_DISTRICT: Correctable("Postcode district", read_postcode_district),
    Field.INDEX_OFFENCE: Correctable("Index offence", _words),
    Field.ROSH: Correctable("Risk of serious harm", _among(Rosh)),
    Field.ARP_SCORE: Correctable("ARP score", _score),
    Field.CSRP_SCORE: Correctable("CSRP score", _score),
    Field.LAST_CONTACT_ON: Correctable("Last contact", _day),
    Field.NOTES: Correctable("Notes", _words),
}


def read_value(field: Field, said: str) -> Value:
    """What is to stand there; None for nothing, an empty text for notes.

    Raises Refused with value_needed, value_not_readable or a code of ``iom.identifiers``.
    """
    correctable, said = CORRECTABLE[field], said.strip()
    if said:
        return correctable.read(said)
    if not correctable.may_be_empty:
        raise Refused("value_needed", f"{correctable.label} cannot be empty. Say what it should be.")
    return "" if field is Field.NOTES else None
