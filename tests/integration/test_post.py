"""Handing letters to a real SMTP server on loopback: taken, refused, told to wait, not there, or lost on the way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from iom.adapters.letters.render import Rendered
from iom.adapters.mail import AddressRefused, OutcomeUnknown, ServerUnreachable, compose, post
from tests.integration.post_office import PostOffice, a_free_port, open_office

LETTER = Rendered("[OFFICIAL] Action due", "Is due.\n.\n.. and dots\n", "<p>Is due.</p>\n")


def a_message(recipient: str = "kim@example.org") -> EmailMessage:
    at = datetime(2026, 11, 26, 9, tzinfo=UTC)
    return compose(LETTER, key="k", sender="Actions <actions@example.org>", recipient=recipient, at=at)


@asynccontextmanager
async def a_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    async def one_call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talk(reader, writer)
        writer.close()

    server = await asyncio.start_server(one_call, "127.0.0.1", 0)
    async with server:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_letter_that_the_server_takes_arrives_whole_for_its_one_reader() -> None:
    office, message = PostOffice(), a_message()
    async with open_office(office) as url:
        await post(message, url)
    [envelope] = office.taken
    assert envelope.mail_from == "actions@example.org"
    assert envelope.rcpt_tos == ["kim@example.org"]
    assert envelope.content == message.as_bytes()


@pytest.mark.parametrize(
    "answer", ["550 5.1.1 No such user", "553 Mailbox name not allowed", "521 No mail here"]
)
async def test_a_refused_address_is_final(answer: str) -> None:
    async with open_office(PostOffice(rcpt=answer)) as url:
        with pytest.raises(AddressRefused) as refused:
            await post(a_message(), url)
    assert refused.value.code == f"rcpt_{answer[:3]}"


async def test_an_address_refused_only_after_the_message_is_final_too() -> None:
    async with open_office(PostOffice(data="550 5.1.1 No such user")) as url:
        with pytest.raises(AddressRefused) as refused:
            await post(a_message(), url)
    assert refused.value.code == "data_550"


@pytest.mark.parametrize(
    ("office", "code"),
    [
        (PostOffice(mail="451 4.3.0 Busy"), "mail_451"),
        (PostOffice(mail="550 5.7.1 We do not know this sender"), "mail_550"),
        (PostOffice(rcpt="451 4.7.1 Greylisted"), "rcpt_451"),
        (PostOffice(rcpt="530 5.7.0 Sign in first"), "rcpt_530"),
        (PostOffice(data="452 4.3.1 Disk full"), "data_452"),
        (PostOffice(data="554 5.7.1 Not this text"), "data_554"),
    ],
)
async def test_a_server_that_says_not_now_leaves_the_letter_to_be_tried_again(
    office: PostOffice, code: str
) -> None:
    async with open_office(office) as url:
        with pytest.raises(ServerUnreachable) as unreachable:
            await post(a_message(), url)
    assert (unreachable.value.code, unreachable.value.answered) == (code, True)


async def test_a_server_that_is_down_is_unreachable_and_takes_the_letter_when_it_is_up_again() -> None:
    port, office = a_free_port(), PostOffice()
    with pytest.raises(ServerUnreachable) as unreachable:
        await post(a_message(), f"smtp://127.0.0.1:{port}")
    assert (unreachable.value.code, unreachable.value.answered) == ("connect_no_connection", False)
    async with open_office(office, port) as url:
        await post(a_message(), url)
    assert len(office.taken) == 1


async def test_a_server_that_never_says_hello_is_unreachable() -> None:
    async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with a_server(silence) as url:
        with pytest.raises(ServerUnreachable) as unreachable:
            await asyncio.wait_for(post(a_message(), url, patience=0.2), 5)
    assert unreachable.value.code == "connect_timed_out"


async def test_a_server_that_is_closing_is_unreachable() -> None:
    async def closing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"421 closing down\r\n")
        await writer.drain()

    async with a_server(closing) as url:
        with pytest.raises(ServerUnreachable) as unreachable:
            await post(a_message(), url)
    assert (unreachable.value.code, unreachable.value.answered) == ("connect_421", False)


async def test_a_connection_lost_before_the_message_is_safe_to_try_again() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        writer.write(b"250 hello\r\n")
        await reader.readline()

    async with a_server(hang_up) as url:
        with pytest.raises(ServerUnreachable) as unreachable:
            await post(a_message(), url)
    assert unreachable.value.code == "envelope_no_connection"


async def test_a_connection_lost_after_the_message_was_begun_leaves_its_outcome_unknown() -> None:
    async with open_office(PostOffice(data=None)) as url:
        with pytest.raises(OutcomeUnknown, match="data_no_connection"):
            await post(a_message(), url)


async def test_a_server_that_falls_silent_on_the_message_leaves_its_outcome_unknown() -> None:
    async def fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        for answer in (b"250 hello", b"250 sender", b"250 recipient", b"354 go on"):
            await reader.readline()
            writer.write(answer + b"\r\n")
        await reader.read()

    async with a_server(fall_silent) as url:
        with pytest.raises(OutcomeUnknown, match="data_timed_out"):
            await asyncio.wait_for(post(a_message(), url, patience=0.2), 5)


async def test_what_the_server_says_to_goodbye_changes_nothing() -> None:
    taken: list[bytes] = []

    async def take_and_vanish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        for answer in (b"250 hello", b"250 sender", b"250 recipient", b"354 go on"):
            await reader.readline()
            writer.write(answer + b"\r\n")
        taken.append(await reader.readuntil(b"\r\n.\r\n"))
        writer.write(b"250 taken\r\n")

    async with a_server(take_and_vanish) as url:
        await post(a_message(), url)
    assert len(taken) == 1


async def test_a_password_is_not_said_to_a_server_without_tls() -> None:
    async with open_office(PostOffice()) as url:
        with pytest.raises(ServerUnreachable) as unreachable:
            await post(a_message(), url.replace("smtp://", "smtp://iom:secret@"))
    assert unreachable.value.code == "connect_without_tls"
