"""Puts a letter into an envelope and hands it to an SMTP server. Keeps no record and never tries twice by itself."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from typing import Self
from urllib.parse import unquote, urlsplit
from uuid import NAMESPACE_URL, uuid5

import aiosmtplib

from iom.adapters.invitation import Invitation
from iom.adapters.letters.render import Rendered
from iom.refusals import Refused

PATIENCE = 30.0
"""Seconds to wait for each answer of the server."""
GOODBYE = 1.0
"""Seconds to wait for the answer to QUIT, when all is said."""

_SEVEN_BIT = SMTP_POLICY.clone(cte_type="7bit")
_ADDRESS = re.compile(r"[!-~]+@[!-~]+")
_PERMANENT = range(500, 600)
_ABOUT_US = frozenset({530, 534, 535, 538})
_ABOUT_THE_ADDRESS = ("5.1.", "5.2.")


class NotSent(Exception):
    """The letter certainly did not arrive. ``code`` says at which point and why; it holds no address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AddressRefused(NotSent):
    """This address takes no mail (5xx on RCPT): trying again is no use until someone corrects it."""


class ServerUnreachable(NotSent):
    """Nothing was handed over; safe to try again later. ``answered``: the server was there and asked us to wait."""

    def __init__(self, code: str, *, answered: bool) -> None:
        super().__init__(code)
        self.answered = answered


class OutcomeUnknown(Exception):
    """The connection was lost after the message was begun: it may or may not have arrived. Never send again unasked."""


@dataclass(frozen=True)
class Relay:
    """Where letters are handed over. Credentials travel over TLS only."""

    host: str
    port: int
    implicit_tls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read ``smtp://user:password@host:port`` or ``smtps://...``. Refused(smtp_url_unreadable) if it is not one."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _unreadable() from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
            raise _unreadable()
        implicit_tls = parts.scheme == "smtps"
        default_port = 465 if implicit_tls else 587 if parts.username else 25
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(parts.hostname, port or default_port, implicit_tls, user, password)


def compose(
    letter: Rendered,
    *,
    key: str,
    sender: str,
    recipient: str,
    at: datetime,
    invitation: Invitation | None = None,
) -> EmailMessage:
    """The message of one letter: text and HTML, and for an invitation a calendar part that mail programs act on.

    ``key`` is the letter's key; the Message-ID derives from it, so the same letter always carries the same one.
    Raises AddressRefused(address_malformed) if ``recipient`` cannot stand in a header.
    """
    message = EmailMessage(policy=_SEVEN_BIT)
    message["Subject"] = letter.subject
    message["From"] = sender
    message["To"] = _well_formed(recipient)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if invitation:
        _invite(message, invitation.ics(_bare(sender), recipient, at))
    message["Content-Language"] = "en-GB"
    return message


def message_id(key: str, sender: str) -> str:
    """The Message-ID of the letter with this key: opaque, and the same however often it is asked."""
    return f"<{uuid5(NAMESPACE_URL, f'letter:{key}')}@{_domain(sender)}>"


async def post(message: EmailMessage, smtp_url: str, patience: float = PATIENCE) -> None:
    """Hand one message over; returning means that the server took it. ``patience`` is in seconds, for each answer.

    Raises AddressRefused, ServerUnreachable or OutcomeUnknown; Refused if ``smtp_url`` cannot be read.
    """
    sender, recipient = _bare(message["From"]), _bare(message["To"])
    async with _conversation(Relay.parse(smtp_url), _domain(sender), patience) as client:
        await _envelope(client, sender, recipient)
        await _hand_over(client, message.as_bytes())


@asynccontextmanager
async def _conversation(relay: Relay, us: str, patience: float) -> AsyncIterator[aiosmtplib.SMTP]:
    client = aiosmtplib.SMTP(
        hostname=relay.host, port=relay.port, use_tls=relay.implicit_tls, local_hostname=us, timeout=patience
    )
    try:
        await _connect(client, relay)
        yield client
    finally:
        await _leave(client)


async def _connect(client: aiosmtplib.SMTP, relay: Relay) -> None:
    try:
        await client.connect()
        if relay.user is not None:
            _insist_on_tls(client)
            await client.login(relay.user, relay.password or "")
    except aiosmtplib.SMTPResponseException as refusal:
        raise ServerUnreachable(f"connect_{refusal.code}", answered=False) from None
    except (aiosmtplib.SMTPException, OSError) as failure:
        raise ServerUnreachable(f"connect_{_reason(failure)}", answered=False) from None


def _insist_on_tls(client: aiosmtplib.SMTP) -> None:
    """A password is not said in the clear; a relay on an open network without TLS needs none."""
    if client.get_transport_info("sslcontext") is None:
        raise ServerUnreachable("connect_without_tls", answered=False)


async def _envelope(client: aiosmtplib.SMTP, sender: str, recipient: str) -> None:
    try:
        await client.mail(sender)
        await client.rcpt(recipient)
    except aiosmtplib.SMTPRecipientRefused as refusal:
        if refusal.code in _PERMANENT and refusal.code not in _ABOUT_US:
            raise AddressRefused(f"rcpt_{refusal.code}") from None
        raise ServerUnreachable(f"rcpt_{refusal.code}", answered=True) from None
    except aiosmtplib.SMTPResponseException as refusal:
        raise ServerUnreachable(f"mail_{refusal.code}", answered=True) from None
    except (aiosmtplib.SMTPException, OSError) as failure:
        raise ServerUnreachable(f"envelope_{_reason(failure)}", answered=False) from None


async def _hand_over(client: aiosmtplib.SMTP, message: bytes) -> None:
    try:
        await client.data(message)
    except aiosmtplib.SMTPDataError as refusal:
        if refusal.message.startswith(_ABOUT_THE_ADDRESS):
            raise AddressRefused(f"data_{refusal.code}") from None
        raise ServerUnreachable(f"data_{refusal.code}", answered=True) from None
    except (aiosmtplib.SMTPException, OSError) as failure:
        raise OutcomeUnknown(f"data_{_reason(failure)}") from None


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye; whatever the server answers to that changes nothing about the letter."""
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=GOODBYE)
    client.close()


def _invite(message: EmailMessage, ics: bytes) -> None:
    """Beside text and HTML for programs that show an invitation, and attached for those that do not."""
    message.add_alternative(ics.decode(), subtype="calendar", params={"method": "REQUEST"})
    message.add_attachment(ics, maintype="application", subtype="ics", filename="review.ics")


def _well_formed(recipient: str) -> str:
    if not (_ADDRESS.fullmatch(recipient) and _bare(recipient) == recipient):
        raise AddressRefused("address_malformed")
    return recipient


def _bare(mailbox: str) -> str:
    return parseaddr(mailbox)[1]


def _domain(mailbox: str) -> str:
    return _bare(mailbox).rpartition("@")[2]


def _reason(failure: Exception) -> str:
    match failure:
        case TimeoutError():
            return "timed_out"
        case ConnectionError():
            return "no_connection"
        case _:
            return type(failure).__name__


def _unreadable() -> Refused:
    return Refused(
        "smtp_url_unreadable",
        "The mail server's address cannot be read. Write it as smtp://host:port or smtps://user:password@host:port.",
    )
