"""The first page after signing in: my steps, the overdue first; in a demo, what to watch. Shows only one's own work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import Relation, Sight, Tier, sight
from iom.adapters.deeds import access as requests
from iom.adapters.deeds import agreements, looks
from iom.adapters.store import folded, rights, training
from iom.adapters.store.access import Asked, Waiting
from iom.adapters.store.agreements import AgreementView
from iom.adapters.store.steps import ListedStep
from iom.calendar import london_date
from iom.vocabulary import Clock, Role
from web.api import cursors
from web.deps import settings_of
from web.notices import warnings
from web.pages import people
from web.sessions import PageVisit, SignedIn
from web.telling import Told, foretell

router = APIRouter()

AT_ONCE = 60
"""Steps on one page."""
WATCHED = timedelta(minutes=5)
"""How far ahead the demo tells what will happen."""


@dataclass(frozen=True)
class Group:
    """Steps that are as urgent as each other, those with dates set by law first."""

    title: str
    steps: tuple[ListedStep, ...]


@dataclass(frozen=True)
class Training:
    """The demo's training case: what will happen on it soon. ``ref`` is None for somebody who may not see it."""

    ref: str | None
    coming: tuple[Told, ...] = ()


@dataclass(frozen=True)
class HomePage:
    """Somebody's own work. ``further`` leads to the steps due later, if not all are here.

    ``to_recertify`` is how many accounts a point of contact has to speak for now.
    """

    now: datetime
    groups: tuple[Group, ...]
    further: str | None
    training: Training | None
    corrections: int
    """How many values that this person was told have been corrected since."""
    to_recertify: int = 0
    waiting: tuple[Waiting, ...] = ()
    asked: tuple[Asked, ...] = ()
    days: int = 0
    """For how long one click lets somebody in."""
    ending: tuple[AgreementView, ...] = ()
    """Other agencies' agreements that end soon, for the coordinator."""


@router.get("/")
async def home(visit: SignedIn, after: str = "") -> Response:
    """My steps. ``after`` is the last one of the page before."""
    place = cursors.at_moment_of(after) if after else None
    waiting, asked = (
        await requests.to_decide(visit.conn, visit.by),
        await requests.asked(visit.conn, visit.by),
    )
    beside = [*(each.case_ref for each in waiting), *(each.case_ref for each in asked)]
    found = await looks.at_steps(visit.conn, visit.by, mine=True, limit=AT_ONCE, after=place, beside=beside)
    further = f"/?after={_cursor(found.rows[-1])}" if found.more else None
    in_demo = settings_of(visit.request).inbox_dir is not None and not after
    view = HomePage(
        visit.now,
        grouped(found.rows, visit.now),
        further,
        await _training(visit) if in_demo else None,
        len(await rights.notices_of(visit.conn, visit.actor.account_id)),
        await people.to_recertify(visit),
        tuple(waiting),
        tuple(asked),
        settings_of(visit.request).access_days,
        await _ending(visit),
    )
    return visit.show("home.html", view)


async def _ending(visit: PageVisit) -> tuple[AgreementView, ...]:
    if visit.actor.role is not Role.COORDINATOR:
        return ()
    return tuple(await agreements.ending(visit.conn, visit.by, warnings(settings_of(visit.request))[0]))


def grouped(steps: Sequence[ListedStep], now: datetime) -> tuple[Group, ...]:
    """Steps by urgency: overdue, due today, coming."""
    today = london_date(now)
    overdue = [step for step in steps if step.due_at < now]
    later = [step for step in steps if step.due_at >= now]
    due_today = [step for step in later if london_date(step.due_at) == today]
    coming = [step for step in later if london_date(step.due_at) > today]
    titled = (("Overdue", overdue), ("Due today", due_today), ("Coming", coming))
    return tuple(Group(title, _lawful_first(group)) for title, group in titled if group)


def _lawful_first(steps: Sequence[ListedStep]) -> tuple[ListedStep, ...]:
    return tuple(sorted(steps, key=lambda step: step.clock != Clock.STATUTORY))


async def _training(visit: PageVisit) -> Training:
    """The demo's training case. Nobody real is on it, so looking ahead here is no look at a person's record."""
    case = await training.find(visit.conn, visit.actor.account_id)
    if case is None or sight(visit.actor, Tier.CASE, Relation(case.on_team)) is not Sight.FULL:
        return Training(None)
    coming = await folded.foreseen(visit.conn, case.id, visit.now + WATCHED)
    return Training(case.ref, foretell(coming))


def _cursor(step: ListedStep) -> str:
    return cursors.pack(step.due_at.isoformat(), str(step.id))
