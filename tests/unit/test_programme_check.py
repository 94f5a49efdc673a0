"""The shipped programmes hold and can be followed to their end; a broken one is refused with the place and the cure."""

from datetime import timedelta
from itertools import product

import pytest

from iom.adapters.programme_files import named, programmes, shared_ladders
from iom.calendar import london_date
from iom.decisions import adopted
from iom.duration import Duration
from iom.events import Entry, EventKind
from iom.plan import OpenStep
from iom.programme import Programme, StepSpec, Trigger
from iom.programme_check import LETTERS, READERS, read_programme
from iom.refusals import Refused
from iom.step import Answer
from iom.vocabulary import Basis, Cohort, Outcome, Rag, Role
from tests.unit.plans import START, a_nomination, a_plan
from tests.unit.story import Story

A_DAY = timedelta(days=1)
HEAD = 'name = "trial"\nversion = 1\ntitle = "Trial"\nabout = "For a test"\n'
STEP = """
[[steps]]
key = "visit"
title = "Visit"
owner = "mentor"
opens = [{ on = "enrolled" }]
due = "3wd"
"""
REVIEW = '[review]\ncycle = { Red = "14d" }\n'
LADDER = '[[ladders.own]]\nname = "first"\nat = "0d"\nletter = "overdue"\nto = ["owner"]\n'


def faults(text: str, head: str = HEAD) -> list[str]:
    """What is said of this broken programme, a line for each fault."""
    with pytest.raises(Refused) as refusal:
        read_programme("trial.toml", head + text, shared_ladders())
    assert refusal.value.code == "programme_refused"
    return refusal.value.sentence.splitlines()


