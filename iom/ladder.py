"""The reminder ladder of an open step: which letter goes when, computed once when the step is dated. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from iom.calendar import add_working_days, at_london, london_date
from iom.duration import Duration, Unit
from iom.programme import HALFWAY, OPENED, Rung

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
    left out; only where the date itself lies behind already is the last rung missed said once, so that lateness shows.
    A step that opens late has no half way: nobody is told that it is due soon.
    """
    since = redated_at or opened_at
    skipped = (OPENED,) if due_at > opened_at else (OPENED, HALFWAY)
    at_once = [rung for rung in ladder if rung.at == OPENED and (rung.again or redated_at is None)]
    later = [_dated(rung, step, opened_at, due_at) for rung in ladder if rung.at not in skipped]
    later.sort(key=lambda rung: rung.moment)
    missed = [replace(rung, moment=since) for rung in later if due_at < rung.moment < since]
    to_come = [rung for rung in later if rung.moment >= since]
    return (*(_dated(rung, step, since, due_at) for rung in at_once), *missed[-1:], *to_come)


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
