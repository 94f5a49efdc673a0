"""Rows and files of a cohort for tests, every one valid until a test says otherwise. Invented people only."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from iom.cohort_row import COLUMNS
from iom.identifiers import PncId

TODAY = date(2026, 11, 22)
"""The date on which these rows are right."""


def a_row(number: int = 1, /, **cells: str) -> dict[str, str]:
    """A person on the Flex cohort with a community order; `cells` replaces any of their columns."""
    return (
        dict.fromkeys(COLUMNS, "")
        | {
            "local_ref": f"TT{number:05}",
            "pnc_id": str(PncId(2015, number)),
            "crn": f"X{number:06}",
            "noms_number": f"A{number % 10_000:04}BC",
            "surname": "Wójcik",
            "forenames": "Test Person",
            "date_of_birth": "1990-02-28",
            "sex": "M",
            "ethnicity_self_defined": "W9",
            "police_area": "Charnwood",
            "postcode_district": "LE11",
            "cohort": "Flex",
            "basis": "statutory",
            "index_offence_code": "BIAD",
            "index_offence": "Burglary in a dwelling",
            "sentence_start": "2026-01-10",
            "sentence_end": "2028-01-10",
            "custody_status": "community",
            "arp_score": "82",
            "csrp_score": "3.24",
            "rosh": "Very High",
            "rag": "Amber",
            "lead_agency": "Probation",
            "lead_professional_email": "lead01@probation.example",
            "police_offender_manager_email": "om01@police.example",
            "needs": "accommodation;health",
            "last_contact_on": "2026-11-20",
            "adopted_on": "2026-02-01",
            "notes": '=HYPERLINK("x") is text',
        }
        | cells
    )


IN_PRISON = {
    "custody_status": "sentenced",
    "establishment": "HMP Testing",
    "earliest_release_date": "2027-03-01",
    "rag": "Blue",
}
"""The cells of someone who serves a sentence."""

VOLUNTARY = {
    "basis": "voluntary",
    "crn": "",
    "sentence_start": "",
    "sentence_end": "",
    "lead_agency": "Police",
}
"""The cells of someone who takes part by agreement."""


def a_cohort_file(path: Path, rows: Iterable[Mapping[str, str]], encoding: str = "utf-8-sig") -> Path:
    """A file of these rows, as a spreadsheet would save it."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path