BROKEN = [
    (STEP + 'while_recent = "4w"\n', "steps[visit].while_recent", "the step has none; write both or neither"),
    (STEP + 'until = "step_done"\n', "steps[visit].until", "write one of nominated, deferred"),
    (STEP + 'ladder = "own"\n' + LADDER.replace("first", "late"), "ladders.own[late].name", "choose another"),
    # The shape.
    (STEP + "results = [", "TOML", "mend the syntax there"),
    (STEP.replace('key = "visit"\n', ""), "steps[0].key", "this is missing; write it"),
    (STEP.replace('due = "3wd"\n', ""), "steps[visit].due", "this is missing; write it"),
    (STEP + "duration = 3\n", "steps[visit].duration", "mend the spelling or take it out"),
    (
        STEP.replace("3wd", "3 days"),
        "steps[visit].due",
        "'3 days' is not a duration: write a whole number",
    ),
    (STEP.replace('"3wd"', '{ Red = "3" }'), "steps[visit].due.Red", "'3' is not a duration: write"),
    (
        STEP.replace('"3wd"', '{ Pink = "3d" }'),
        "steps[visit].due.Pink",
        "write 'Red', 'Amber', 'Green' or",
    ),
    (STEP.replace('"3wd"', "{}"), "steps[visit].due", "give at least one grade its time"),
    (STEP + 'clock = "soon"\n', "steps[visit].clock", "write 'statutory', 'service_level' or 'anchored'"),
    (
        STEP.replace('on = "enrolled"', 'anchor = "easter"'),
        "steps[visit].opens[0].anchor",
        "'sentence_end'",
    ),
    (STEP.replace('[{ on = "enrolled" }]', '"enrolled"'), "steps[visit].opens", "write a list in square"),
    (STEP + "stage = 1\n", "steps[visit].stage", "write text in quotes"),
    ('steps = "visit"\n', "steps", "write a list in square brackets"),
    (f'ladders = "own"\n{STEP}', "ladders", "write a table"),
    (STEP + LADDER.replace('at = "0d"\n', ""), "ladders.own[first].at", "this is missing; write it"),
    (STEP + REVIEW + 'at = "noon"\n', "review.at", 'write a time of day in quotes, as in "14:00"'),
    # What it says of steps.
    (STEP + STEP, "steps[visit]", "used 2 times; give each step its own"),
    (STEP.replace('"visit"', '"review"'), "steps[review].key", "give this one another"),
    (STEP.replace('"mentor"', '"nobody"'), "steps[visit].owner", "write one of coordinator, chair"),
    (STEP + 'ladder = "rope"\n', "steps[visit].ladder", "write one of standard, urgent, review, update"),
    (STEP + 'form = "essay"\n', "steps[visit].form", "write one of step, panel_decision"),
    (STEP + 'where = "abroad"\n', "steps[visit].where", "write one of anywhere, community, custody"),
    (STEP.replace('[{ on = "enrolled" }]', "[]"), "steps[visit].opens", "say what opens this step"),
    (
        STEP + 'clock = "anchored"\n',
        "steps[visit].clock",
        "an anchored clock needs an opening with an anchor",
    ),
    (STEP.replace("3wd", "-3wd"), "steps[visit].due", 'before an anchor: clock = "anchored"'),
    # What it says of openings.
    (
        STEP.replace('{ on = "enrolled" }', "{}"),
        "steps[visit].opens",
        "exactly one of on, after and anchor",
    ),
    (
        STEP.replace("enrolled", "step_opened"),
        "steps[visit].opens.on",
        "write one of nominated, deferred",
    ),
    (STEP.replace('on = "enrolled"', 'after = "tea"'), "steps[visit].opens.after", "write one of visit"),
    (STEP.replace(" }]", ', results = ["spoke"] }]'), "steps[visit].opens.results", "opening with after"),
    (STEP.replace(" }]", ', before = "4w" }]'), "steps[visit].opens.before", "opening with anchor"),
    (
        STEP.replace(" }]", ', wait = "-4w" }]'),
        "steps[visit].opens.wait",
        "before an anchor: write before",
    ),
    (
        STEP.replace(" }]", ' }, { after = "visit", results = ["spoke"] }]'),
        "steps[visit].opens.results",
        "visit never ends with spoke; add it to its results",
    ),
    (
        STEP.replace('on = "enrolled"', 'after = "visit"'),
        "steps[visit].opens",
        "nothing ever opens this step",
    ),
    # What it says of the review, the ladders and the end.
    (STEP + REVIEW + 'owner = "nobody"\n', "review.owner", "write one of coordinator"),
    (STEP + REVIEW + 'update_ladder = "rope"\n', "review.update_ladder", "write one of standard"),
    (STEP + REVIEW.replace('Red = "14d"', ""), "review.cycle", "give at least one grade its cycle"),
    (
        STEP + LADDER.replace("overdue", "telegram"),
        "ladders.own[first].letter",
        "write one of step_opened",
    ),
    (STEP + LADDER.replace('["owner"]', '["king"]'), "ladders.own[first].to", "write one of owner"),
    (STEP + LADDER.replace("0d", "soon"), "ladders.own[first].at", "write opened, halfway or a duration"),
    (STEP + LADDER + LADDER, "ladders.own[first]", "the name is used 2 times"),
    ('ends = { after = "tea", results = ["spoke"] }\n' + STEP, "ends.after", "write one of visit"),
    ('ends = { after = "visit", results = ["spoke"] }\n' + STEP, "ends.results", "it has none yet"),
    ("ends = {}\n" + STEP, "ends", "say what ends it: on = an event, or after = a step"),
]
"""A broken programme, the place that is named, and part of what is said to write instead."""


@pytest.mark.parametrize(("text", "place", "cure"), BROKEN, ids=[place for _, place, _ in BROKEN])
def test_a_fault_names_its_place_and_what_to_write_instead(text: str, place: str, cure: str) -> None:
    (said,) = faults(text)
    assert said.startswith(f"trial.toml: {place}: ")
    assert cure in said
    assert not any(word in said for word in ("function-plain", "Input", "Value error")), (
        "words of the reader's"
    )


def test_a_version_that_is_no_number_is_named_at_the_head() -> None:
    assert faults(STEP, HEAD.replace("1", '"one"')) == ["trial.toml: version: write a whole number"]


def test_every_fault_is_named_at_once() -> None:
    text = STEP.replace('"mentor"', '"nobody"') + 'where = "abroad"\n' + REVIEW + 'ladder = "rope"\n'
    places = [line.split(": ")[1] for line in faults(text)]
    assert places == ["steps[visit].owner", "steps[visit].where", "review.ladder"]


def test_two_steps_that_only_open_each_other_are_named_both() -> None:
    one = STEP.replace('on = "enrolled"', 'after = "call"')
    other = STEP.replace('on = "enrolled"', 'after = "visit"').replace('"visit"\ntitle', '"call"\ntitle')
    assert [line.split(": ")[1] for line in faults(one + other)] == [
        "steps[visit].opens",
        "steps[call].opens",
    ]


