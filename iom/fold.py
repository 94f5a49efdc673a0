"""How a plan changes: one event of the case's log folded in at a time. Pure: no clock, decides nothing new."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from iom.calendar import at_london
from iom.events import Event, EventKind
from iom.ladder import MORNING, climb, morning
from iom.plan import AnchorDate, Enrolment, Opening, OpenStep, Plan
from iom.programme import PARTNER_UPDATE, REVIEW, StepSpec, Trigger
from iom.vocabulary import Anchor, Basis, Outcome, Rag, Role


def fold_all(plan: Plan, events: Iterable[Event]) -> Plan:
    """The plan after these events, in order."""
    for event in events:
        plan = fold(plan, event)
    return plan


def fold(plan: Plan, event: Event) -> Plan:
    """The plan after one more event. An event already folded changes nothing; a gap raises ValueError.

    A plan told ``enrolled`` must hold that programme version in ``programmes`` beforehand (KeyError).
    """
    if event.seq <= plan.seq:
        return plan
    if event.seq != plan.seq + 1:
        raise ValueError(f"event {event.seq} cannot follow {plan.seq}: read the log from {plan.seq + 1}")
    plan = replace(plan, seq=event.seq, at=event.at)
    change = _CHANGES.get(event.kind)
    if change is not None:
        plan = change(plan, event)
    if event.kind is EventKind.ENROLLED:
        return plan
    plan = _let_go(plan, event)
    for enrolment in plan.running:
        plan = _schedule_on(plan, enrolment, event)
    return _end_on(plan, event)


def _enrolled(plan: Plan, event: Event) -> Plan:
    scope = event.data.get("scope")
    if (UUID(str(scope)) if scope else None) != plan.scope:
        return plan
    enrolment = Enrolment(event.uuid("enrolment"), event.text("programme"), event.at)
    plan = replace(plan, enrolments=(*plan.enrolments, enrolment))
    programme = plan.programmes[enrolment.programme]
    plan = _schedule_on(plan, enrolment, event)
    return replace(plan, review_from=event.at) if programme.review else plan


def _schedule_on(plan: Plan, enrolment: Enrolment, event: Event) -> Plan:
    """Every step of the enrolment's programme that this kind of event opens gets its opening."""
    for spec, trigger in plan.programmes[enrolment.programme].opened_on.get(event.kind, ()):
        if not _is_past_its_weeks(spec, event):
            plan = _schedule(plan, enrolment, spec, trigger, event.at)
    return plan


def _let_go(plan: Plan, event: Event) -> Plan:
    """Steps that are for the time until this kind of event are over; those that have not opened yet never will."""

    def is_over(item: Opening | OpenStep) -> bool:
        return plan.spec(item).until is event.kind

    steps = tuple(replace(step, over_at=event.at) if is_over(step) else step for step in plan.steps)
    return replace(plan, steps=steps, openings=tuple(each for each in plan.openings if not is_over(each)))


def _is_past_its_weeks(spec: StepSpec, event: Event) -> bool:
    adopted_on = event.data.get("adopted_on")
    if spec.while_new is None or adopted_on is None:
        return False
    return spec.while_new.after(at_london(date.fromisoformat(str(adopted_on)), MORNING)) < event.at


def _schedule_after(plan: Plan, closed: OpenStep, outcome: Outcome, event: Event) -> Plan:
    """Every step that this one's closing opens gets its opening, the step itself among them where it repeats."""
    enrolment = plan.enrolment(closed.enrolment)
    if enrolment is None or enrolment.ended_at:
        return plan
    result = event.data.get("result")
    for spec in plan.programmes[enrolment.programme].steps:
        for trigger in spec.opens:
            if trigger.after == closed.key and (not trigger.results or result in trigger.results):
                plan = _schedule(plan, enrolment, spec, trigger, event.at)
        if spec.repeats and spec.key == closed.key and outcome is Outcome.DONE:
            plan = _schedule(plan, enrolment, spec, Trigger(after=closed.key), event.at)
    return plan


