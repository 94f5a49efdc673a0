"""The invented cohort: always valid, always the same, never anybody's, and of every kind."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iom.adapters.cohort_case import first_entries
from iom.adapters.programme_files import programmes
from iom.agenda import LetterDue
from iom.calendar import at_london
from iom.cohort_reading import read_row
from iom.cohort_row import COLUMNS, CohortRow
from iom.decisions import team
from iom.invented_cohort import invented_cohort
from iom.vocabulary import Basis, Cohort, CustodyStatus, Need, Rag
from tests.unit.plans import TEAM
from tests.unit.story import Story, somebody

TODAY = date(2026, 11, 22)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.dates(date(2024, 1, 1), date(2060, 12, 31)))
def test_every_invented_person_is_a_valid_row(seed: int, today: date) -> None:
    for cells in invented_cohort(60, today, seed):
        assert isinstance(read_row(cells, today), CohortRow), (cells, read_row(cells, today))
        assert set(cells) == set(COLUMNS)


def test_the_same_seed_and_day_give_the_same_people_and_another_seed_others() -> None:
    people = list(invented_cohort(60, TODAY))
    assert people == list(invented_cohort(60, TODAY))
    assert people != list(invented_cohort(60, TODAY, seed=1))


@pytest.mark.parametrize("column", ["local_ref", "pnc_id", "crn", "noms_number"])
def test_no_two_invented_people_share_an_identifier(column: str) -> None:
    given_out = [cells[column] for cells in invented_cohort(2_000, TODAY) if cells[column]]
    assert len(given_out) > 100
    assert len(set(given_out)) == len(given_out)


def test_sixty_people_show_every_kind_of_case() -> None:
    people = list(invented_cohort(60, TODAY))
    assert {cells["cohort"] for cells in people} == set(Cohort)
    assert {cells["basis"] for cells in people} == set(Basis)
    assert {cells["rag"] for cells in people} == set(Rag)
    assert {need for cells in people for need in cells["needs"].split(";")} == set(Need)
    assert {cells["custody_status"] for cells in people} >= set(CustodyStatus) - {
        CustodyStatus.POLICE_CUSTODY,
        CustodyStatus.HOSPITAL,
    }


def test_bringing_a_cohort_in_tells_nobody_but_those_whose_steps_they_are_of_anything_late() -> None:
    """Dates that passed before the import: nobody has been reminded of them, so nobody above is asked for help."""
    now = at_london(TODAY, time(21))
    first_day: list[LetterDue] = []
    for cells in invented_cohort(300, TODAY):
        row = read_row(cells, TODAY)
        assert isinstance(row, CohortRow)
        story = Story(now).tell(*team((role, somebody(role)) for role in TEAM))
        story.tell(*first_entries(row), programmes=tuple(programmes().values())).settle()
        first_day += [letter for act in story.acts for letter in act.letters]

    assert {letter.to for letter in first_day} == {"owner"}
    assert {letter.kind for letter in first_day} == {"step_opened", "overdue"}
    assert sum(letter.kind == "overdue" for letter in first_day) < 30, "what is long past is left out"


def test_letters_to_invented_people_s_teams_can_reach_nobody() -> None:
    for cells in invented_cohort(60, TODAY):
        assert cells["lead_professional_email"].endswith(".example")
        assert cells["police_offender_manager_email"].endswith(".example")
