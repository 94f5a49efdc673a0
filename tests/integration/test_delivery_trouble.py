"""What becomes of letters when mail servers are down or refuse and workers die: real PostgreSQL, SMTP, processes."""

import asyncio
import os
import signal
import sys
from datetime import timedelta

import psycopg
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from iom.adapters import delivery
from iom.adapters.delivery import (
    LONGEST_SENDING,
    Delivered,
    deliver_waiting,
    keep_delivering,
    pause_before_next_try,
)
from tests.integration.letter_record import AT, LetterRecord
from tests.integration.post_office import PostOffice, a_free_port, open_office, words_of


async def test_while_the_mail_server_is_down_letters_wait_and_then_each_goes_once(
    record: LetterRecord,
) -> None:
    first, _, _ = [await record.waiting() for _ in range(3)]
    port, office = a_free_port(), PostOffice()
    settings = record.settings(f"smtp://127.0.0.1:{port}")
    for _ in range(4):
        assert await deliver_waiting(record.pool, settings, record.wall) == Delivered(unreachable=1)
        record.wall.forward(seconds=3)
    put_off = await record.fate(first)
    assert put_off["last_error"] == "connect_no_connection"
    assert "claimed_at" not in put_off
    record.wall.forward(minutes=1)
    async with open_office(office, port):
        assert await deliver_waiting(record.pool, settings, record.wall) == Delivered(sent=3)
        record.wall.forward(days=1)
        assert await deliver_waiting(record.pool, settings, record.wall) == Delivered()
    assert len({message["Message-ID"] for message in office.messages()}) == len(office.taken) == 3


async def test_a_letter_put_off_by_the_server_does_not_hold_up_the_others(record: LetterRecord) -> None:
    first, second = await record.waiting(), await record.waiting()
    async with open_office(PostOffice(rcpt="451 4.7.1 Greylisted")) as url:
        settings = record.settings(url)
        assert await deliver_waiting(record.pool, settings, record.wall) == Delivered(put_off=2)
        assert await deliver_waiting(record.pool, settings, record.wall) == Delivered()
    assert {(await record.fate(letter))["not_before"] for letter in (first, second)} == {
        AT + timedelta(minutes=1)
    }
    record.wall.forward(minutes=1)
    async with open_office(PostOffice()) as url:
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered(sent=2)


def test_pauses_grow_up_to_a_minute_without_an_answer_and_up_to_an_hour_with_one() -> None:
    unanswered = [pause_before_next_try(n, answered=False).total_seconds() for n in (1, 2, 3, 4, 5, 9999)]
    answered = [pause_before_next_try(n, answered=True).total_seconds() for n in (1, 2, 3, 7, 9999)]
    assert unanswered == [5, 10, 20, 40, 60, 60]
    assert answered == [60, 120, 240, 3600, 3600]


async def test_a_refused_address_gets_no_more_letters_and_the_coordinator_hears_of_it_once(
    record: LetterRecord,
) -> None:
    reader = await record.an_account("gone@refused.example")
    coordinator = await record.an_account("coordinator@example.org", role="coordinator")
    await record.an_account("other.coordinator@example.org", role="coordinator")
    case = await record.a_case("LX-4F7Q", probation_practitioner=reader, coordinator=coordinator)
    step = await record.a_step(case)
    refused, later = [await record.a_letter(reader, case, step) for _ in range(2)]
    office = PostOffice(refuses="refused.example")
    async with open_office(office) as url:
        delivered = await deliver_waiting(record.pool, record.settings(url), record.wall)
    assert delivered == Delivered(refused=1, withdrawn=1, sent=1)
    assert (await record.fate(refused))["refused_at"] == record.wall()
    assert (await record.fate(refused))["last_error"] == "rcpt_550"
    assert (await record.fate(later))["last_error"] == "address_blocked"
    assert await record.all("select * from mail_block") == [
        {"account_id": reader, "since": record.wall(), "reason": "rcpt_550"}
    ]
    [event] = await record.all("select kind, at, by_id, data from event where case_id = %s", case)
    about = {"letter": str(refused), "account": str(reader)}
    assert event == {"kind": "address_refused", "at": record.wall(), "by_id": None, "data": about}
    [message] = office.messages()
    assert message["To"] == "coordinator@example.org"
    assert message["Subject"] == "[OFFICIAL] A letter could not be delivered – ref LX-4F7Q"
    assert "https://actions.example/cases/LX-4F7Q\n" in words_of(message)
    assert "refused.example" not in words_of(message)