def test_a_programme_keeps_the_ladders_it_uses_and_its_own_before_the_shared() -> None:
    own = LADDER.replace("own", "standard", 1)
    programme = read_programme("trial.toml", HEAD + STEP + own + LADDER, shared_ladders())
    assert [rung.name for rung in programme.ladders["standard"]] == ["first"]
    assert programme.ladders.keys() == {"standard"}


@pytest.mark.parametrize(
    ("grade", "allowed"), [(Rag.RED, "7d"), (Rag.GREEN, "1mo"), (Rag.AMBER, "1mo"), (None, "1mo")]
)
def test_a_grade_that_is_not_named_has_the_longest_time_whatever_the_order(
    grade: Rag | None, allowed: str
) -> None:
    due = {Rag.GREEN: Duration.parse("1mo"), Rag.RED: Duration.parse("7d"), Rag.BLUE: Duration.parse("20d")}
    spec = StepSpec("visit", "Visit", Role.MENTOR, (Trigger(on=EventKind.ENROLLED),), due)
    assert str(spec.due_in(grade)) == allowed


@pytest.mark.parametrize("programme", programmes().values(), ids=lambda programme: programme.name)
class TestShipped:
    """Every programme that comes with the service."""

    def test_its_letters_readers_and_owners_are_known(self, programme: Programme) -> None:
        rungs = [rung for ladder in programme.ladders.values() for rung in ladder]
        assert {rung.letter for rung in rungs} <= set(LETTERS)
        assert {reader for rung in rungs for reader in rung.to} <= set(READERS)
        assert {spec.owner for spec in programme.steps} <= set(Role)
        assert {
            spec.ladder for spec in (*programme.steps, *programme.review_steps)
        } == programme.ladders.keys()

    def test_every_step_opens_in_some_story_and_nothing_is_left_at_its_end(
        self, programme: Programme
    ) -> None:
        opened: set[str] = set()
        for basis, turn in product(Basis, range(3)):
            story = _followed(programme, basis, turn)
            opened |= {str(e.data["key"]) for e in story.log if e.kind is EventKind.STEP_OPENED}
            first = story.plan.enrolments[0]
            assert first.programme == programme.key
            assert first.id not in {step.enrolment for step in story.steps}
            assert first.id not in {opening.enrolment for opening in story.plan.openings}
            assert first.ended_at or not (programme.review or programme.ends), "it never ends"
        assert opened >= {spec.key for spec in programme.steps}


def _followed(programme: Programme, basis: Basis, turn: int) -> Story:
    """Everybody answers everything for seventeen months, each time with the next result; at last they are let go."""
    story = a_nomination() if programme.name == "nomination" else _adopted(programme, basis)
    for week in range(74):
        story.live(START + 7 * week * A_DAY)
        for step in story.steps:
            _answer(story, step, step.number + turn)
        if week == 40 and story.plan.custody_since:
            story.release()
        if week == 60:
            story.tell(Entry(EventKind.EXIT_PROPOSED))
    if programme.review:
        story.deselect()
    return story.settle()


def _adopted(programme: Programme, basis: Basis) -> Story:
    today = london_date(START)
    plan = a_plan().adopted(Cohort.FLEX).based(basis).on(programme)
    story = plan.sentenced(today, today + timedelta(days=200)).begins()
    inside = any(spec.where == "custody" for spec in programme.steps)
    return story.custody(today + timedelta(days=120)) if inside else story


def _answer(story: Story, step: OpenStep, turn: int) -> None:
    spec = story.plan_of(step).spec(step)
    if spec.form == "review":
        story.hold_review(Rag.RED)
    elif spec.form == "panel_decision":
        _decide(story, step)
    else:
        result = spec.results[turn % len(spec.results)] if spec.results else None
        story.answer(step, Answer(Outcome.DONE, result=result))


def _decide(story: Story, panel: OpenStep) -> None:
    """A nomination is deferred once and then adopted; an exit is agreed."""
    story.tell(Entry(EventKind.STEP_DONE, {"step": str(panel.id)}))
    if panel.key == "exit_panel":
        story.deselect()
    elif panel.number == 1:
        story.tell(Entry(EventKind.DEFERRED))
    else:
        fixed = named("fixed")
        decided = adopted(Cohort.FIXED, Basis.STATUTORY, Rag.RED, story.fresh(), fixed)
        story.tell(*decided, programmes=(fixed,))
