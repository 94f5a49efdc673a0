"""The reminder ladder of an open step: which letter goes when, computed once when the step is dated. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from iom.calendar import add_working_days, at_london, london_date
from iom.duration import Duration, Unit
from iom.programme import HALFWAY, OPENED, Rung

LATE = "late"
OVERDUE = "overdue"
OWNER = "owner"
MORNING = time(9, 0)
SPREAD = timedelta(minutes=30)
DIGEST = time(7, 30)
EXACT = (Unit.MINUTE, Unit.HOUR)


@dataclass(frozen=True)
class DatedRung:
    """A rung with its moment (aware UTC)."""

    name: str
    letter: str
    to: tuple[str, ...]
    digest: bool
    moment: datetime


def climb(
    ladder: Sequence[Rung],
    step: UUID,
    opened_at: datetime,
    due_at: datetime,
    redated_at: datetime | None = None,
) -> tuple[DatedRung, ...]:
    """Every rung still to come of a step's ladder, earliest first (domain.md §4, R1 and R-urgent).

    A rung counted in days falls between 08:30 and 09:00 London, at a place drawn from the step's id, so that a thousand
    plans do not wake in one second. Rungs that would fall before the opening (or before the new date was given) are
    left out. A date that lies behind already when it is given has a ladder of its own: see ``_late``.
    """
    since = redated_at or opened_at
    at_once = [rung for rung in ladder if rung.at == OPENED and (rung.again or redated_at is None)]
    told = tuple(_dated(rung, step, since, due_at) for rung in at_once)
    if due_at < since:
        return (*told, *_late(ladder, step, since))
    skipped = (OPENED,) if due_at > opened_at else (OPENED, HALFWAY)
    later = [_dated(rung, step, opened_at, due_at) for rung in ladder if rung.at not in skipped]
    to_come = [rung for rung in later if rung.moment >= since]
    return (*told, *sorted(to_come, key=lambda rung: rung.moment))


def _late(ladder: Sequence[Rung], step: UUID, since: datetime) -> tuple[DatedRung, ...]:
    """Its owner is told at once that it is overdue, and only then does it go up, as if it had been due ``since``.

    Counted from a date of long ago, all rungs would be said at one moment, to managers of people who never knew.
    """
    after = [rung for rung in ladder if rung.offset is not None and rung.offset.amount > 0]
    others = [(rung, tuple(to for to in rung.to if (rung.letter, to) != (OVERDUE, OWNER))) for rung in after]
    going_up = [replace(_dated(rung, step, since, since), to=to) for rung, to in others if to]
    first = DatedRung(LATE, OVERDUE, (OWNER,), digest=False, moment=since)
    return (first, *sorted(going_up, key=lambda rung: rung.moment))


def morning(offset: Duration, moment: datetime, spread_by: UUID) -> datetime:
    """The moment this long after another, in the morning of its day where days are counted.

    It falls between 08:30 and 09:00 London by a hash of the id: always the same place for the same step or enrolment.
    """
    landed = offset.after(moment, MORNING)
    return landed if offset.unit in EXACT else landed - timedelta(seconds=_place(spread_by))


def _place(identity: UUID) -> int:
    return int(SPREAD.total_seconds() * int.from_bytes(sha256(identity.bytes).digest()[:4]) / 2**32)


def next_digest(moment: datetime) -> datetime:
    """When the digest that carries news of ``moment`` goes: the first 07:30 London after it on a working day."""
    day = london_date(moment)
    today = at_london(add_working_days(day, 0), DIGEST)
    return today if today > moment else at_london(add_working_days(day, 1), DIGEST)


def _dated(rung: Rung, step: UUID, opened_at: datetime, due_at: datetime) -> DatedRung:
    return DatedRung(rung.name, rung.letter, rung.to, rung.digest, _moment(rung, step, opened_at, due_at))


def _moment(rung: Rung, step: UUID, opened_at: datetime, due_at: datetime) -> datetime:
    if rung.at == OPENED:
        return opened_at
    if rung.at == HALFWAY:
        return opened_at + (due_at - opened_at) / 2
    offset = rung.offset
    assert offset is not None
    return morning(offset, due_at, step)
