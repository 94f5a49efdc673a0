"""A real SMTP server on loopback for tests, that answers as it is told. It knows nothing of the service."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session


class PostOffice:
    """A mail server that answers as told and keeps what it took."""

    def __init__(self, mail: str = "250 OK", rcpt: str = "250 OK", data: str | None = "250 OK") -> None:
        self.mail, self.rcpt, self.data = mail, rcpt, data
        self.taken: list[Envelope] = []

    async def handle_MAIL(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
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
        return self.data


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
