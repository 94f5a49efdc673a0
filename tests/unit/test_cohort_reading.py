"""Rows of a cohort file: what is taken, and what is refused with which code."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iom.cells import Fault
from iom.cohort_reading import read_row
from iom.cohort_row import COLUMNS, CohortRow, Scores
from iom.vocabulary import Basis, Cohort, CustodyStatus, Need, Rag, Rosh, Sex
from tests.builders_cohort import IN_PRISON, TODAY, VOLUNTARY, a_row


def _row(today: date = TODAY, /, **cells: str) -> CohortRow:
    row = read_row(a_row(**cells), today)
    assert isinstance(row, CohortRow), row
    return row


def _all_faults(today: date = TODAY, /, **cells: str) -> tuple[Fault, ...]:
    faults = read_row(a_row(**cells), today)
    assert isinstance(faults, tuple)
    return faults


def _faults(today: date = TODAY, /, **cells: str) -> list[tuple[str, str]]:
    return [(fault.column, fault.code) for fault in _all_faults(today, **cells)]


def test_a_sound_row_becomes_values() -> None:
    row = _row()
    assert str(row.identity.pnc_id) == a_row()["pnc_id"]
    assert (row.identity.surname, row.identity.sex) == ("Wójcik", Sex.MALE)
    assert (row.cohort, row.basis, row.rag) == (Cohort.FLEX, Basis.STATUTORY, Rag.AMBER)
    assert row.scores == Scores(Decimal(82), Decimal("3.24"), Rosh.VERY_HIGH)
    assert row.needs == {Need.ACCOMMODATION, Need.HEALTH}
    assert row.sentence.end == date(2028, 1, 10)
    assert row.custody.status is CustodyStatus.COMMUNITY


def test_someone_in_prison_and_someone_voluntary_are_taken() -> None:
    assert _row(**IN_PRISON).custody.earliest_release == date(2027, 3, 1)
    assert _row(**VOLUNTARY).sentence.end is None


@pytest.mark.parametrize("status", ["police custody", "hospital"])
@pytest.mark.parametrize("rag", ["Blue", "Red"])
def test_detention_elsewhere_than_in_prison_goes_with_any_grade(status: str, rag: str) -> None:
    assert _row(custody_status=status, rag=rag, establishment="Beaumont Leys").rag == rag


def test_a_cell_that_starts_with_an_equals_sign_is_kept_as_text() -> None:
    assert _row(surname="=1+1", notes='=HYPERLINK("x")').identity.surname == "=1+1"


def test_capitals_spaces_and_decomposed_letters_do_not_matter() -> None:
    loose = _row(rag=" amber ", crn="x000001", needs="Health; accommodation ;", surname=" Wo\u0301jcik ")
    assert loose == _row()


def test_notes_may_have_lines() -> None:
    assert _row(notes="one\r\ntwo\n\tthree").notes == "one\r\ntwo\n\tthree"


OPTIONAL = (
    "crn",
    "noms_number",
    "ethnicity_self_defined",
    "postcode_district",
    "index_offence_code",
    "establishment",
    "earliest_release_date",
    "arp_score",
    "csrp_score",
    "rosh",
    "needs",
    "last_contact_on",
    "notes",
)


def test_an_empty_ethnicity_is_not_stated() -> None:
    assert _row(ethnicity_self_defined="").identity.ethnicity == "NS"


@pytest.mark.parametrize("column", OPTIONAL)
def test_what_may_be_unknown_may_be_empty(column: str) -> None:
    _row(**{column: ""})


REQUIRED = sorted(set(COLUMNS) - set(OPTIONAL) - {"sentence_start", "sentence_end"})


@pytest.mark.parametrize("column", REQUIRED)
@pytest.mark.parametrize("empty", ["", "  ", "\u00a0"])
def test_what_must_be_known_must_be_filled(column: str, empty: str) -> None:
    assert _faults(**{column: empty}) == [(column, f"missing_{column}")]


@pytest.mark.parametrize(
    ("column", "written", "code"),
    [
        ("pnc_id", "2003/0261170B", "bad_pnc_check_letter"),
        ("pnc_id", "unknown", "pnc_wrong_pattern"),
        ("crn", "12345X6", "crn_wrong_pattern"),
        ("noms_number", "A12345C", "noms_number_wrong_pattern"),
        ("date_of_birth", "1999-02-30", "impossible_date"),
        ("date_of_birth", "30/02/1999", "date_wrong_pattern"),
        ("date_of_birth", "0000-01-01", "impossible_date"),
        ("date_of_birth", "2027-08-29", "date_of_birth_in_future"),
        ("date_of_birth", "2008-11-23", "date_of_birth_under_18"),
        ("date_of_birth", "1890-01-01", "date_of_birth_too_long_ago"),
        ("sex", "Z", "unknown_sex"),
        ("ethnicity_self_defined", "Q7", "unknown_ethnicity"),
        ("postcode_district", "LE11 3TU", "postcode_district_wrong_pattern"),
        ("cohort", "Flexible", "unknown_cohort"),
        ("basis", "sometimes", "unknown_basis"),
        ("index_offence_code", "JAYWALK", "unknown_offence_code"),
        ("sentence_start", "2026-11-23", "sentence_start_in_future"),
        ("sentence_start", "1989-01-01", "sentence_start_before_birth"),
        ("sentence_start", "", "statutory_without_sentence_start"),
        ("sentence_end", "", "statutory_without_sentence_end"),
        ("sentence_end", "2028-02-30", "impossible_date"),
        ("sentence_end", "2026-01-09", "sentence_ends_before_start"),
        ("custody_status", "on holiday", "unknown_custody_status"),
        ("establishment", "HMP Testing", "establishment_not_in_custody"),
        ("earliest_release_date", "2027-03-01", "release_date_not_in_custody"),
        ("arp_score", "140", "score_out_of_range"),
        ("arp_score", "-1", "score_out_of_range"),
        ("csrp_score", "100.01", "score_out_of_range"),
        ("csrp_score", "high", "score_not_a_number"),
        ("csrp_score", "NaN", "score_not_a_number"),
        ("csrp_score", "1e2", "score_not_a_number"),
        ("rosh", "Extreme", "unknown_rosh"),
        ("rag", "Purple-ish", "unknown_rag"),
        ("rag", "Blue", "blue_not_in_custody"),
        ("lead_professional_email", "lead at probation", "bad_email"),
        ("police_offender_manager_email", "om@police", "bad_email"),
        ("needs", "accommodation;karate", "unknown_need"),
        ("needs", "health;accommodation;Health", "duplicate_need"),
        ("last_contact_on", "2026-11-23", "last_contact_on_in_future"),
        ("last_contact_on", "1990-02-27", "last_contact_on_before_birth"),
        ("adopted_on", "2026-11-23", "adopted_on_in_future"),
        ("adopted_on", "1980-01-01", "adopted_on_before_birth"),
        ("surname", "Wój\x07cik", "unprintable_characters"),
        ("surname", "Wój\ncik", "unprintable_characters"),
        ("surname", "W\ufffdjcik", "unprintable_characters"),
        ("surname", "Wójcik\u202e", "unprintable_characters"),
        ("forenames", "x" * 101, "too_long"),
        ("notes", "x" * 4001, "too_long"),
        ("notes", "bell\x07", "unprintable_characters"),
    ],
)
def test_a_fault_in_one_cell_is_the_only_fault(column: str, written: str, code: str) -> None:
    assert _faults(**{column: written}) == [(column, code)]


@pytest.mark.parametrize("status", ["remand", "sentenced", "recalled"])
def test_someone_in_prison_must_be_blue(status: str) -> None:
    assert _faults(**IN_PRISON | {"custody_status": status, "rag": "Green"}) == [
        ("rag", "in_custody_not_blue")
    ]


def test_a_fixed_case_must_be_statutory() -> None:
    assert _faults(**VOLUNTARY, cohort="Fixed") == [("basis", "fixed_but_voluntary")]


def test_a_cohort_that_is_not_known_is_not_taken_for_fixed() -> None:
    assert _faults(**VOLUNTARY, cohort="Fixer") == [("cohort", "unknown_cohort")]


def test_a_sentence_may_end_on_the_day_it_starts() -> None:
    assert _row(sentence_start="2026-01-10", sentence_end="2026-01-10").sentence.end == date(2026, 1, 10)


def test_nobody_is_released_before_their_sentence() -> None:
    faults = _faults(**IN_PRISON | {"earliest_release_date": "2026-01-09"})
    assert faults == [("earliest_release_date", "release_before_sentence_start")]


def test_every_fault_of_a_row_is_reported_in_the_order_of_its_columns() -> None:
    assert _faults(
        notes="\x07",
        needs="karate;judo",
        rag="Purple",
        custody_status="sentenced",
        sentence_end="2025-01-01",
        cohort="Flexible",
        surname=" ",
        crn="1",
    ) == [
        ("crn", "crn_wrong_pattern"),
        ("surname", "missing_surname"),
        ("cohort", "unknown_cohort"),
        ("sentence_end", "sentence_ends_before_start"),
        ("rag", "unknown_rag"),
        ("needs", "unknown_need"),
        ("needs", "unknown_need"),
        ("notes", "unprintable_characters"),
    ]


def test_a_wrong_word_is_answered_with_the_right_ones() -> None:
    [fault] = _all_faults(rag="Purple\x1b[31m")
    assert fault.message == "“Purple\ufffd[31m” is not one of these: Red, Amber, Green, Blue."


@pytest.mark.parametrize(
    ("today", "code"), [(date(2026, 2, 28), "date_of_birth_under_18"), (date(2026, 3, 1), None)]
)
def test_someone_born_on_a_leap_day_is_18_on_the_first_of_march(today: date, code: str | None) -> None:
    born = {"date_of_birth": "2008-02-29", "last_contact_on": "", "adopted_on": "2026-02-01"}
    if code:
        assert _faults(today, **born) == [("date_of_birth", code)]
    else:
        assert _row(today, **born).identity.date_of_birth == date(2008, 2, 29)


@given(st.fixed_dictionaries({column: st.text(max_size=30) for column in COLUMNS}), st.dates())
def test_whatever_the_cells_hold_the_answer_is_a_row_or_faults(cells: dict[str, str], today: date) -> None:
    answer = read_row(cells, today)
    assert isinstance(answer, CohortRow) or (answer and all(fault.message for fault in answer))


@given(st.sampled_from(COLUMNS), st.text(max_size=200))
def test_one_strange_cell_blames_no_cell_it_has_nothing_to_do_with(column: str, written: str) -> None:
    related = {"basis": "sentence", "custody_status": "rag", "date_of_birth": "adopted_on"}
    answer = read_row(a_row(**{column: written}), TODAY)
    if isinstance(answer, tuple):
        assert all(fault.column == column or column in related for fault in answer)