async def test_delivery_waits_out_an_outage_of_the_record(
    record: LetterRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "PATROL", 0.05)
    office = PostOffice()
    await record.waiting("before@example.org")
    async with open_office(office) as url:
        task = asyncio.create_task(keep_delivering(record.pool, record.settings(url), record.wall))
        await office.arrivals.get()
        with psycopg.connect(record.url, autocommit=True) as admin:
            hang_up = (
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
            )
            admin.execute(f"{hang_up} and pid <> pg_backend_pid()")
        await record.pool.check()
        await record.waiting("after@example.org")
        message = await asyncio.wait_for(office.arrivals.get(), 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert message["To"] == "after@example.org"


class CrowdedOffice(PostOffice):
    """Refuses an address only when two ask for it at the same time."""

    crowd = asyncio.Barrier(2)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.endswith(self.refuses):
            await self.crowd.wait()
        return await super().handle_RCPT(server, session, envelope, address, options)


async def test_two_workers_refused_at_once_tell_of_the_address_once(record: LetterRecord) -> None:
    reader = await record.an_account("gone@refused.example")
    await record.an_account("coordinator@example.org", role="coordinator")
    case = await record.a_case("LX-4F7Q", probation_practitioner=reader)
    for _ in range(2):
        await record.a_letter(reader, case, await record.a_step(case))
    office = CrowdedOffice(refuses="refused.example")
    async with open_office(office) as url:
        settings = record.settings(url)
        await asyncio.gather(*(deliver_waiting(record.pool, settings, record.wall) for _ in range(2)))
    assert len(await record.all("select from letter where refused_at is not null")) == 2
    assert [message["To"] for message in office.messages()] == ["coordinator@example.org"]
    assert len(await record.all("select from event")) == 1


async def test_when_the_coordinators_own_address_is_refused_the_other_coordinators_hear_of_it(
    record: LetterRecord,
) -> None:
    coordinator = await record.an_account("coordinator@refused.example", role="coordinator")
    await record.an_account("deputy@example.org", role="coordinator")
    case = await record.a_case("LX-4F7Q", coordinator=coordinator)
    await record.a_letter(coordinator, case, await record.a_step(case))
    office = PostOffice(refuses="refused.example")
    async with open_office(office) as url:
        delivered = await deliver_waiting(record.pool, record.settings(url), record.wall)
    assert delivered == Delivered(refused=1, sent=1)
    assert [message["To"] for message in office.messages()] == ["deputy@example.org"]


async def test_an_address_that_is_none_is_refused_without_asking_the_server(record: LetterRecord) -> None:
    letter = await record.waiting("no address")
    async with open_office(PostOffice()) as url:
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered(refused=1)
    assert (await record.fate(letter))["last_error"] == "address_malformed"


async def test_a_letter_lost_while_it_was_handed_over_is_unknown_and_never_sent_again(
    record: LetterRecord,
) -> None:
    letter, office = await record.waiting(), PostOffice()
    async with open_office(PostOffice(data=None)) as url:
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered(unknown=1)
    record.wall.forward(days=1)
    async with open_office(office) as url:
        assert await deliver_waiting(record.pool, record.settings(url), record.wall) == Delivered()
    fate = await record.fate(letter)
    assert (fate["unknown_at"], fate["last_error"]) == (AT, "data_no_connection")
    [event] = await record.all("select seq, kind, data from event where case_id = %s", fate["case_id"])
    assert event == {"seq": 1, "kind": "letter_unknown", "data": {"letter": str(letter)}}
    assert office.taken == []


WORKER = """
import asyncio, sys
from datetime import datetime
from iom.adapters.database import open_pool
from iom.adapters.delivery import deliver_waiting
from iom.adapters.settings import Settings

async def main(database_url, smtp_url, moment):
    settings = Settings(database_url=database_url, smtp_url=smtp_url)
    async with open_pool(database_url, 2) as pool:
        await deliver_waiting(pool, settings, lambda: datetime.fromisoformat(moment))

asyncio.run(main(*sys.argv[1:]))
"""


class FatalOffice(PostOffice):
    """Takes the letter, and kills the sender before it can hear or record that."""

    victim: asyncio.subprocess.Process | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        assert self.victim is not None
        self.victim.kill()
        await self.victim.wait()
        return answer


async def test_a_worker_killed_between_sending_and_recording_sends_no_second_letter(
    record: LetterRecord,
) -> None:
    letter, office = await record.waiting(), FatalOffice()
    async with open_office(office) as url:
        office.victim = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, record.url, url, record.wall().isoformat(), env=os.environ
        )
        assert await office.victim.wait() == -signal.SIGKILL
        settings = record.settings(url)
        record.wall.moment += LONGEST_SENDING
        assert await deliver_waiting(record.pool, settings, record.wall) == Delivered()
        record.wall.forward(seconds=1)
        assert await deliver_waiting(record.pool, settings, record.wall) == Delivered(unknown=1)
        assert await deliver_waiting(record.pool, settings, record.wall) == Delivered()
    assert len(office.taken) == 1
    fate = await record.fate(letter)
    assert (fate["unknown_at"], fate["last_error"]) == (record.wall(), "not_recorded")
    events = await record.all("select kind from event where case_id = %s", fate["case_id"])
    assert events == [{"kind": "letter_unknown"}]
