"""What will happen if nobody does anything more. Pure: the plan's own rules run ahead, no other ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iom.agenda import Act, LetterDue, next_act
from iom.events import EventKind
from iom.fold import fold
from iom.plan import Plan


@dataclass(frozen=True)
class Foreseen:
    """One thing to come. ``letter`` and ``letters`` are set for a reminder, ``due_at`` for an opening or a new date."""

    at: datetime
    kind: EventKind
    step: UUID | None
    key: str
    title: str
    owner: str
    due_at: datetime | None
    letter: str | None
    letters: tuple[LetterDue, ...] = ()


def forecast(plan: Plan, until: datetime) -> Iterator[Foreseen]:
    """What will happen up to and with ``until``, earliest first."""
    act = next_act(plan)
    while act is not None and act.at <= until:
        before, plan = plan, fold(plan, act.event(plan.seq + 1))
        yield _foresee(before, plan, act)
        act = next_act(plan)


def _foresee(before: Plan, after: Plan, act: Act) -> Foreseen:
    identity = UUID(str(act.data["step"])) if "step" in act.data else None
    step = (after.open_step(identity) or before.open_step(identity)) if identity else None
    dated = act.kind in (EventKind.STEP_OPENED, EventKind.STEP_REDATED)
    return Foreseen(
        at=act.at,
        kind=act.kind,
        step=identity,
        key=step.key if step else "",
        title=after.spec(step).title if step else "",
        owner=step.owner if step else "",
        due_at=step.due_at if step and dated else None,
        letter=str(act.data["letter"]) if act.kind is EventKind.STEP_REMINDED else None,
        letters=act.letters,
    )
