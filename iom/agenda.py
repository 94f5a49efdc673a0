"""What a plan does next and when: the one set of rules behind the workflow and the forecast. Pure: no clock, no I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from uuid import UUID

from iom.calendar import at_london, london_date, working_day_on_or_after
from iom.duration import END_OF_WORKING_DAY, Duration
from iom.events import Event, EventKind, Scalar
from iom.fold import fold
from iom.ladder import EXACT, MORNING, DatedRung, morning, next_digest
from iom.plan import AnchorDate, Enrolment, Opening, OpenStep, Plan
from iom.programme import REVIEW, StepSpec
from iom.vocabulary import Clock, Role

MOST_AT_ONCE = 200
"""Acts recorded in one transaction at the most; the rest follow in the next."""


@dataclass(frozen=True)
class LetterDue:
    """A letter to one reader, named by relation (``to``) and role. ``key`` is unique for ever: it is sent once."""

    key: str
    kind: str
    to: str
    role: str
    step: UUID
    moment: datetime
    digest: bool


@dataclass(frozen=True)
class Act:
    """Something the plan itself does: an event to be recorded, with the letters that go with it."""

    at: datetime
    kind: EventKind
    data: Mapping[str, Scalar] = field(default_factory=dict)
    letters: tuple[LetterDue, ...] = ()

    def event(self, seq: int) -> Event:
        """The act as the entry it makes in the log."""
        return Event(seq, self.kind, self.at, self.data)


def next_act(plan: Plan) -> Act | None:
    """The plan's next act if nobody does anything before it; None once there is nothing left to do.

    It is never before the last event: what should have happened earlier happens now.
    """
    act = min(_acts(plan), key=_order, default=None)
    return act and _done_at(plan, act, max(act.at, plan.at or act.at))


def acts_due(plan: Plan, now: datetime) -> tuple[Act, ...]:
    """What the plan does at ``now``: every act whose moment has come, each seen in the light of those before it."""
    acts: list[Act] = []
    act = next_act(plan)
    while act is not None and act.at <= now and len(acts) < MOST_AT_ONCE:
        act = _done_at(plan, act, now)
        acts.append(act)
        plan = fold(plan, act.event(plan.seq + 1))
        act = next_act(plan)
    return tuple(acts)


_ORDER = (
    EventKind.STEP_LAPSED,
    EventKind.STEP_PAUSED,
    EventKind.STEP_REDATED,
    EventKind.STEP_OPENED,
    EventKind.STEP_REMINDED,
    EventKind.INTERVENTION_ENDED,
    EventKind.PLAN_ENDED,
)


def _order(act: Act) -> tuple[datetime, int, str]:
    return act.at, _ORDER.index(act.kind), str(act.data.get("step", ""))


def _acts(plan: Plan) -> Iterator[Act]:
    if plan.ended_at is not None or not plan.enrolments:
        return
    for step in plan.steps:
        yield from _about(plan, step)
    openings = list(_openings(plan))
    yield from (_open(plan, opening) for opening in openings)
    if not (plan.steps or plan.openings or openings or plan.interventions or _goes_on(plan)):
        yield _finish(plan)


def _goes_on(plan: Plan) -> bool:
    """Whether a programme is running that does not end by itself: one that is reviewed, or that something else ends."""
    programmes = [plan.programmes[enrolment.programme] for enrolment in plan.running]
    return any(programme.review or programme.ends for programme in programmes)


def _about(plan: Plan, step: OpenStep) -> Iterator[Act]:
    """The one next act about an open step."""
    spec = plan.spec(step)
    if not plan.is_running(step.enrolment):
        ended_at = next(e.ended_at for e in plan.enrolments if e.id == step.enrolment)
        yield Act(ended_at or step.opened_at, EventKind.STEP_LAPSED, {"step": str(step.id)})
    elif step.over_at is not None:
        yield Act(step.over_at, EventKind.STEP_LAPSED, {"step": str(step.id)})
    elif (absent := _away(plan, spec)) is not None and spec.clock is not Clock.STATUTORY:
        if step.paused_at is None:
            yield Act(max(absent, step.opened_at), EventKind.STEP_PAUSED, {"step": str(step.id)})
    elif step.paused_at is not None:
        resumed_at = max(plan.released_at or plan.custody_since or step.paused_at, step.paused_at)
        yield _redate(step, resumed_at, due(plan, spec, resumed_at))
    elif (moved := _moved(plan, step, spec)) is not None:
        yield moved
    elif step.said < len(step.rungs):
        yield _remind(plan, step)


def _away(plan: Plan, spec: StepSpec) -> datetime | None:
    """Since when the person is not where this step takes place; None while they are."""
    if spec.where == "community":
        return plan.custody_since
    if spec.where == "custody" and plan.custody_since is None:
        return plan.released_at or max(enrolment.began_at for enrolment in plan.enrolments)
    return None


def _moved(plan: Plan, step: OpenStep, spec: StepSpec) -> Act | None:
    """The new date of a step whose anchor has moved."""
    dated = plan.anchors.get(spec.anchor) if spec.clock is Clock.ANCHORED and spec.anchor else None
    if dated is None or dated.set_by <= step.dated_by:
        return None
    due_at = due(plan, spec, step.opened_at)
    return None if due_at == step.due_at else _redate(step, dated.set_at, due_at)


def _redate(step: OpenStep, at: datetime, due_at: datetime) -> Act:
    return Act(at, EventKind.STEP_REDATED, {"step": str(step.id), "due_at": due_at.isoformat()})


def _remind(plan: Plan, step: OpenStep) -> Act:
    rung = step.rungs[step.said]
    said: dict[str, Scalar] = {
        "step": str(step.id),
        "rung": step.said,
        "letter": rung.letter,
        "dating": step.dating,
    }
    return Act(rung.moment, EventKind.STEP_REMINDED, said, tuple(_letters(plan, step, rung)))


def _letters(plan: Plan, step: OpenStep, rung: DatedRung) -> Iterator[LetterDue]:
    moment = next_digest(rung.moment) if rung.digest else rung.moment
    for to in rung.to:
        for role in plan.members if to == "team" else (step.owner,):
            key = f"{step.id}/{step.dating}/{rung.name}/{to}/{role}"
            yield LetterDue(key, rung.letter, to, role, step.id, moment, rung.digest)


def _done_at(plan: Plan, act: Act, now: datetime) -> Act:
    """The act at this moment. A reader to whom several letters about a step have become due gets only the latest."""
    step = plan.open_step(UUID(str(act.data["step"]))) if act.letters else None
    if step is None:
        return replace(act, at=now)
    later = [rung for rung in step.rungs[step.said + 1 :] if rung.moment <= now]
    overtaken = {_reader(plan, letter) for rung in later for letter in _letters(plan, step, rung)}
    wanted = tuple(letter for letter in act.letters if _reader(plan, letter) not in overtaken)
    return replace(act, at=now, letters=wanted)


def _reader(plan: Plan, letter: LetterDue) -> tuple[str, ...]:
    """Who a letter is for, as far as the plan knows: one person may be reached as owner, as member and as chair."""
    if letter.to in ("manager", "point_of_contact"):
        return letter.to, letter.role
    role = letter.to if letter.to in (Role.COORDINATOR, Role.CHAIR) else letter.role
    return (str(plan.team.get(role, role)),)


def _openings(plan: Plan) -> Iterator[Opening]:
    """Every opening with the moment it will really happen, those hung on anchors and the next review among them."""
    for opening in plan.openings:
        if (at := _when_there(plan, plan.spec(opening), opening.at)) is not None:
            yield replace(opening, at=at)
    for enrolment in plan.running:
        programme = plan.programmes[enrolment.programme]
        for spec in programme.steps:
            yield from _anchored(plan, enrolment, spec)
        if programme.review is not None:
            yield from _review(plan, enrolment)


def _when_there(plan: Plan, spec: StepSpec, at: datetime) -> datetime | None:
    """``at``, or the later moment when the person came back to where the step takes place; None while they are away.

    A statutory clock does not wait for a release.
    """
    if spec.where == "community" and spec.clock is Clock.STATUTORY:
        return at
    if _away(plan, spec) is not None:
        return None
    back_at = plan.custody_since if spec.where == "custody" else plan.released_at
    return max(at, back_at) if back_at and spec.where != "anywhere" else at


def _anchored(plan: Plan, enrolment: Enrolment, spec: StepSpec) -> Iterator[Opening]:
    for trigger in spec.opens:
        dated = plan.anchors.get(trigger.anchor) if trigger.anchor else None
        if (
            dated is None
            or plan.count(enrolment.id, spec.key)
            or (spec.basis and spec.basis is not plan.basis)
            or _was_past(spec, dated, enrolment)
        ):
            continue
        anchored_at = at_london(dated.on, MORNING)
        opens_at = (
            morning(trigger.before.negated(), anchored_at, enrolment.id) if trigger.before else anchored_at
        )
        at = _when_there(plan, spec, max(opens_at, enrolment.began_at, dated.set_at))
        if at is not None:
            yield Opening(enrolment.id, spec.key, 1, at, spec.owner)


def _was_past(spec: StepSpec, dated: AnchorDate, enrolment: Enrolment) -> bool:
    """Whether the date lay so far back when the programme began, as an import brings it, that nothing is left to do.

    A date that was set later is never past in this sense: somebody set it, and is to hear what follows.
    """
    if spec.while_recent is None or dated.set_at > enrolment.began_at:
        return False
    return spec.while_recent.after(at_london(dated.on, MORNING)) < enrolment.began_at


def _review(plan: Plan, enrolment: Enrolment) -> Iterator[Opening]:
    """The next review: due one cycle of the present grade after the last one held, the grading or the start (§1.6)."""
    cycle = plan.programmes[enrolment.programme].review
    if cycle is None or plan.review_from is None or any(step.key == REVIEW for step in plan.steps):
        return
    spec = plan.programmes[enrolment.programme].step(REVIEW)
    due_at = _land(spec.due_in(plan.rag), plan.review_from, cycle.at, spec.clock)
    called_at = max(morning(cycle.called, due_at, enrolment.id), plan.review_from)
    yield Opening(enrolment.id, REVIEW, plan.count(enrolment.id, REVIEW) + 1, called_at, cycle.owner, due_at)


def _open(plan: Plan, opening: Opening) -> Act:
    due_at = opening.due_at or due(plan, plan.spec(opening), opening.at)
    opened: dict[str, Scalar] = {
        "step": str(opening.step),
        "enrolment": str(opening.enrolment),
        "programme": plan.programme_of(opening.enrolment).key,
        "key": opening.key,
        "number": opening.number,
        "owner": opening.owner,
        "due_at": due_at.isoformat(),
    }
    return Act(opening.at, EventKind.STEP_OPENED, opened)


def _finish(plan: Plan) -> Act:
    at = plan.at or max(enrolment.began_at for enrolment in plan.enrolments)
    if plan.scope is None:
        return Act(at, EventKind.PLAN_ENDED)
    return Act(at, EventKind.INTERVENTION_ENDED, {"intervention": str(plan.scope)})


def due(plan: Plan, spec: StepSpec, opened_at: datetime) -> datetime:
    """When a step opened at this moment is due (aware UTC); an anchored step counts from its anchor instead."""
    dated = plan.anchors.get(spec.anchor) if spec.clock is Clock.ANCHORED and spec.anchor else None
    if dated is not None:
        return spec.due_in(plan.rag).after(at_london(dated.on, MORNING), END_OF_WORKING_DAY)
    return _land(spec.due_in(plan.rag), opened_at, END_OF_WORKING_DAY, spec.clock)


def _land(allowed: Duration, opened_at: datetime, at: time, clock: Clock) -> datetime:
    """A service-level date on a weekend or bank holiday moves to the next working day; a statutory date never moves.

    Dates in hours and minutes are exact.
    """
    due_at = allowed.after(opened_at, at)
    if clock is Clock.STATUTORY or allowed.unit in EXACT:
        return due_at
    return at_london(working_day_on_or_after(london_date(due_at)), at)
