"""Folding a case's log: in any batches, from any snapshot, each plan its own steps; and what single events change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import to_json

from iom.adapters.programme_files import named, programmes
from iom.calendar import london_date
from iom.decisions import adopted, nominated
from iom.events import Entry, Event, EventKind
from iom.fold import fold, fold_all
from iom.plan import Plan
from iom.programme import PARTNER_UPDATE
from iom.step import Answer
from iom.vocabulary import Basis, Cohort, Outcome, Rag, Role
from tests.unit.plans import START, TEAM, PlanBuilder, a_nomination, a_plan
from tests.unit.stories import Move, beginnings, moves, told
from tests.unit.story import CASE, Story, somebody

A_DAY = timedelta(days=1)
LIBRARY = {programme.key: programme for programme in programmes().values()}
PLAN = TypeAdapter(Plan)
HALF_A_YEAR = timedelta(days=180)


def unfolded(scope: UUID | None = None) -> Plan:
    return Plan(CASE, scope, programmes=LIBRARY)


def every_scope(story: Story) -> list[UUID | None]:
    return [None, *story.interventions]


@settings(max_examples=60)
@given(beginnings(), moves(15), st.lists(st.tuples(st.integers(1, 60), st.integers(0, 80)), min_size=1))
def test_a_log_folds_to_the_same_plan_in_any_batches_however_often_each_event_comes(
    plan: PlanBuilder, made: list[Move], batches: list[tuple[int, int]]
) -> None:
    story = told(plan, made, HALF_A_YEAR)
    for scope in every_scope(story):
        folded, read = unfolded(scope), 0
        while read < len(story.log):
            size, again = batches[read % len(batches)]
            folded = fold_all(folded, story.log[max(0, read - again) : read + size])
            read += size
        assert folded == fold_all(unfolded(scope), story.log)


@settings(max_examples=60)
@given(beginnings(), moves(15), st.integers(0, 10**6))
def test_a_gap_in_the_log_is_refused(plan: PlanBuilder, made: list[Move], place: int) -> None:
    log = told(plan, made, HALF_A_YEAR).log
    left_out = place % (len(log) - 1)

    with pytest.raises(ValueError, match=f"event {left_out + 2} cannot follow {left_out}: read the log from"):
        fold_all(unfolded(), log[:left_out] + log[left_out + 1 :])


@settings(max_examples=60)
@given(beginnings(), moves(15), st.integers(0, 10**6))
def test_going_on_from_a_snapshot_in_json_equals_folding_from_the_first_event(
    plan: PlanBuilder, made: list[Move], place: int
) -> None:
    """As at a continue-as-new: Temporal's converter writes the plan without knowing its type, and reads it by type."""
    story = told(plan, made, HALF_A_YEAR)
    cut = place % (len(story.log) + 1)
    for scope in every_scope(story):
        before = fold_all(unfolded(scope), story.log[:cut])
        snapshot = PLAN.validate_json(to_json(before))

        assert snapshot == before
        assert fold_all(snapshot, story.log[cut:]) == fold_all(unfolded(scope), story.log)


@settings(max_examples=60)
@given(beginnings(), moves(20))
def test_a_case_and_its_interventions_never_touch_each_others_steps(
    plan: PlanBuilder, made: list[Move]
) -> None:
    story = told(plan, [Move(A_DAY, "treatment", 0, 0), *made], HALF_A_YEAR)
    for done in story.done:
        if done.act.kind is EventKind.STEP_OPENED:
            owners = [each for each in story.plans if each.enrolment(done.act.event(0).uuid("enrolment"))]
            assert [each.scope for each in owners] == [done.plan.scope]
    alone = fold_all(unfolded(), _cases_own(story))

    assert _traces(alone) == _traces(story.plan)


def _cases_own(story: Story) -> Sequence[Event]:
    """The log without what is the interventions', numbered anew."""
    foreign = {
        str(event.data["step"])
        for event in story.log
        if event.kind is EventKind.STEP_OPENED and event.data["programme"] == "treatment_keywork@1"
    }
    kept = [
        event
        for event in story.log
        if event.data.get("step") not in foreign
        and event.data.get("scope") is None
        and event.kind not in (EventKind.INTERVENTION_STARTED, EventKind.INTERVENTION_ENDED)
    ]
    return [replace(event, seq=n) for n, event in enumerate(kept, 1)]


def _traces(plan: Plan) -> object:
    """Everything that a plan says of its steps; not the numbers of the events, which differ."""
    return [replace(step, dated_by=0) for step in plan.steps], plan.openings, plan.counts, plan.enrolments


@given(
    st.lists(
        st.tuples(st.sampled_from(Role), st.integers(0, 4)), min_size=1, unique_by=lambda member: member[0]
    )
)
def test_everybody_on_a_team_hears_once_and_not_as_lead_professional_if_they_hold_another_role(
    members: list[tuple[Role, int]],
) -> None:
    held: dict[str, UUID] = {role: somebody(str(account)) for role, account in members}
    story = a_plan().with_team(held).begins()
    heard = [held[Role(role)] for role in story.plan.members]

    assert sorted(heard) == sorted(set(held.values()))
    others = {account for role, account in held.items() if role is not Role.LEAD_PROFESSIONAL}
    assert (Role.LEAD_PROFESSIONAL in story.plan.members) == (
        held.get(Role.LEAD_PROFESSIONAL) not in {None, *others}
    )


@pytest.mark.parametrize("kind", [EventKind.NOMINATED, EventKind.LETTER_UNKNOWN, EventKind.ADDRESS_REFUSED])
def test_news_that_is_nothing_to_the_plan_only_counts_on(kind: EventKind) -> None:
    plan = a_plan().begins().settle().plan
    after = fold(plan, Event(plan.seq + 1, kind, START + A_DAY))

    assert after == replace(plan, seq=plan.seq + 1, at=START + A_DAY)


