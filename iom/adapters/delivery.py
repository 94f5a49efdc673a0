"""Sends the letters that wait in the record, each at most once. It writes none itself but the daily digest."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import formataddr
from enum import StrEnum
from functools import partial

import structlog
from psycopg import AsyncConnection, OperationalError

from iom.adapters.database import Connection, Pool, transaction
from iom.adapters.invitation import Invitation
from iom.adapters.letters.render import DigestEntry, LetterContext, LetterKind, render
from iom.adapters.mail import AddressRefused, OutcomeUnknown, ServerUnreachable, compose, post
from iom.adapters.settings import Settings
from iom.adapters.store import digests, sign_in_links, waiting_letters
from iom.adapters.store.letters import WAITING
from iom.adapters.store.waiting_letters import WaitingLetter
from iom.calendar import at_london, is_working_day, london_date
from iom.ladder import DIGEST

log = structlog.get_logger()

SERVICE = "Partner Actions"
"""The name under which letters go out: it says nothing about the people they are about (domain.md §5.7)."""

PATROL = 3.0
"""Seconds that a waiting letter may go unnoticed if its notification was lost."""

LONGEST_SENDING = timedelta(minutes=10)
"""No letter is under way for longer: past this its worker died. Twice the sum of all waits in ``mail.post``."""

LAST_MOMENTS = 5.0
"""Seconds that a letter under way gets to finish when the process is told to stop."""

Clock = Callable[[], datetime]


class Fate(StrEnum):
    """What became of a letter in one round."""

    SENT = "sent"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    PUT_OFF = "put_off"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Delivered:
    """Counts of one round. ``put_off`` and ``unreachable`` wait for a later one."""

    sent: int = 0
    withdrawn: int = 0
    refused: int = 0
    unknown: int = 0
    put_off: int = 0
    unreachable: int = 0


async def keep_delivering(pool: Pool, settings: Settings, now: Clock) -> None:
    """Deliver until cancelled: at every notification, and every few seconds without one.

    Safe to run in any number of processes. An outage of PostgreSQL is waited out.
    """
    while True:
        try:
            async with await AsyncConnection.connect(settings.database_url, autocommit=True) as ear:
                await ear.execute(f"listen {WAITING}")
                while True:
                    await deliver_waiting(pool, settings, now)
                    async for _ in ear.notifies(timeout=PATROL, stop_after=1):
                        pass
        except OperationalError:
            log.warning("postgres_out_of_reach")
            await asyncio.sleep(PATROL)


async def deliver_waiting(pool: Pool, settings: Settings, now: Clock) -> Delivered:
    """One round: sends every letter that may go now, one after the other; stops early if the server is not there.

    ``now`` tells aware UTC. Letters whose worker died while sending become "unknown" first, and are not sent again.
    Cancelled, it lets the letter under way finish.
    """
    async with transaction(pool) as conn:
        fates = Counter({Fate.UNKNOWN: await waiting_letters.abandon(conn, now() - LONGEST_SENDING, now())})
        await sign_in_links.write_letters(conn, now())
    while not fates[Fate.UNREACHABLE] and (fate := await _to_the_end(_deliver_next(pool, settings, now))):
        fates[fate] += 1
    return Delivered(**{fate.value: count for fate, count in fates.items()})


async def write_digests(conn: Connection, day: date, now: datetime) -> int:
    """Gather the entries that are due into one digest per reader for this London day; returns how many were written.

    None before 07:30 London, nor on a day that is no working day (``ladder.next_digest``): those wait for the next.
    """
    if not is_working_day(day) or now < at_london(day, DIGEST):
        return 0
    return await digests.write(conn, day, now)


def pause_before_next_try(attempts: int, *, answered: bool) -> timedelta:
    """How long a letter waits after its ``attempts``-th try: doubling, from 5 s to 1 min if the server was not there.

    If it answered and asked us to wait, from 1 min to 1 h, as servers that put off strangers expect.
    """
    first, longest = (60, 3600) if answered else (5, 60)
    return timedelta(seconds=min(first * 2 ** min(attempts - 1, 10), longest))


async def _to_the_end(work: Coroutine[None, None, Fate | None]) -> Fate | None:
    """A letter between sending and recording would be lost to us: give it a moment when we are told to stop."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=LAST_MOMENTS)
        task.cancel()
        raise


async def _deliver_next(pool: Pool, settings: Settings, now: Clock) -> Fate | None:
    """Claim the next letter, ask the record about it again, and send it. None if no letter may go."""
    async with transaction(pool) as conn:
        claimed = await waiting_letters.claim(conn, now())
    if claimed is None:
        return None
    async with transaction(pool) as conn:
        letter = await waiting_letters.read(conn, claimed)
        entries = await _entries(conn, letter, settings)
        if reason := _not_needed(letter, entries, now()):
            await waiting_letters.withdraw(conn, claimed, now(), reason)
            return Fate.WITHDRAWN
        link = await _link(conn, letter, settings)
    written = partial(_message, letter, link, entries, settings, now())
    return await _send(pool, settings, now, letter, written)


