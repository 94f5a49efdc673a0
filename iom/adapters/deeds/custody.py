"""Custody, release, and the release date that moves (domain.md §1.9)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from iom.access import Deed
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.deeds.cases import held
from iom.adapters.programme_files import named
from iom.adapters.store import cases, events
from iom.adapters.store.cases import HeldCase
from iom.calendar import london_date
from iom.decisions import anchor, released, taken_into_custody
from iom.events import Entry
from iom.programme import Programme
from iom.refusals import Refused
from iom.vocabulary import IN_PRISON, Anchor, CustodyStatus


@dataclass(frozen=True)
class Custody:
    """Where the person is now; the establishment and the earliest release date while in prison."""

    status: CustodyStatus
    establishment: str | None = None
    earliest_release_on: date | None = None


async def record_custody(conn: Connection, by: By, ref: str, custody: Custody) -> int:
    """Records where the person is. Returns the log's last number, the same as before where no plan turns on it.

    Into prison and out of it a programme begins; a release date that moved moves the steps that hang on it. All else
    (another prison, police custody, hospital, at large) is noted without an entry in the log.
    Raises Refused with case_not_found, not_allowed, case_closed, not_adopted, release_needs_custody,
    release_date_passed or nothing_changed.
    """
    case = await held(conn, by, ref, Deed.RECORD_CUSTODY)
    if not case.adopted:
        raise Refused(
            "not_adopted", "Custody is recorded once the person is on the scheme. Decide at panel first."
        )
    _check(custody, london_date(by.now))
    if custody == _known(case):
        raise Refused("nothing_changed", "The record says just this already. Send what has changed since.")
    programme = _programme(case, custody)
    await _write(conn, case.id, custody, programme)
    seq = case.last_seq
    if entries := _entries(case, custody, programme):
        seq = await events.append(conn, case.id, entries, by.now, by.actor.account_id, by.request_id)
    await by.note(conn, "alter", f"case:{ref}", case.id, "custody")
    return seq


def _check(custody: Custody, today: date) -> None:
    if custody.status not in IN_PRISON and (custody.earliest_release_on or custody.establishment):
        raise Refused(
            "release_needs_custody",
            "A prison and a release date belong to somebody in prison. Leave them out.",
        )
    if custody.earliest_release_on and custody.earliest_release_on < today:
        raise Refused(
            "release_date_passed",
            "The earliest release date has passed. Give a date to come, or record the release.",
        )


def _known(case: HeldCase) -> Custody:
    return Custody(CustodyStatus(case.custody_status), case.establishment, case.earliest_release_on)


def _programme(case: HeldCase, custody: Custody) -> Programme | None:
    """The programme that begins: custody or release; None for who stays in prison, or stays out of it."""
    was, is_now = case.custody_status in IN_PRISON, custody.status in IN_PRISON
    return None if was is is_now else named("custody" if is_now else "release")


async def _write(conn: Connection, case_id: UUID, custody: Custody, programme: Programme | None) -> None:
    """The whereabouts, and the grade that comes with them: in this order on the way in, the other on the way out.

    A prison offender manager sees the grade only while the person is in prison, and so can only then change it.
    """
    graded = {"rag": programme.sets_rag} if programme and programme.sets_rag else None
    if graded and custody.status not in IN_PRISON:
        await cases.assess(conn, case_id, graded)
    where = {
        "custody_status": custody.status,
        "establishment": custody.establishment,
        "earliest_release_on": custody.earliest_release_on,
    }
    await cases.locate(conn, case_id, where)
    if graded and custody.status in IN_PRISON:
        await cases.assess(conn, case_id, graded)


def _entries(case: HeldCase, custody: Custody, programme: Programme | None) -> tuple[Entry, ...]:
    if programme is None:
        moved = custody.earliest_release_on != case.earliest_release_on
        return (anchor(Anchor.EARLIEST_RELEASE, custody.earliest_release_on),) if moved else ()
    if custody.status in IN_PRISON:
        return taken_into_custody(custody.earliest_release_on, uuid4(), programme)
    return released(uuid4(), programme)