def _schedule(plan: Plan, enrolment: Enrolment, spec: StepSpec, trigger: Trigger, at: datetime) -> Plan:
    if spec.basis and plan.basis and spec.basis is not plan.basis:
        return plan
    if trigger.wait is not None:
        at = morning(trigger.wait, at, enrolment.id)
    return _add_opening(plan, enrolment.id, spec.key, at, spec.owner)


def _add_opening(
    plan: Plan, enrolment: UUID, key: str, at: datetime, owner: str, due_at: datetime | None = None
) -> Plan:
    number = plan.count(enrolment, key) + 1
    counts = {**plan.counts, f"{enrolment}/{key}": number}
    opening = Opening(enrolment, key, number, at, owner, due_at)
    return replace(plan, counts=counts, openings=(*plan.openings, opening))


def _step_opened(plan: Plan, event: Event) -> Plan:
    enrolment, key, number = event.uuid("enrolment"), event.text("key"), event.number("number")
    if plan.enrolment(enrolment) is None:
        return plan
    ladder = plan.programme_of(enrolment).ladders[plan.programme_of(enrolment).step(key).ladder]
    identity, due_at = event.uuid("step"), event.moment("due_at")
    step = OpenStep(
        identity,
        enrolment,
        key,
        number,
        event.text("owner"),
        event.at,
        due_at,
        climb(ladder, identity, event.at, due_at),
        dated_by=event.seq,
    )
    counts = {**plan.counts, f"{enrolment}/{key}": max(number, plan.count(enrolment, key))}
    openings = tuple(opening for opening in plan.openings if opening.step != identity)
    plan = replace(plan, counts=counts, openings=openings, steps=(*plan.steps, step))
    return _ask_for_updates(plan, step) if key == REVIEW else plan


def _ask_for_updates(plan: Plan, review: OpenStep) -> Plan:
    """One update is asked of each partner on the team, the review's own number on it (domain.md §4.2)."""
    cycle = plan.programme_of(review.enrolment).review
    assert cycle is not None
    due_at = max(cycle.updates_due.after(review.due_at), review.opened_at)
    asked = tuple(
        Opening(review.enrolment, PARTNER_UPDATE, review.number, review.opened_at, role, due_at)
        for role in plan.members
        if role not in (Role.COORDINATOR, Role.CHAIR, Role.ANALYST)
    )
    return replace(plan, openings=(*plan.openings, *asked))


def _step_reminded(plan: Plan, event: Event) -> Plan:
    return _change_step(
        plan, event, lambda step: replace(step, said=max(step.said, event.number("rung") + 1))
    )


def _step_paused(plan: Plan, event: Event) -> Plan:
    return _change_step(plan, event, lambda step: replace(step, paused_at=event.at))


def _step_redated(plan: Plan, event: Event) -> Plan:
    """A step that rests and is put off by somebody rests on: only the plan itself has it resume."""
    due_at = event.moment("due_at")

    def redate(step: OpenStep) -> OpenStep:
        ladder = plan.programme_of(step.enrolment).ladders[plan.spec(step).ladder]
        rungs = climb(ladder, step.id, step.opened_at, due_at, redated_at=event.at)
        dated = replace(step, due_at=due_at, rungs=rungs, said=0, dating=step.dating + 1, dated_by=event.seq)
        return replace(dated, paused_at=None) if event.kind is EventKind.STEP_REDATED else dated

    return _change_step(plan, event, redate)


def _change_step(plan: Plan, event: Event, change: Callable[[OpenStep], OpenStep]) -> Plan:
    wanted = event.uuid("step")
    return replace(plan, steps=tuple(change(step) if step.id == wanted else step for step in plan.steps))


def _closed(outcome: Outcome | None) -> Callable[[Plan, Event], Plan]:
    def close(plan: Plan, event: Event) -> Plan:
        step = plan.open_step(event.uuid("step"))
        if step is None:
            return plan
        plan = replace(plan, steps=tuple(other for other in plan.steps if other.id != step.id))
        if outcome is None:
            return plan
        plan = _schedule_after(plan, step, outcome, event)
        ends = plan.programme_of(step.enrolment).ends
        if ends and ends.after == step.key and event.data.get("result") in ends.results:
            plan = _end(plan, lambda enrolment: enrolment.id == step.enrolment, event.at)
        return plan

    return close


