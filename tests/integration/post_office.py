"""A real SMTP server on loopback for tests, that answers as it is told. It knows nothing of the service."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session


class PostOffice:
    """A mail server that answers as told and keeps what it took."""

    def __init__(
        self, mail: str = "250 OK", rcpt: str = "250 OK", data: str | None = "250 OK", refuses: str = "nobody"
    ) -> None:
        self.mail, self.rcpt, self.data, self.refuses = mail, rcpt, data, refuses
        self.taken: list[Envelope] = []
        self.arrivals: asyncio.Queue[EmailMessage] = asyncio.Queue()

    async def handle_MAIL(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.endswith(f"@{self.refuses}"):
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.data is None:
            cast("asyncio.Transport", server.transport).abort()
            return "250 never heard"
        if self.data.startswith("250"):
            self.taken.append(envelope)
            self.arrivals.put_nowait(_message(envelope))
        return self.data

    def messages(self) -> list[EmailMessage]:
        """What it took, in order, as a mail program reads it. (No property: aiosmtpd reads every one at each call.)"""
        return [_message(envelope) for envelope in self.taken]


def _message(envelope: Envelope) -> EmailMessage:
    return message_from_bytes(cast("bytes", envelope.content), policy=SMTP_POLICY)


def words_of(message: EmailMessage) -> str:
    """The text part of a letter."""
    body = message.get_body(("plain",))
    assert body is not None
    words: str = body.get_content()
    return words.replace("\r\n", "\n")


@asynccontextmanager
async def open_office(office: PostOffice, port: int = 0) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(office, hostname="office.example"), "127.0.0.1", port)
    async with server:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