def test_a_programme_that_was_not_handed_over_cannot_be_begun() -> None:
    (_, begun) = nominated(CASE, named("nomination"))
    with pytest.raises(KeyError):
        fold(Plan(CASE), Event(1, begun.kind, START, begun.data))


def test_a_repeating_step_opens_again_when_done_and_not_when_no_longer_needed() -> None:
    story = a_plan().begins().live(START + A_DAY)
    story.do("police_contact")
    story.answer(story.step("supervision"), Answer(Outcome.NOT_NEEDED, reason="Order ended early"))
    story.live(START + 2 * A_DAY)

    assert story.step("police_contact").number == 2
    assert story.step("police_contact").opened_at == START + A_DAY
    assert "supervision" not in story.open_keys()


def test_a_missed_appointment_opens_its_follow_up_and_a_kept_one_does_not() -> None:
    story = a_plan().begins().live(START + A_DAY).do("supervision", "ATTC").settle()
    assert "enforcement_decision" not in story.open_keys()

    story.do("supervision", "UAAB").settle()
    assert {"missed_contact_attempt", "enforcement_decision", "supervision"} <= set(story.open_keys())


@settings(max_examples=30)
@given(beginnings(), moves(15))
def test_steps_of_the_other_basis_never_open(plan: PlanBuilder, made: list[Move]) -> None:
    story = told(plan, made, HALF_A_YEAR)
    specs = [
        LIBRARY[e.text("programme")].step(e.text("key")) for e in story.log if e.kind is EventKind.STEP_OPENED
    ]

    assert {spec.basis for spec in specs} <= {None, plan.basis}


@given(st.sampled_from(Cohort), st.dates(london_date(START) - timedelta(days=60), london_date(START)))
def test_the_first_weeks_steps_are_left_out_for_somebody_adopted_more_than_four_weeks_ago(
    cohort: Cohort, adopted_on: date
) -> None:
    begun = a_plan().adopted(cohort).adopted_on(adopted_on).begins().settle()
    anew = a_plan().adopted(cohort).begins().settle()
    first = {"safety_check", "first_home_visit", "pathway_actions"} & set(anew.open_keys())
    long_ago = london_date(START) - adopted_on > timedelta(weeks=4)

    assert set(anew.open_keys()) - set(begun.open_keys()) == (first if long_ago else set())
    assert set(begun.open_keys()) <= set(anew.open_keys())


def test_a_deferred_nomination_comes_before_the_panel_again() -> None:
    story = a_nomination().live(START + A_DAY)
    panel = story.step("panel_decision")
    story.tell(Entry(EventKind.STEP_DONE, {"step": str(panel.id)}), Entry(EventKind.DEFERRED)).settle()

    assert story.step("panel_decision").number == 2
    assert {"triage", "score", "partner_information"} <= set(story.open_keys()), "the panel will ask again"
    assert story.step("panel_decision").opened_at == START + A_DAY


def test_a_rejected_nomination_lapses_whole_and_ends_the_plan() -> None:
    story = a_nomination().live(START + A_DAY).tell(Entry(EventKind.REJECTED)).settle()

    assert {act.kind for act in story.acts if act.at == START + A_DAY} == {
        EventKind.STEP_LAPSED,
        EventKind.PLAN_ENDED,
    }
    assert story.plan.ended_at == START + A_DAY


def test_an_adopted_nomination_goes_on_to_the_first_plan_beside_the_cohorts_programme() -> None:
    story = a_nomination().live(START + A_DAY)
    panel, fixed = story.step("panel_decision"), named("fixed")
    decided = adopted(Cohort.FIXED, Basis.STATUTORY, Rag.RED, story.fresh(), fixed)
    story.tell(Entry(EventKind.STEP_DONE, {"step": str(panel.id)}), *decided, programmes=(fixed,)).settle()

    assert {"allocate", "tell_the_person", "first_plan", "supervision"} <= set(story.open_keys())
    before_the_panel = {"triage", "score", "partner_information"}
    assert not {*before_the_panel, "panel_decision"} & set(story.open_keys())
    lapsed = [act.data["step"] for act in story.acts if act.kind is EventKind.STEP_LAPSED]
    assert len(lapsed) == len(before_the_panel), "the panel has decided: nobody waits for them"


def test_an_update_is_asked_of_every_partner_on_the_team_and_lapses_when_the_review_is_held() -> None:
    story = a_plan().red().begins().live(START + 10 * A_DAY)
    asked = [step for step in story.steps if step.key == PARTNER_UPDATE]
    assert {step.owner for step in asked} == set(TEAM) - {Role.COORDINATOR, Role.CHAIR, Role.ANALYST}
    assert {london_date(step.due_at) for step in asked} == {date(2026, 9, 11)}, "two working days before"

    story.answer(asked[0], Answer(Outcome.DONE, result="engaging")).hold_review(Rag.AMBER).settle()
    assert PARTNER_UPDATE not in story.open_keys()
    assert sum(act.kind is EventKind.STEP_LAPSED for act in story.acts) == len(asked) - 1


def test_a_panel_that_deselects_lapses_all_that_is_open_and_the_way_out_begins() -> None:
    story = a_plan().begins().treatment().live(START + 3 * A_DAY).deselect().settle()

    assert story.open_keys() == ["close_registers", "tell_the_person"]
    assert all(plan.ended_at and not plan.openings for plan in story.interventions.values())
    assert [london_date(opening.at) for opening in story.plan.openings] == [
        date(2026, 12, 4),
        date(2027, 9, 4),
    ]
