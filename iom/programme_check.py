"""Reads a programme from TOML and checks that it can be followed. Pure: text in, a programme or its faults out."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from iom.duration import Duration
from iom.events import EventKind
from iom.ladder import LATE
from iom.programme import (
    HALFWAY,
    OPENED,
    PARTNER_UPDATE,
    REVIEW,
    Ending,
    Programme,
    ReviewCycle,
    StepSpec,
    Trigger,
)
from iom.programme_shape import Fault, shape_faults
from iom.refusals import Refused
from iom.vocabulary import ON_A_CASE, Clock

LETTERS = (
    "step_opened",
    "due_soon",
    "due_today",
    "overdue",
    "escalated",
    "update_asked",
    "review_invitation",
)
READERS = ("owner", "point_of_contact", "manager", "coordinator", "chair", "team")
FORMS = ("step", "panel_decision", "retention_review")
OPENERS = tuple(
    kind for kind in EventKind if not kind.startswith("step_") and kind is not EventKind.PLAN_ENDED
)
"""Events that may open a step. The plan's own may not: a step opened by openings would open for ever."""

PLACES = ("anywhere", "community", "custody")


def read_programme(source: str, text: str, ladders: Mapping[str, Any]) -> Programme:
    """The programme written in ``text``; ``source`` names it in faults, ``ladders`` are those every programme may use.

    Raises Refused("programme_refused") naming every fault: the place (key or line), the reason, what to write instead.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refusal(source, [Fault("TOML", f"{error}; mend the syntax there")]) from None
    own = written.get("ladders", {})
    written["ladders"] = {**ladders, **own} if isinstance(own, dict) else own
    try:
        programme = _adapter().validate_python(written)
    except ValidationError as error:
        raise _refusal(source, shape_faults(written, error)) from None
    faults = list(_faults(programme)) or list(_unreachable(programme))
    if faults:
        raise _refusal(source, faults)
    used = {spec.ladder for spec in (*programme.steps, *programme.review_steps)}
    return replace(programme, ladders={name: programme.ladders[name] for name in sorted(used)})


@cache
def _adapter() -> TypeAdapter[Programme]:
    return TypeAdapter(Programme)


def _refusal(source: str, faults: list[Fault]) -> Refused:
    return Refused("programme_refused", "\n".join(f"{source}: {fault}" for fault in faults))


def _faults(programme: Programme) -> Iterator[Fault]:
    yield from _key_faults(programme)
    for spec in programme.steps:
        yield from (
            Fault(f"steps[{spec.key}].{place}", sentence) for place, sentence in _step_faults(programme, spec)
        )
    yield from _ladder_faults(programme)
    if programme.review:
        yield from _review_faults(programme, programme.review)
    if programme.ends:
        yield from _ending_faults(programme, programme.ends)


def _unreachable(programme: Programme) -> Iterator[Fault]:
    reachable = _reachable(programme)
    for spec in programme.steps:
        if spec.key not in reachable:
            yield Fault(
                f"steps[{spec.key}].opens",
                "nothing ever opens this step; let it open on an event, an anchor or a step that opens",
            )


def _key_faults(programme: Programme) -> Iterator[Fault]:
    for key, count in Counter(spec.key for spec in programme.steps).items():
        if count > 1:
            yield Fault(f"steps[{key}]", f"the key is used {count} times; give each step its own")
        if key in (REVIEW, PARTNER_UPDATE):
            yield Fault(f"steps[{key}].key", "the review cycle has a step of this key; give this one another")


def _step_faults(programme: Programme, spec: StepSpec) -> Iterator[tuple[str, str]]:
    if spec.owner not in ON_A_CASE:
        yield "owner", _one_of(spec.owner, ON_A_CASE)
    if spec.ladder not in programme.ladders:
        yield "ladder", _one_of(spec.ladder, programme.ladders)
    if spec.form not in FORMS:
        yield "form", _one_of(spec.form, FORMS)
    if spec.where not in PLACES:
        yield "where", _one_of(spec.where, PLACES)
    if not spec.opens:
        yield "opens", 'say what opens this step, as in [{ on = "enrolled" }]'
    if spec.clock is Clock.ANCHORED and spec.anchor is None:
        yield (
            "clock",
            'an anchored clock needs an opening with an anchor, as in [{ anchor = "sentence_end", before = "4w" }]',
        )
    if spec.while_recent and spec.anchor is None:
        yield (
            "while_recent",
            "this is how far back an anchor may lie, and the step has none; write both or neither",
        )
    if spec.until and spec.until not in OPENERS:
        yield "until", _one_of(spec.until.value, OPENERS)
    yield from (("due", sentence) for sentence in _due_faults(spec))
    for trigger in spec.opens:
        yield from _trigger_faults(programme, trigger)


def _due_faults(spec: StepSpec) -> Iterator[str]:
    allowed = [spec.due] if isinstance(spec.due, Duration) else list(spec.due.values())
    if not allowed:
        yield 'give at least one grade its time, as in { Red = "7d" }'
    if spec.clock is not Clock.ANCHORED and any(each.amount < 0 for each in allowed):
        yield 'this time counts from the opening, so it cannot be negative; before an anchor: clock = "anchored"'


def _trigger_faults(programme: Programme, trigger: Trigger) -> Iterator[tuple[str, str]]:
    steps = {spec.key: spec for spec in programme.steps}
    given = [name for name in ("on", "after", "anchor") if getattr(trigger, name)]
    if len(given) != 1:
        yield (
            "opens",
            f"each opening has exactly one of on, after and anchor; this one has {', '.join(given) or 'none'}",
        )
    for name, belongs_to in (("results", "after"), ("before", "anchor")):
        if getattr(trigger, name) and not getattr(trigger, belongs_to):
            yield f"opens.{name}", f"this belongs to an opening with {belongs_to}; write both or neither"
    if trigger.wait and (trigger.anchor or trigger.wait.amount < 0):
        yield "opens.wait", "this delays an opening on an event or a step; before an anchor: write before"
    if trigger.on and trigger.on not in OPENERS:
        yield "opens.on", _one_of(trigger.on.value, OPENERS)
    if trigger.after and trigger.after not in steps:
        yield "opens.after", _one_of(trigger.after, steps)
    elif trigger.after:
        unknown = set(trigger.results) - set(steps[trigger.after].results)
        if unknown:
            yield (
                "opens.results",
                f"{trigger.after} never ends with {', '.join(sorted(unknown))}; add it to its results",
            )


def _review_faults(programme: Programme, review: ReviewCycle) -> Iterator[Fault]:
    if review.owner not in ON_A_CASE:
        yield Fault("review.owner", _one_of(review.owner, ON_A_CASE))
    if not review.cycle:
        yield Fault("review.cycle", 'give at least one grade its cycle, as in { Red = "14d" }')
    for name in ("ladder", "update_ladder"):
        if getattr(review, name) not in programme.ladders:
            yield Fault(f"review.{name}", _one_of(getattr(review, name), programme.ladders))


def _ending_faults(programme: Programme, ending: Ending) -> Iterator[Fault]:
    steps = {spec.key: spec for spec in programme.steps}
    if (ending.on is None) == (ending.after is None):
        yield Fault("ends", "say what ends it: on = an event, or after = a step with results")
    if ending.after is None:
        return
    if ending.after not in steps:
        yield Fault("ends.after", _one_of(ending.after, steps))
    elif not ending.results or set(ending.results) - set(steps[ending.after].results):
        known = ", ".join(steps[ending.after].results) or "none yet"
        yield Fault("ends.results", f"say with which results of {ending.after} it ends; it has {known}")


def _ladder_faults(programme: Programme) -> Iterator[Fault]:
    for name, ladder in programme.ladders.items():
        for rung_name, count in Counter(rung.name for rung in ladder).items():
            if count > 1:
                yield Fault(
                    f"ladders.{name}[{rung_name}]", f"the name is used {count} times; only one would be sent"
                )
        for rung in ladder:
            place = f"ladders.{name}[{rung.name}]"
            if rung.name == LATE:
                yield Fault(
                    f"{place}.name", "a step late from its first day is told by this name; choose another"
                )
            if rung.letter not in LETTERS:
                yield Fault(f"{place}.letter", _one_of(rung.letter, LETTERS))
            for reader in rung.to:
                if reader not in READERS:
                    yield Fault(f"{place}.to", _one_of(reader, READERS))
            if rung.at not in (OPENED, HALFWAY):
                try:
                    _ = rung.offset
                except ValueError as error:
                    yield Fault(
                        f"{place}.at", f"write opened, halfway or a duration from the due date; {error}"
                    )


def _reachable(programme: Programme) -> set[str]:
    """The steps that can open, followed from events and anchors through the steps that open others."""
    reached: set[str] = set()
    before = -1
    while before != len(reached):
        before = len(reached)
        for spec in programme.steps:
            if any(trigger.on or trigger.anchor or trigger.after in reached for trigger in spec.opens):
                reached.add(spec.key)
    return reached


def _one_of(written: str, known: Any) -> str:
    return f"{written!r} is not known here; write one of {', '.join(str(name) for name in known)}"
