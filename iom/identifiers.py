"""PNC id, CRN, NOMS number, case reference, e-mail address, postcode district. Pure: form only, not existence."""

import random
import re
from dataclasses import dataclass
from typing import NewType, Self

from iom.refusals import Refused

Crn = NewType("Crn", str)
NomsNumber = NewType("NomsNumber", str)
CaseRef = NewType("CaseRef", str)
EmailAddress = NewType("EmailAddress", str)
PostcodeDistrict = NewType("PostcodeDistrict", str)

_PNC_CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
_PNC_FORM = re.compile(r"([0-9]{4}|[0-9]{2})(?:/([0-9]{1,7})|([0-9]{7}))([A-Za-z])")
_PNC_BEGAN = 1974

_CRN_FORM = re.compile(r"[A-Za-z][0-9]{6}")
_NOMS_FORM = re.compile(r"[A-Za-z][0-9]{4}[A-Za-z]{2}")

CASE_REF_ALPHABET = "34679CDFHJKLMNPQRTVWXY"
"""No vowel, so no words; and none of 0 1 2 5 8 B G I O S U Z, which are misread."""

_CASE_REF_FORM = re.compile(
    r"([{0}]{{2}})-?([{0}]{{4}})".format(CASE_REF_ALPHABET + CASE_REF_ALPHABET.lower())
)

_POSTCODE_DISTRICT_FORM = re.compile(r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]?")

_EMAIL_MAILBOX = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_EMAIL_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL_FORM = re.compile(
    rf"(?=.{{3,254}}$)(?=[^@]{{1,64}}@){_EMAIL_MAILBOX}@(?:{_EMAIL_LABEL}\.)+{_EMAIL_LABEL}"
)


@dataclass(frozen=True, slots=True, order=True)
class PncId:
    """A person's number on the Police National Computer: the year it was given and a serial number."""

    year: int
    serial: int

    @property
    def check_letter(self) -> str:
        """The two-digit year and the seven-digit serial as one number, modulo 23, index the letters."""
        return _PNC_CHECK_LETTERS[int(f"{self.year % 100}{self.serial:07}") % len(_PNC_CHECK_LETTERS)]

    def __str__(self) -> str:
        return f"{self.year:04}/{self.serial:07}{self.check_letter}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 2003/0261170A, 03/261170A, 20030261170A or 030261170A, in either case.

        A two-digit year before 74 is of this century, since the computer began in 1974. Refused:
        `pnc_wrong_pattern`, `bad_pnc_check_letter`.
        """
        form = _PNC_FORM.fullmatch(text.strip())
        if form is None:
            raise Refused(
                "pnc_wrong_pattern", "This is not a PNC id. Write year, slash, number, letter: 2003/0261170A."
            )
        pnc_id = cls(_full_year(form[1]), int(form[2] or form[3]))
        if form[4].upper() != pnc_id.check_letter:
            raise Refused(
                "bad_pnc_check_letter",
                "The last letter does not fit the rest of this PNC id, so a character is wrong. "
                "Compare it with the Police National Computer.",
            )
        return pnc_id


def read_crn(text: str) -> Crn:
    """A case reference number of nDelius, upper-cased (domain.md §6.1). Refused: `crn_wrong_pattern`."""
    if _CRN_FORM.fullmatch(text.strip()) is None:
        raise Refused("crn_wrong_pattern", "This is not a CRN. Write one letter and six digits: X123456.")
    return Crn(text.strip().upper())


def read_noms_number(text: str) -> NomsNumber:
    """A prison number, upper-cased (domain.md §6.1). Refused: `noms_number_wrong_pattern`."""
    if _NOMS_FORM.fullmatch(text.strip()) is None:
        raise Refused(
            "noms_number_wrong_pattern",
            "This is not a NOMS number. Write a letter, four digits and two letters: A1234BC.",
        )
    return NomsNumber(text.strip().upper())


def new_case_ref(source: random.Random) -> CaseRef:
    """A reference like LX-4F7Q that says nothing of the person: one of 113 million.

    Give `random.SystemRandom()` outside tests. The caller draws again if the reference is taken.
    """
    drawn = "".join(source.choices(CASE_REF_ALPHABET, k=6))
    return CaseRef(f"{drawn[:2]}-{drawn[2:]}")


def read_case_ref(text: str) -> CaseRef:
    """A case reference as typed, in either case, with or without the dash. Refused: `case_ref_wrong_pattern`."""
    form = _CASE_REF_FORM.fullmatch(text.strip())
    if form is None:
        raise Refused(
            "case_ref_wrong_pattern",
            "This is not a case reference. It has two characters, a dash and four more, as in LX-4F7Q.",
        )
    return CaseRef(f"{form[1]}-{form[2]}".upper())


def read_email_address(text: str) -> EmailAddress:
    """An address that mail can be sent to, lower-cased; the domain has a dot. Refused: `bad_email`."""
    if _EMAIL_FORM.fullmatch(text.strip()) is None:
        raise Refused("bad_email", "This is not an e-mail address. Write it in full: name@police.example.")
    return EmailAddress(text.strip().lower())


def read_postcode_district(text: str) -> PostcodeDistrict:
    """The first half of a postcode, upper-cased. Refused: `postcode_district_wrong_pattern`."""
    if _POSTCODE_DISTRICT_FORM.fullmatch(text.strip()) is None:
        raise Refused(
            "postcode_district_wrong_pattern",
            "This is not a postcode district. Write the first half of a postcode only: LE11.",
        )
    return PostcodeDistrict(text.strip().upper())


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (1900 if year >= _PNC_BEGAN % 100 else 2000)
