"""Keeping no longer than necessary: legal holds, retention reviews and their signature (domain.md §5.6). By command."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from psycopg.errors import UniqueViolation

from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.retention_file import retention_rules
from iom.adapters.store import events, retention, steps
from iom.adapters.store.retention import KeptCase
from iom.adapters.store.rows import insert
from iom.adapters.tables import LegalHold
from iom.adapters.tables import RetentionReview as Row
from iom.calendar import london_date
from iom.events import Entry, EventKind
from iom.refusals import Refused
from iom.retention import RetentionClock, RetentionDecision, clock
from iom.vocabulary import Outcome

NOT_FOUND = "There is no such case, or it is erased. Check the reference."


@dataclass(frozen=True)
class Said:
    """What a review found: still necessary or not and why; harm, how recent, whom it protects; the group of §5.6."""

    decision: RetentionDecision
    group: int
    necessary: str
    harm: str = ""
    recency: str = ""
    protection: str = ""
    next_review_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """One case on its clock; ``clock`` is None while the person is on the scheme."""

    case: KeptCase
    clock: RetentionClock | None


async def standing(conn: Connection, ref: str) -> Standing:
    """How one case stands. Raises Refused(case_not_found)."""
    case = await _case(conn, ref)
    return Standing(case, clock(retention_rules(), case.kept))


async def due(conn: Connection, today: date) -> Sequence[tuple[KeptCase, RetentionClock]]:
    """Cases to review or to dispose of by this London day, those that left first at the front; held ones too."""
    found = []
    for case in await retention.all_left(conn):
        at = clock(retention_rules(), case.kept)
        if at and (at.is_review_due(today) or today >= min([at.dispose_on, *at.items.values()])):
            found.append((case, at))
    return found


async def hold(conn: Connection, by: By, ref: str, why: str) -> None:
    """Nothing of the case goes until the hold is lifted.

    Raises Refused with case_not_found, reason_needed or already_held.
    """
    case = await _case(conn, ref)
    _need(why)
    try:
        async with conn.transaction():
            row = LegalHold(case_id=case.id, why=why, set_at=by.now, set_by_id=by.actor.account_id)
            await insert(conn, row)
    except UniqueViolation:
        raise Refused(
            "already_held", "This case is on hold already. Lift that hold before you set another."
        ) from None
    await by.note(conn, "alter", f"case:{ref}", case.id, "legal_hold")


async def lift_hold(conn: Connection, by: By, ref: str, why: str) -> None:
    """The hold is over. Raises Refused with case_not_found, reason_needed or not_held."""
    case = await _case(conn, ref)
    _need(why)
    if not await retention.lift_hold(conn, case.id, by.actor.account_id, by.now, why):
        raise Refused("not_held", "This case is not on hold.")
    await by.note(conn, "alter", f"case:{ref}", case.id, "legal_hold")


async def review(conn: Connection, by: By, ref: str, said: Said) -> None:
    """Records a retention review, which counts once somebody else signs it. It replaces one that nobody signed.

    Raises Refused with case_not_found, not_left_yet, reason_needed, group_unknown, next_review_passed or case_held.
    """
    case = await _case(conn, ref)
    _check(case, said, london_date(by.now))
    await retention.drop_unsigned(conn, case.id)
    row = Row(
        case_id=case.id,
        reviewed_at=by.now,
        reviewed_by_id=by.actor.account_id,
        decision=said.decision,
        retention_group=said.group,
        necessary=said.necessary,
        harm=said.harm,
        recency=said.recency,
        protection=said.protection,
        next_review_on=said.next_review_on,
    )
    await insert(conn, row)
    await by.note(conn, "alter", f"case:{ref}", case.id, "retention_review")


def _check(case: KeptCase, said: Said, today: date) -> None:
    if case.left_at is None:
        raise Refused(
            "not_left_yet", "This person is on the scheme. Retention is reviewed once they have left it."
        )
    _need(said.necessary)
    if said.group not in {rule.number for rule in retention_rules().groups}:
        raise Refused("group_unknown", "There is no such retention group. Choose 1, 2, 3 or 4.")
    if said.next_review_on and said.next_review_on <= today:
        raise Refused("next_review_passed", "The next review must be on a day to come.")
    if said.decision is not RetentionDecision.KEEP and case.on_hold:
        raise Refused("case_held", "This case is on legal hold: it can only be kept. Lift the hold first.")


async def sign(conn: Connection, by: By, ref: str) -> RetentionDecision:
    """Somebody else than the reviewer signs the review; the plan's step that asked for it is done with it.

    Raises Refused with case_not_found, nothing_to_sign or own_review.
    """
    case = await _case(conn, ref)
    waiting = await retention.unsigned(conn, case.id)
    if waiting is None:
        raise Refused("nothing_to_sign", "No retention review of this case waits for a signature.")
    if waiting.reviewed_by_id == by.actor.account_id:
        raise Refused("own_review", "Somebody else than the reviewer has to sign.")
    await retention.sign(conn, waiting.id, by.actor.account_id, by.now)
    step = await retention.open_review_step(conn, case.id)
    if step is not None:
        await steps.close(conn, step, by.now, by.actor.account_id, Outcome.DONE)
        done = Entry(EventKind.STEP_DONE, {"step": str(step)})
        await events.append(conn, case.id, [done], by.now, by.actor.account_id)
    await by.note(conn, "alter", f"case:{ref}", case.id, "retention_review")
    return RetentionDecision(waiting.decision)


async def _case(conn: Connection, ref: str) -> KeptCase:
    case = await retention.one(conn, ref)
    if case is None or case.is_erased:
        raise Refused("case_not_found", NOT_FOUND)
    return case


def _need(words: str) -> None:
    if not words.strip():
        raise Refused("reason_needed", "Say why: whoever comes after you has to be able to follow it.")
