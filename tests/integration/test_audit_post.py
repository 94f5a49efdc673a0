"""Letters and seals in the record of looks: what goes to a reader is a disclosure, and workers seal by themselves."""

import asyncio
from datetime import timedelta

from iom.adapters.delivery import Delivered, deliver_waiting
from iom.adapters.letters.render import LetterKind
from iom.adapters.sealing import keep_sealing
from tests.integration.letter_record import AT, LetterRecord
from tests.integration.post_office import PostOffice, open_office

DISCLOSED = (
    "select case_id, object, purpose, recipient, channel from audit where action = 'disclose' order by id"
)


async def test_a_letter_about_a_case_is_noted_as_a_disclosure_once_it_went(record: LetterRecord) -> None:
    letter = await record.waiting("kim@example.org", due_at=AT + timedelta(days=2))
    assert await record.all(DISCLOSED) == []
    async with open_office(PostOffice()) as url:
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered(sent=1)
    [sent] = await record.all("select case_id, account_id from letter where id = %s", letter)
    assert await record.all(DISCLOSED) == [
        {
            "case_id": sent["case_id"],
            "object": f"letter:{letter}",
            "purpose": LetterKind.DUE_SOON,
            "recipient": f"account:{sent['account_id']}",
            "channel": "mail",
        }
    ]


async def test_a_letter_that_does_not_go_discloses_nothing(record: LetterRecord) -> None:
    await record.waiting("kim@example.org")
    await deliver_waiting(record.pool, record.settings("smtp://127.0.0.1:9"), record.wall)
    assert await record.all(DISCLOSED) == []


async def test_a_worker_seals_by_itself(record: LetterRecord) -> None:
    await record.waiting("kim@example.org", due_at=AT + timedelta(days=2))
    async with open_office(PostOffice()) as url:
        settings = record.settings(url)
        await deliver_waiting(record.pool, settings, record.wall)
        sealing = asyncio.create_task(keep_sealing(record.pool, settings, record.wall))
        async with asyncio.timeout(10):
            while not (seals := await record.all("select lane, place from audit_seal")):
                await asyncio.sleep(0.02)
        sealing.cancel()
    assert seals == await record.all("select lane, place from audit_head")
