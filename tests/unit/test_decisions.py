"""What each decision writes in the log, and that the plan understands it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iom.adapters.programme_files import for_cohort, named
from iom.decisions import (
    Sentence,
    adopted,
    anchor,
    anchors,
    deselected,
    intervention_started,
    nominated,
    released,
    taken_into_custody,
    team,
)
from iom.events import Entry, EventKind
from iom.refusals import Refused
from iom.vocabulary import Anchor, Basis, Cohort, Rag, Role
from tests.unit.plans import START, a_nomination, a_plan
from tests.unit.story import somebody

ENROLMENT = UUID("00000000-0000-4000-8000-0000000000e1")
INTERVENTION = UUID("00000000-0000-4000-8000-0000000000f1")
RELEASE_ON = date(2026, 12, 24)

ADOPTED = adopted(Cohort.FIXED, Basis.STATUTORY, Rag.RED, ENROLMENT, named("fixed"))
TAKEN = taken_into_custody(RELEASE_ON, ENROLMENT, named("custody"))
RELEASED = released(ENROLMENT, named("release"))
BEGUN = intervention_started(INTERVENTION, ENROLMENT, named("treatment_keywork"))


@pytest.mark.parametrize(
    ("entries", "kinds"),
    [
        (nominated(ENROLMENT, named("nomination")), ["nominated", "enrolled"]),
        (ADOPTED, ["adopted", "rag_changed", "enrolled"]),
        (TAKEN, ["custody_began", "anchor_set", "rag_changed", "enrolled"]),
        (
            taken_into_custody(None, ENROLMENT, named("custody")),
            ["custody_began", "rag_changed", "enrolled"],
        ),
        (RELEASED, ["released", "anchor_set", "rag_changed", "enrolled"]),
        (BEGUN, ["intervention_started", "enrolled"]),
        (deselected(ENROLMENT, named("exit")), ["deselected", "enrolled"]),
        (team([(Role.CHAIR, ENROLMENT)]), ["team_changed"]),
    ],
)
def test_a_decision_is_written_in_codes_and_dates_the_beginning_of_its_programme_last(
    entries: tuple[Entry, ...], kinds: list[str]
) -> None:
    assert [entry.kind for entry in entries] == kinds
    for value in [value for entry in entries for value in entry.data.values()]:
        assert value is None or (isinstance(value, str) and " " not in value), "no free text in the log"


def test_custody_is_blue_and_release_is_red_as_their_programmes_say() -> None:
    graded = {entry.data["rag"] for entry in TAKEN if entry.kind is EventKind.RAG_CHANGED}
    assert graded == {Rag.BLUE}
    graded = {entry.data["rag"] for entry in RELEASED if entry.kind is EventKind.RAG_CHANGED}
    assert graded == {Rag.RED}


def test_the_release_date_is_not_known_any_more_after_the_release() -> None:
    story = a_plan().begins().custody(RELEASE_ON).live(START + timedelta(days=1)).release()

    assert Anchor.EARLIEST_RELEASE not in story.plan.anchors
    assert story.plan.custody_since is None
    assert story.plan.released_at == START + timedelta(days=1)


def test_an_intervention_begins_its_programme_in_a_scope_of_its_own() -> None:
    assert BEGUN[1].data["scope"] == str(INTERVENTION)
    story = a_plan().begins().treatment()
    (intervention,) = story.interventions

    assert story.plan.interventions == (intervention,)
    assert [each.programme for each in story.interventions[intervention].enrolments] == [
        "treatment_keywork@1"
    ]


@pytest.mark.parametrize(("cohort", "basis"), [(cohort, basis) for cohort in Cohort for basis in Basis])
def test_only_the_fixed_cohort_has_to_be_statutory(cohort: Cohort, basis: Basis) -> None:
    if (cohort, basis) == (Cohort.FIXED, Basis.VOLUNTARY):
        with pytest.raises(Refused) as refusal:
            adopted(cohort, basis, Rag.RED, ENROLMENT, for_cohort(cohort))
        assert refusal.value.code == "fixed_is_statutory"
        return
    story = a_plan().adopted(cohort).based(basis).amber().begins()
    assert (story.plan.basis, story.plan.rag) == (basis, Rag.AMBER)
    assert [each.programme for each in story.plan.enrolments] == [f"{cohort.lower()}@1"]


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 9000))
def test_the_final_third_begins_when_two_thirds_of_the_sentence_have_passed(start: date, days: int) -> None:
    final_third = Sentence(start, start + timedelta(days=days)).final_third_on
    assert final_third is not None
    assert 0 <= 2 * days - 3 * (final_third - start).days < 3


def test_a_sentence_sets_the_anchors_it_knows_and_no_others() -> None:
    whole = Sentence(date(2026, 1, 1), date(2026, 12, 31), RELEASE_ON)
    assert {entry.data["anchor"]: entry.data["on"] for entry in anchors(whole)} == {
        Anchor.SENTENCE_END: "2026-12-31",
        Anchor.FINAL_THIRD: "2026-08-31",
        Anchor.EARLIEST_RELEASE: "2026-12-24",
    }
    assert [entry.data["anchor"] for entry in anchors(Sentence(None, RELEASE_ON))] == [Anchor.SENTENCE_END]
    assert anchors(Sentence(date(2026, 1, 1), None)) == ()


def test_an_anchor_is_set_moved_and_forgotten() -> None:
    story = a_plan().sentenced(None, RELEASE_ON).begins()
    assert story.plan.anchors[Anchor.SENTENCE_END].on == RELEASE_ON

    story.move(Anchor.SENTENCE_END, RELEASE_ON + timedelta(days=7))
    assert story.plan.anchors[Anchor.SENTENCE_END].on == RELEASE_ON + timedelta(days=7)
    assert anchor(Anchor.SENTENCE_END, None).data["on"] is None
    story.move(Anchor.SENTENCE_END, None)
    assert story.plan.anchors == {}


def test_a_role_that_changes_hands_is_held_by_one_person() -> None:
    story = a_nomination().tell(*team([(Role.CHAIR, ENROLMENT)]))

    assert story.plan.team[Role.CHAIR] == ENROLMENT
    assert story.plan.team[Role.COORDINATOR] == somebody(Role.COORDINATOR)
