"""Daily digests on real PostgreSQL and real SMTP: one letter a reader a day, with what is still open in it."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from iom.adapters.database import transaction
from iom.adapters.delivery import Delivered, deliver_waiting, write_digests
from iom.adapters.letters.render import LetterKind
from tests.integration.letter_record import LetterRecord
from tests.integration.post_office import PostOffice, open_office, words_of

MORNING = datetime(2026, 12, 2, 7, 30, tzinfo=UTC)


async def an_entry(record: LetterRecord, reader: UUID, ref: str, **step: Any) -> UUID:
    case = await record.a_case(ref, probation_practitioner=reader)
    opened = await record.a_step(case, **step)
    return await record.a_letter(reader, case, opened, LetterKind.STEP_OPENED, in_digest=True)


async def write(record: LetterRecord, moment: datetime = MORNING) -> int:
    record.wall.moment = moment
    async with transaction(record.pool) as conn:
        return await write_digests(conn, moment.date(), moment)


async def test_a_days_entries_go_in_one_digest_per_reader(record: LetterRecord) -> None:
    kim, ali = await record.an_account("kim@example.org"), await record.an_account("ali@example.org")
    for reader, ref in ((kim, "LX-AAAA"), (kim, "LX-BBBB"), (ali, "LX-CCCC")):
        await an_entry(record, reader, ref)
    assert await write(record) == 2
    assert await write(record) == 0
    office = PostOffice()
    async with open_office(office) as url:
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered(sent=2)
    by_reader = {message["To"]: message for message in office.messages()}
    assert by_reader["kim@example.org"]["Subject"] == "[OFFICIAL] 2 actions for you – 2 December"
    assert re.findall(
        r"ref (LX-\w+): https://actions.example/steps/", words_of(by_reader["kim@example.org"])
    ) == [
        "LX-AAAA",
        "LX-BBBB",
    ]
    assert "LX-CCCC" in words_of(by_reader["ali@example.org"])
    keys = await record.all("select key from letter where kind = 'digest' order by key")
    assert [row["key"] for row in keys] == sorted(f"digest/{reader}/2026-12-02" for reader in (kim, ali))


async def test_an_entry_never_goes_by_itself(record: LetterRecord) -> None:
    await an_entry(record, await record.an_account("kim@example.org"), "LX-AAAA")
    async with open_office(PostOffice()) as url:
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered()


async def test_a_digest_leaves_out_what_was_closed_before_it_was_written_and_before_it_went(
    record: LetterRecord,
) -> None:
    reader = await record.an_account("kim@example.org")
    early, late, open_one = [await an_entry(record, reader, f"LX-{n}") for n in ("EARLY", "LATE", "OPEN")]
    close = (
        "update step set closed_at = opened_at from letter where step.id = letter.step_id and letter.id = %s"
    )
    await record.do(close, early)
    assert await write(record) == 1
    await record.do(close, late)
    office = PostOffice()
    async with open_office(office) as url:
        await deliver_waiting(record.pool, record.settings(url), record.wall)
    [message] = office.messages()
    assert message["Subject"] == "[OFFICIAL] 1 action for you – 2 December"
    assert "LX-OPEN" in words_of(message)
    assert (await record.fate(early))["last_error"] == "step_closed"
    assert (await record.fate(open_one))["digest_id"] == (await record.fate(late))["digest_id"]


async def test_a_digest_with_nothing_left_in_it_is_withdrawn(record: LetterRecord) -> None:
    entry = await an_entry(record, await record.an_account("kim@example.org"), "LX-AAAA")
    await write(record)
    await record.do("update step set closed_at = opened_at")
    async with open_office(PostOffice()) as url:
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered(withdrawn=1)
    digest = await record.fate((await record.fate(entry))["digest_id"])
    assert digest["last_error"] == "nothing_left"


@pytest.mark.parametrize(
    ("change", "undone"),
    [
        ("update step set paused_at = opened_at", "update step set paused_at = null"),
        ("insert into mail_block select id, joined_at, 'x' from account", "delete from mail_block"),
    ],
)
async def test_entries_for_a_resting_step_or_a_blocked_address_wait_for_a_later_digest(
    record: LetterRecord, change: str, undone: str
) -> None:
    await an_entry(record, await record.an_account("kim@example.org"), "LX-AAAA")
    await record.do(change)
    assert await write(record) == 0
    await record.do(undone)
    assert await write(record, MORNING + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 12, 2, 7, 29, tzinfo=UTC),
        datetime(2026, 12, 5, 7, 30, tzinfo=UTC),
        datetime(2026, 12, 28, 7, 30, tzinfo=UTC),
        datetime(2027, 6, 1, 6, 29, tzinfo=UTC),
    ],
)
async def test_no_digest_is_written_before_half_past_seven_or_on_a_day_off(
    record: LetterRecord, moment: datetime
) -> None:
    await an_entry(record, await record.an_account("kim@example.org"), "LX-AAAA")
    assert await write(record, moment) == 0


async def test_an_entry_meant_for_tomorrow_is_not_in_todays_digest(record: LetterRecord) -> None:
    reader = await record.an_account("kim@example.org")
    await an_entry(record, reader, "LX-AAAA")
    await record.do("update letter set moment = %s", MORNING + timedelta(days=1))
    assert await write(record) == 0
    assert await write(record, MORNING + timedelta(days=1)) == 1


async def test_digests_written_by_two_at_once_are_one_per_reader(record: LetterRecord) -> None:
    readers = [await record.an_account(f"{n}@example.org") for n in range(5)]
    for n, reader in enumerate(readers * 3):
        await an_entry(record, reader, f"LX-{n}")
    written = await asyncio.gather(*(write(record) for _ in range(4)))
    assert sum(written) == 5
    [left] = await record.all("select count(*) as n from letter where in_digest and digest_id is null")
    assert left == {"n": 0}


async def test_a_refused_digest_is_told_on_every_case_it_was_about(record: LetterRecord) -> None:
    reader = await record.an_account("gone@refused.example")
    await record.an_account("coordinator@example.org", role="coordinator")
    for ref in ("LX-AAAA", "LX-BBBB"):
        await an_entry(record, reader, ref)
    await write(record)
    office = PostOffice(refuses="refused.example")
    async with open_office(office) as url:
        delivered = await deliver_waiting(record.pool, record.settings(url), record.wall)
    assert delivered == Delivered(refused=1, sent=1)
    assert [message["To"] for message in office.messages()] == ["coordinator@example.org"]
    events = await record.all(
        "select kind, count(distinct case_id) as cases, count(*) as n from event group by kind"
    )
    assert events == [{"kind": "address_refused", "cases": 2, "n": 2}]
