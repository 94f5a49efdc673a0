"""Reads a programme from TOML and checks that it can be followed. Pure: text in, a programme or its faults out."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from iom.programme import HALFWAY, OPENED, Programme, ReviewCycle, StepSpec
from iom.refusals import Refused
from iom.vocabulary import Clock, Role

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
PLACES = ("anywhere", "community", "custody")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a programme: where, and what to write instead."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


def read_programme(source: str, text: str, ladders: Mapping[str, Any]) -> Programme:
    """The programme written in ``text``; ``source`` names it in faults, ``ladders`` are those every programme may use.

    Raises Refused("programme_refused") naming every fault: the place (key or line), the reason, what to write instead.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refusal(source, [Fault("TOML", f"{error}; mend the syntax there")]) from None
    written["ladders"] = {**ladders, **written.get("ladders", {})}
    try:
        programme = _adapter().validate_python(written)
    except ValidationError as error:
        raise _refusal(source, [_shape_fault(written, fault) for fault in error.errors()]) from None
    faults = list(_faults(programme))
    if faults:
        raise _refusal(source, faults)
    used = {spec.ladder for spec in (*programme.steps, *programme.review_steps)}
    return replace(programme, ladders={name: programme.ladders[name] for name in sorted(used)})


@cache
def _adapter() -> TypeAdapter[Programme]:
    return TypeAdapter(Programme)


def _refusal(source: str, faults: list[Fault]) -> Refused:
    return Refused("programme_refused", "\n".join(f"{source}: {fault}" for fault in faults))


def _shape_fault(written: Mapping[str, Any], error: Any) -> Fault:
    place, at = [], written
    for part in error["loc"]:
        at = (
            at[part]
            if isinstance(at, dict) and part in at
            else at[part]
            if isinstance(at, list) and isinstance(part, int)
            else {}
        )
        named = at.get("key") or at.get("name") if isinstance(at, dict) else None
        place.append(f"[{named or part}]" if isinstance(part, int) else str(part))
    return Fault(".".join(place).replace(".[", "["), error["msg"])


def _faults(programme: Programme) -> Iterator[Fault]:
    for key, count in Counter(spec.key for spec in programme.steps).items():
        if count > 1:
            yield Fault(f"steps[{key}]", f"the key is used {count} times; give each step its own")
    for spec in programme.steps:
        yield from (
            Fault(f"steps[{spec.key}].{place}", sentence) for place, sentence in _step_faults(programme, spec)
        )
    yield from _ladder_faults(programme)
    if programme.review:
        yield from _review_faults(programme, programme.review)
    reachable = _reachable(programme)
    for spec in programme.steps:
        if spec.key not in reachable:
            yield Fault(
                f"steps[{spec.key}].opens",
                "nothing ever opens this step; let it open on an event, an anchor or a step that opens",
            )


def _step_faults(programme: Programme, spec: StepSpec) -> Iterator[tuple[str, str]]:
    if spec.owner not in set(Role):
        yield "owner", _one_of(spec.owner, Role)
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
    for trigger in spec.opens:
        yield from _trigger_faults(programme, trigger)


def _trigger_faults(programme: Programme, trigger: Any) -> Iterator[tuple[str, str]]:
    steps = {spec.key: spec for spec in programme.steps}
    given = [name for name in ("on", "after", "anchor") if getattr(trigger, name)]
    if len(given) != 1:
        yield (
            "opens",
            f"each opening has exactly one of on, after and anchor; this one has {', '.join(given) or 'none'}",
        )
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
    if review.owner not in set(Role):
        yield Fault("review.owner", _one_of(review.owner, Role))
    for name in ("ladder", "update_ladder"):
        if getattr(review, name) not in programme.ladders:
            yield Fault(f"review.{name}", _one_of(getattr(review, name), programme.ladders))


def _ladder_faults(programme: Programme) -> Iterator[Fault]:
    for name, ladder in programme.ladders.items():
        for rung in ladder:
            place = f"ladders.{name}[{rung.name}]"
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
