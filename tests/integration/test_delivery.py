"""Letters leave the record once, ever, on real PostgreSQL and real SMTP, and each only if it is still true."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from icalendar import Calendar

from iom.adapters.delivery import (
    PATROL,
    Delivered,
    deliver_waiting,
    keep_delivering,
)
from iom.adapters.letters.render import LetterKind
from iom.adapters.mail import message_id
from tests.integration.letter_record import AT, LetterRecord
from tests.integration.post_office import PostOffice, open_office, words_of


async def test_a_waiting_letter_is_sent_once_and_that_is_recorded(record: LetterRecord) -> None:
    letter, office = await record.waiting("kim@example.org"), PostOffice()
    async with open_office(office) as url:
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered(sent=1)
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered()
    [message] = office.messages()
    fate = await record.fate(letter)
    assert message["To"] == "kim@example.org"
    assert message["From"] == "Partner Actions <actions@example.org>"
    assert message["Message-ID"] == message_id(fate["key"], "actions@example.org")
    assert fate["sent_at"] == record.wall()
    assert fate["attempts"] == 1
    assert "last_error" not in fate


async def test_a_letter_says_nothing_that_the_record_knows_of_anyone(record: LetterRecord) -> None:
    step_due = AT + timedelta(days=2)
    await record.waiting("kim@example.org", due_at=step_due)
    office = PostOffice()
    async with open_office(office) as url:
        await deliver_waiting(record.pool, record.settings(url), record.wall)
    [message] = office.messages()
    whole = message["Subject"] + "".join(
        part.get_content() for part in message.walk() if not part.is_multipart()
    )
    personal = [
        "Penhaligon",
        "Tristan",
        "1990",
        "Morwenna",
        "Treloar",
        "Home visit",
        "arrest",
        "Probation",
        "fixed",
    ]
    assert [word for word in personal if word.lower() in whole.lower()] == []


async def test_a_letter_tells_the_due_date_as_it_stands_when_it_goes(record: LetterRecord) -> None:
    letter, office = await record.waiting(), PostOffice()
    step = (await record.fate(letter))["step_id"]
    await record.do("update step set due_at = %s where id = %s", datetime(2026, 12, 9, 17, tzinfo=UTC), step)
    async with open_office(office) as url:
        await deliver_waiting(record.pool, record.settings(url), record.wall)
    [message] = office.messages()
    assert "is due by 17:00 on Wednesday 9 December 2026." in words_of(message)
    assert f"https://actions.example/steps/{step}\n" in words_of(message)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update step set closed_at = opened_at", "step_closed"),
        ("update step set paused_at = opened_at", "step_paused"),
        ("update account set left_at = joined_at", "reader_left"),
        ("insert into mail_block select id, joined_at, 'rcpt_550' from account", "address_blocked"),
    ],
)
async def test_a_letter_that_is_not_needed_any_more_is_withdrawn(
    record: LetterRecord, change: str, reason: str
) -> None:
    letter, office = await record.waiting(), PostOffice()
    await record.do(change)
    async with open_office(office) as url:
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered(withdrawn=1)
    fate = await record.fate(letter)
    assert (fate["withdrawn_at"], fate["last_error"]) == (record.wall(), reason)
    assert office.taken == []


@pytest.mark.parametrize(
    ("kind", "due_in", "goes"),
    [
        (LetterKind.OVERDUE, timedelta(minutes=-1), True),
        (LetterKind.OVERDUE, timedelta(minutes=1), False),
        (LetterKind.ESCALATED, timedelta(days=1), False),
        (LetterKind.DUE_TODAY, timedelta(hours=8), True),
        (LetterKind.DUE_TODAY, timedelta(days=1), False),
        (LetterKind.DUE_TODAY, timedelta(days=-1), True),
        (LetterKind.DUE_SOON, timedelta(days=9), True),
    ],
)
async def test_a_reminder_made_untrue_by_a_later_date_is_withdrawn(
    record: LetterRecord, kind: LetterKind, due_in: timedelta, goes: bool
) -> None:
    await record.waiting(kind=kind, due_at=AT + due_in)
    async with open_office(PostOffice()) as url:
        delivered = await deliver_waiting(record.pool, record.settings(url), record.wall)
    assert delivered == (Delivered(sent=1) if goes else Delivered(withdrawn=1))


async def test_several_workers_at_once_send_each_letter_once(record: LetterRecord) -> None:
    office = PostOffice()
    for _ in range(20):
        await record.waiting()
    async with open_office(office) as url:
        settings = record.settings(url)
        rounds = [deliver_waiting(record.pool, settings, record.wall) for _ in range(5)]
        delivered = await asyncio.gather(*rounds)
    assert sum(one.sent for one in delivered) == len(office.taken) == 20
    assert len({message["Message-ID"] for message in office.messages()}) == 20
    assert [one for one in delivered if one.sent] != delivered[:1]


async def test_a_review_invitation_carries_the_date_it_was_given_last(record: LetterRecord) -> None:
    at_two = datetime(2026, 12, 8, 14, tzinfo=UTC)
    letter = await record.waiting(kind=LetterKind.REVIEW_INVITATION, due_at=at_two, dating=3)
    office = PostOffice()
    async with open_office(office) as url:
        await deliver_waiting(record.pool, record.settings(url), record.wall)
    [message] = office.messages()
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    [event] = Calendar.from_ical(part.get_content()).events
    assert (event["UID"], event["SEQUENCE"]) == (str((await record.fate(letter))["step_id"]), 3)
    assert event.start == at_two


async def test_a_letter_written_is_under_way_at_once(record: LetterRecord) -> None:
    office = PostOffice()
    await record.waiting("first@example.org")
    async with open_office(office) as url:
        task = asyncio.create_task(keep_delivering(record.pool, record.settings(url), record.wall))
        await office.arrivals.get()
        await record.waiting("second@example.org")
        await record.do("select pg_notify('letters', '')")
        message = await asyncio.wait_for(office.arrivals.get(), PATROL / 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert message["To"] == "second@example.org"


class SlowOffice(PostOffice):
    """Takes its time over a letter: until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived, self.go_on = asyncio.Event(), asyncio.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.arrived.set()
        await self.go_on.wait()
        return await super().handle_DATA(server, session, envelope)


async def test_a_worker_told_to_stop_finishes_the_letter_under_way(record: LetterRecord) -> None:
    letter, next_letter, office = await record.waiting(), await record.waiting(), SlowOffice()
    async with open_office(office) as url:
        task = asyncio.create_task(keep_delivering(record.pool, record.settings(url), record.wall))
        await office.arrived.wait()
        task.cancel()
        office.go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    fates = [await record.fate(letter), await record.fate(next_letter)]
    assert sorted("sent_at" in fate for fate in fates) == [False, True]
    assert sorted("claimed_at" in fate for fate in fates) == [False, True]
