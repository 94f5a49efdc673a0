"""Reading one row of a cohort file, with everything that is wrong in it. Pure: sees no other row and no record."""

from collections.abc import Mapping
from datetime import date

from iom.age import check_birth
from iom.cells import Cells, Fault
from iom.cohort_row import COLUMNS, CohortRow, Custody, Identity, Scores, Sentence, Team
from iom.identifiers import (
    EmailAddress,
    PncId,
    read_crn,
    read_email_address,
    read_noms_number,
    read_postcode_district,
)
from iom.refusals import Refused
from iom.vocabulary import (
    DETAINED,
    ETHNICITY_LABELS,
    IN_PRISON,
    OFFENCE_LABELS,
    Basis,
    Cohort,
    CustodyStatus,
    Need,
    Rag,
    Rosh,
    Sex,
)

_NAME = 100
_NOTE = 4000
_NO_PNC_ID = PncId(0, 0)
_NO_ADDRESS = EmailAddress("")


def read_row(cells: Mapping[str, str], today: date) -> CohortRow | tuple[Fault, ...]:
    """The row, or everything that is wrong with it in the order of the columns.

    `cells` has every one of COLUMNS; `today` is the date in London. Cell text is never evaluated.
    """
    reading = Cells(cells)
    row = CohortRow(
        local_ref=reading.text("local_ref", _NAME),
        identity=_identity(reading),
        police_area=reading.text("police_area", _NAME),
        cohort=reading.word("cohort", Cohort),
        basis=reading.word("basis", Basis),
        sentence=_sentence(reading),
        custody=_custody(reading),
        scores=_scores(reading),
        rag=reading.word("rag", Rag),
        team=_team(reading),
        needs=reading.words_if_any("needs", Need, "need"),
        last_contact_on=reading.day_if_any("last_contact_on"),
        adopted_on=reading.day("adopted_on"),
        notes=reading.note_if_any("notes", _NOTE),
    )
    for check in (_check_age, _check_days_past, _check_basis, _check_sentence, _check_custody):
        check(row, reading, today)
    return tuple(sorted(reading.faults, key=lambda fault: COLUMNS.index(fault.column))) or row


def read_identifiers(cells: Mapping[str, str]) -> frozenset[str]:
    """The PNC id, CRN and NOMS number of a row, sound or not, that can be read. Their forms tell them apart."""
    reading = Cells(cells)
    readers = {"pnc_id": PncId.parse, "crn": read_crn, "noms_number": read_noms_number}
    found = (reading.identifier_if_any(column, read) for column, read in readers.items())
    return frozenset(str(identifier) for identifier in found if identifier)


def _identity(cells: Cells) -> Identity:
    return Identity(
        pnc_id=cells.identifier("pnc_id", PncId.parse, _NO_PNC_ID),
        crn=cells.identifier_if_any("crn", read_crn),
        noms_number=cells.identifier_if_any("noms_number", read_noms_number),
        surname=cells.text("surname", _NAME),
        forenames=cells.text("forenames", _NAME),
        date_of_birth=cells.day("date_of_birth"),
        sex=cells.word("sex", Sex),
        ethnicity=cells.code_if_any("ethnicity_self_defined", ETHNICITY_LABELS, "ethnicity") or "NS",
        postcode_district=cells.identifier_if_any("postcode_district", read_postcode_district) or "",
    )


def _sentence(cells: Cells) -> Sentence:
    return Sentence(
        offence_code=cells.code_if_any("index_offence_code", OFFENCE_LABELS, "offence_code"),
        offence=cells.text("index_offence", _NAME),
        start=cells.day_if_any("sentence_start"),
        end=cells.day_if_any("sentence_end"),
    )


def _custody(cells: Cells) -> Custody:
    return Custody(
        status=cells.word("custody_status", CustodyStatus),
        establishment=cells.text_if_any("establishment", _NAME),
        earliest_release=cells.day_if_any("earliest_release_date"),
    )


def _scores(cells: Cells) -> Scores:
    return Scores(
        arp=cells.percentage_if_any("arp_score"),
        csrp=cells.percentage_if_any("csrp_score"),
        rosh=cells.word_if_any("rosh", Rosh),
    )


def _team(cells: Cells) -> Team:
    return Team(
        lead_agency=cells.text("lead_agency", _NAME),
        lead_professional=cells.identifier("lead_professional_email", read_email_address, _NO_ADDRESS),
        police_offender_manager=cells.identifier(
            "police_offender_manager_email", read_email_address, _NO_ADDRESS
        ),
    )


def _check_age(row: CohortRow, cells: Cells, today: date) -> None:
    if not cells.sound("date_of_birth"):
        return
    try:
        check_birth(row.identity.date_of_birth, today)
    except Refused as refused:
        cells.fault("date_of_birth", refused.code, refused.sentence)


def _check_days_past(row: CohortRow, cells: Cells, today: date) -> None:
    """Days that have happened: not after today, not before the person was born."""
    happened = {
        "sentence_start": row.sentence.start,
        "last_contact_on": row.last_contact_on,
        "adopted_on": row.adopted_on,
    }
    for column, day in happened.items():
        if day is None or not cells.sound(column):
            continue
        if day > today:
            cells.fault(column, f"{column}_in_future", f"{day} is still to come. Correct it.")
        elif cells.sound("date_of_birth") and day < row.identity.date_of_birth:
            cells.fault(
                column, f"{column}_before_birth", f"{day} is before the date of birth. Correct one of them."
            )


def _check_basis(row: CohortRow, cells: Cells, _today: date) -> None:
    if not cells.sound("basis"):
        return
    if row.basis is Basis.VOLUNTARY:
        if cells.sound("cohort") and row.cohort is Cohort.FIXED:
            cells.fault(
                "basis",
                "fixed_but_voluntary",
                "The Fixed cohort is for people on an order or licence. Correct the basis or the cohort.",
            )
        return
    for column, day in (("sentence_start", row.sentence.start), ("sentence_end", row.sentence.end)):
        if day is None and cells.sound(column):
            cells.fault(
                column, f"statutory_without_{column}", "A statutory case needs this date. Fill it in."
            )


def _check_sentence(row: CohortRow, cells: Cells, _today: date) -> None:
    start, end, release = row.sentence.start, row.sentence.end, row.custody.earliest_release
    if start and end and end < start:
        cells.fault(
            "sentence_end",
            "sentence_ends_before_start",
            "The sentence ends before it starts. Correct one of them.",
        )
    if start and release and release < start:
        cells.fault(
            "earliest_release_date",
            "release_before_sentence_start",
            "The release is before the sentence starts. Correct one of them.",
        )


def _check_custody(row: CohortRow, cells: Cells, _today: date) -> None:
    if not cells.sound("custody_status"):
        return
    status, blue = row.custody.status, row.rag is Rag.BLUE
    if cells.sound("rag") and status in IN_PRISON and not blue:
        cells.fault(
            "rag", "in_custody_not_blue", f"Blue is the grade of someone {status}. Correct one of them."
        )
    if status in DETAINED:
        return
    if cells.sound("rag") and blue:
        cells.fault(
            "rag", "blue_not_in_custody", f"Blue means in custody, not {status}. Correct one of them."
        )
    if row.custody.establishment:
        cells.fault(
            "establishment",
            "establishment_not_in_custody",
            f"Someone {status} is in no establishment. Correct one of them.",
        )
    if row.custody.earliest_release:
        cells.fault(
            "earliest_release_date",
            "release_date_not_in_custody",
            f"Someone {status} has no release to come. Correct one of them.",
        )