def _review_held(plan: Plan, event: Event) -> Plan:
    plan = _closed(Outcome.DONE)(plan, event)
    return replace(plan, reviews_held=plan.reviews_held + 1, review_from=event.at)


def _rag_changed(plan: Plan, event: Event) -> Plan:
    return replace(plan, rag=Rag(event.text("rag")), review_from=plan.review_from and event.at)


def _adopted(plan: Plan, event: Event) -> Plan:
    return replace(plan, basis=Basis(event.text("basis")))


def _team_changed(plan: Plan, event: Event) -> Plan:
    return replace(plan, team={**plan.team, event.text("role"): event.uuid("account")})


def _anchor_set(plan: Plan, event: Event) -> Plan:
    anchor, on = Anchor(event.text("anchor")), event.data.get("on")
    others = {name: dated for name, dated in plan.anchors.items() if name is not anchor}
    if on is not None:
        others[anchor] = AnchorDate(date.fromisoformat(str(on)), event.at, event.seq)
    return replace(plan, anchors=others)


def _custody_began(plan: Plan, event: Event) -> Plan:
    return replace(plan, custody_since=event.at, released_at=None)


def _released(plan: Plan, event: Event) -> Plan:
    return replace(plan, custody_since=None, released_at=event.at)


def _intervention_started(plan: Plan, event: Event) -> Plan:
    if plan.scope is not None:
        return plan
    return replace(plan, interventions=(*plan.interventions, event.uuid("intervention")))


def _intervention_ended(plan: Plan, event: Event) -> Plan:
    ended = event.uuid("intervention")
    left = tuple(other for other in plan.interventions if other != ended)
    return replace(plan, interventions=left, ended_at=event.at if plan.scope == ended else plan.ended_at)


def _everything_ends(plan: Plan, event: Event) -> Plan:
    return _end(plan, lambda _: True, event.at)


def _end_on(plan: Plan, event: Event) -> Plan:
    """Enrolments whose programme this kind of event ends."""

    def ends(enrolment: Enrolment) -> bool:
        ending = plan.programmes[enrolment.programme].ends
        return ending is not None and ending.on is event.kind

    return _end(plan, ends, event.at)


def _end(plan: Plan, which: Callable[[Enrolment], bool], at: datetime) -> Plan:
    ended = {enrolment.id for enrolment in plan.running if which(enrolment)}
    if not ended:
        return plan
    enrolments = tuple(replace(e, ended_at=at) if e.id in ended else e for e in plan.enrolments)
    openings = tuple(opening for opening in plan.openings if opening.enrolment not in ended)
    return replace(plan, enrolments=enrolments, openings=openings)


def _plan_ended(plan: Plan, event: Event) -> Plan:
    return replace(plan, ended_at=event.at)


_CHANGES: Mapping[EventKind, Callable[[Plan, Event], Plan]] = {
    EventKind.ENROLLED: _enrolled,
    EventKind.ADOPTED: _adopted,
    EventKind.REJECTED: _everything_ends,
    EventKind.DESELECTED: _everything_ends,
    EventKind.TEAM_CHANGED: _team_changed,
    EventKind.RAG_CHANGED: _rag_changed,
    EventKind.ANCHOR_SET: _anchor_set,
    EventKind.CUSTODY_BEGAN: _custody_began,
    EventKind.RELEASED: _released,
    EventKind.STEP_OPENED: _step_opened,
    EventKind.STEP_REMINDED: _step_reminded,
    EventKind.STEP_PAUSED: _step_paused,
    EventKind.STEP_REDATED: _step_redated,
    EventKind.STEP_CANNOT_YET: _step_redated,
    EventKind.STEP_DONE: _closed(Outcome.DONE),
    EventKind.STEP_NOT_NEEDED: _closed(Outcome.NOT_NEEDED),
    EventKind.STEP_LAPSED: _closed(None),
    EventKind.REVIEW_HELD: _review_held,
    EventKind.INTERVENTION_STARTED: _intervention_started,
    EventKind.INTERVENTION_ENDED: _intervention_ended,
    EventKind.PLAN_ENDED: _plan_ended,
}