async def _send(
    pool: Pool, settings: Settings, now: Clock, letter: WaitingLetter, written: Callable[[], EmailMessage]
) -> Fate:
    """Write the letter and hand it over, outside any transaction, and record what came of it."""
    try:
        await post(written(), settings.smtp_url)
    except AddressRefused as refusal:
        async with transaction(pool) as conn:
            await waiting_letters.refused(conn, letter, now(), refusal.code)
        return Fate.REFUSED
    except ServerUnreachable as absence:
        return await _put_off(pool, letter, now(), absence)
    except OutcomeUnknown as loss:
        async with transaction(pool) as conn:
            await waiting_letters.unknown(conn, letter.id, now(), str(loss))
        return Fate.UNKNOWN
    async with transaction(pool) as conn:
        await waiting_letters.sent(conn, letter.id, now())
    return Fate.SENT


async def _put_off(pool: Pool, letter: WaitingLetter, now: datetime, absence: ServerUnreachable) -> Fate:
    pause = pause_before_next_try(letter.attempts, answered=absence.answered)
    async with transaction(pool) as conn:
        await waiting_letters.put_off(conn, letter.id, now + pause, absence.code)
    return Fate.PUT_OFF if absence.answered else Fate.UNREACHABLE


def _not_needed(letter: WaitingLetter, entries: tuple[DigestEntry, ...], now: datetime) -> str | None:
    """Why this letter is not to go any more, as a code; None if it is to go."""
    if letter.reader_left:
        return "reader_left"
    if letter.address_blocked:
        return "address_blocked"
    if letter.link_until is not None and (letter.link_used or letter.link_until <= now):
        return "link_over"
    if letter.step_closed:
        return "step_closed"
    if letter.step_paused:
        return "step_paused"
    if letter.kind == LetterKind.DIGEST and not entries:
        return "nothing_left"
    if letter.due_at is not None and _overtaken(LetterKind(letter.kind), letter.due_at, now):
        return "step_redated"
    return None


def _overtaken(kind: LetterKind, due_at: datetime, now: datetime) -> bool:
    """Whether the step got a later date since, so that this would be untrue; the new date brings letters of its own."""
    match kind:
        case LetterKind.OVERDUE | LetterKind.ESCALATED:
            return due_at > now
        case LetterKind.DUE_TODAY:
            return london_date(due_at) > london_date(now)
        case _:
            return False


def _message(
    letter: WaitingLetter, link: str, entries: tuple[DigestEntry, ...], settings: Settings, now: datetime
) -> EmailMessage:
    kind = LetterKind(letter.kind)
    context = LetterContext(
        service=SERVICE,
        link=link,
        written_at=now,
        case_ref=letter.case_ref,
        due_at=letter.due_at or letter.link_until,
        entries=entries,
    )
    return compose(
        render(kind, context),
        key=letter.key,
        sender=formataddr((SERVICE, settings.mail_from)),
        recipient=letter.email,
        at=now,
        invitation=_invitation(letter, context.link) if kind is LetterKind.REVIEW_INVITATION else None,
    )


def _invitation(letter: WaitingLetter, link: str) -> Invitation:
    if not (letter.step_id and letter.dating and letter.case_ref and letter.due_at):
        raise ValueError(f"letter {letter.id} invites to a review but names no step of a case")
    return Invitation(letter.step_id, letter.dating, letter.case_ref, letter.due_at, link)


async def _entries(conn: Connection, letter: WaitingLetter, settings: Settings) -> tuple[DigestEntry, ...]:
    if letter.kind != LetterKind.DIGEST:
        return ()
    return tuple(
        DigestEntry(
            LetterKind(entry.kind),
            entry.case_ref,
            entry.due_at,
            f"{settings.public_url}/steps/{entry.step_id}",
        )
        for entry in await digests.entries(conn, letter.id)
    )


async def _link(conn: Connection, letter: WaitingLetter, settings: Settings) -> str:
    """A page that asks for sign-in: the address alone opens nothing. One that signs in is made here, kept nowhere."""
    if letter.kind == LetterKind.SIGN_IN_LINK:
        return f"{settings.public_url}/sign-in/link/{await sign_in_links.make(conn, letter.key)}"
    if letter.step_id:
        return f"{settings.public_url}/steps/{letter.step_id}"
    if letter.case_ref:
        return f"{settings.public_url}/cases/{letter.case_ref}"
    return f"{settings.public_url}/"
