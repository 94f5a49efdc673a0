"""The demo's mail server and its inbox: a folder of letters, kept for looking at. It delivers to nobody."""

import argparse
import asyncio
import os
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = "127.0.0.1"
REFUSED_DOMAIN = "refused.example"
"""Addresses here are refused, so that a newcomer can see what the service does about that."""


@dataclass(frozen=True)
class InboxLetter:
    """One letter as it arrived. ``date`` is aware; ``html`` is as sent, so a page shows it in a sandboxed frame."""

    id: str
    to: str
    subject: str
    date: datetime
    text: str
    html: str
    ics: str | None


class Inbox:
    """What the mail server does: takes every letter into ``folder``, except for refused addresses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = 0
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Answer to one recipient."""
        if address.lower().endswith(f"@{REFUSED_DOMAIN}"):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Answer to one message: it stands in the folder, whole, before the sender hears that it was taken."""
        name = self._next_name()
        arriving = self._folder / f".{name}"
        arriving.write_bytes(cast("bytes", envelope.content))
        arriving.rename(self._folder / f"{name}.eml")
        return "250 OK: kept"

    def _next_name(self) -> str:
        self._last = max(self._last + 1, time.time_ns())
        return f"{self._last:020d}"


def read_inbox(folder: Path, limit: int = 100) -> list[InboxLetter]:
    """The last ``limit`` letters, newest first; none if the folder is not there yet."""
    files = sorted(folder.glob("*.eml"), reverse=True)[:limit]
    return [_read(file) for file in files]


def _read(file: Path) -> InboxLetter:
    message = message_from_bytes(file.read_bytes(), policy=SMTP_POLICY)
    arrived = datetime.fromtimestamp(int(file.stem) / 1e9, UTC)
    return InboxLetter(
        id=file.stem,
        to=message.get("To", ""),
        subject=message.get("Subject", ""),
        date=(message["Date"] and message["Date"].datetime) or arrived,
        text=_part(message, "text/plain") or "",
        html=_part(message, "text/html") or "",
        ics=_part(message, "text/calendar"),
    )


def _part(message: EmailMessage, content_type: str) -> str | None:
    parts = (part for part in message.walk() if part.get_content_type() == content_type)
    return next((part.get_content().replace("\r\n", "\n") for part in parts), None)


async def serve(folder: Path, port: int) -> None:
    """Take letters on loopback until SIGINT or SIGTERM. Port 0 takes a free one; the port is printed when ready."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    inbox = Inbox(folder)
    server = await loop.create_server(lambda: SMTP(inbox, hostname="inbox.example"), LOOPBACK, port)
    print(f"inbox ready on port {server.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()
    server.close()


def main() -> None:
    """Run the inbox as a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m iom.adapters.inbox", description=__doc__)
    parser.add_argument("--smtp-port", type=int, required=True, help="port on loopback; 0 takes a free one")
    parser.add_argument("--dir", type=Path, required=True, help="folder for the letters")
    given = parser.parse_args()
    os.umask(0o077)
    asyncio.run(serve(given.dir, given.smtp_port))


if __name__ == "__main__":
    main()
