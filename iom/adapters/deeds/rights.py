"""Rectification and restriction of processing (Data Protection Act 2018 s.46, s.47), closed cases included."""

from uuid import UUID

from psycopg.errors import UniqueViolation

from iom.access import Deed, may
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.store import cases, rights
from iom.adapters.store.cases import HeldCase
from iom.adapters.store.rows import insert
from iom.adapters.tables import Correction, CorrectionNotice, ProcessingRestriction
from iom.corrections import Field, read_value
from iom.refusals import Refused


async def correct(conn: Connection, by: By, ref: str, field: Field, said: str, reason: str) -> int:
    """Corrects one value, keeps what it was, and tells everybody who was told it. Returns how many that is.

    Raises Refused with case_not_found, not_allowed, reason_needed, nothing_changed, taken, or as ``read_value`` does.
    """
    case = await _held(conn, by, ref, Deed.CORRECT_RECORD)
    _need(reason)
    value, was = read_value(field, said), await rights.value_of(conn, case.id, field)
    if value == was:
        raise Refused("nothing_changed", "It says so already. Reload the case to see who corrected it.")
    try:
        async with conn.transaction():
            await rights.set_value(conn, case.id, field, value)
    except UniqueViolation:
        raise Refused(
            "taken", "Somebody else on the scheme has this number. Find out whose it is first."
        ) from None
    correction = Correction(
        case_id=case.id,
        field=field,
        was=_text(was),
        is_now=_text(value),
        reason=reason,
        at=by.now,
        by_id=by.actor.account_id,
    )
    await insert(conn, correction)
    told = await _tell(conn, by, case, correction)
    await by.note(conn, "alter", f"case:{ref}", case.id, "correction")
    return told


async def _tell(conn: Connection, by: By, case: HeldCase, correction: Correction) -> int:
    accounts, outside = await rights.to_tell(conn, case.id, by.actor.account_id)

    def notice(account_id: UUID | None, recipient: str | None) -> CorrectionNotice:
        return CorrectionNotice(
            correction_id=correction.id,
            case_id=case.id,
            ref=case.ref,
            field=correction.field,
            account_id=account_id,
            recipient=recipient,
            at=by.now,
        )

    notices = [*(notice(each, None) for each in accounts), *(notice(None, each) for each in outside)]
    await insert(conn, *notices)
    return len(notices)


async def acknowledge(conn: Connection, by: By, notice_id: UUID) -> None:
    """The reader has put right what they hold; or, of a recipient outside, somebody has told them.

    Raises Refused(notice_not_found).
    """
    case_id = await rights.acknowledge(conn, notice_id, by.actor.account_id, by.now)
    if case_id is None:
        raise Refused("notice_not_found", "There is no such notice for you, or it is acknowledged already.")
    await by.note(conn, "alter", f"correction_notice:{notice_id}", case_id, "correction")


async def restrict(conn: Connection, by: By, ref: str, why: str) -> None:
    """Hides the case from all but coordinator and chair of its team while its accuracy is contested.

    Only somebody on the team: anybody else could not lift it again. The plan goes on.
    Raises Refused with case_not_found, not_allowed, not_on_team, reason_needed or already_limited.
    """
    case = await _held(conn, by, ref, Deed.RESTRICT_PROCESSING)
    if not case.on_team:
        raise Refused("not_on_team", "Only coordinator or chair of this case's own team can do this.")
    _need(why)
    row = ProcessingRestriction(case_id=case.id, why=why, since=by.now, by_id=by.actor.account_id)
    try:
        async with conn.transaction():
            await insert(conn, row)
    except UniqueViolation:
        raise Refused("already_limited", "Processing of this case is restricted already.") from None
    await by.note(conn, "alter", f"case:{ref}", case.id, "processing_restriction")


async def lift_restriction(conn: Connection, by: By, ref: str, why: str) -> None:
    """Everybody sees the case again who did before.

    Raises Refused with case_not_found, not_allowed, reason_needed or not_limited.
    """
    case = await _held(conn, by, ref, Deed.RESTRICT_PROCESSING)
    _need(why)
    if not await rights.lift(conn, case.id, by.actor.account_id, by.now, why):
        raise Refused("not_limited", "Processing of this case is not restricted.")
    await by.note(conn, "alter", f"case:{ref}", case.id, "processing_restriction")


async def _held(conn: Connection, by: By, ref: str, deed: Deed) -> HeldCase:
    """The case, open or closed: rights do not end with it."""
    case = await cases.lock(conn, ref, by.actor.account_id)
    if case is None or not may(
        by.actor.role, Deed.SEE_CASE, on_team=case.on_team, is_restricted=case.is_restricted
    ):
        raise Refused("case_not_found", "There is no such case among those you can see. Check the reference.")
    by.check(deed, on_team=case.on_team)
    return case


def _need(words: str) -> None:
    if not words.strip():
        raise Refused("reason_needed", "Say why: it is kept with what was changed.")


def _text(value: object) -> str | None:
    return None if value is None else str(value)
