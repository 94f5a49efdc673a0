"""Envelopes: what stands in the headers, how an invitation is built, and what a mail server's address may look like."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID

import pytest
from icalendar import Calendar

from iom.adapters.invitation import Invitation
from iom.adapters.letters.render import Rendered
from iom.adapters.mail import AddressRefused, Relay, compose, message_id
from iom.refusals import Refused

SENDER = "Partner Actions <actions@example.org>"
AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
LETTER = Rendered(
    "[OFFICIAL] Action due – ref LX-4F7Q – 1 December", "Is due – soon.\n", "<p>Is due – soon.</p>\n"
)
STEP = UUID("0b0cbb4e-53a4-4c55-bb0e-8b1d9a7f3a10")


def an_invitation(starts_at: datetime, sequence: int = 0) -> Invitation:
    return Invitation(STEP, sequence, "LX-4F7Q", starts_at, "https://actions.example/steps/1")


def sent(recipient: str = "kim@example.org", invitation: Invitation | None = None) -> EmailMessage:
    """The letter as the reader's mail program gets it: through bytes and back."""
    message = compose(
        LETTER, key="k/0/due/owner", sender=SENDER, recipient=recipient, at=AT, invitation=invitation
    )
    wire = message.as_bytes()
    assert wire.isascii()
    return message_from_bytes(wire, policy=SMTP)


def entry(message: EmailMessage) -> Calendar:
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    return Calendar.from_ical(part.get_content())


def test_a_letter_is_text_and_html_in_one_message_that_no_machine_answers() -> None:
    message = sent()
    assert message["Subject"] == LETTER.subject
    assert message["From"] == SENDER
    assert message["To"] == "kim@example.org"
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Content-Language"] == "en-GB"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().splitlines() for part in message.iter_parts()] == [
        LETTER.text.splitlines(),
        LETTER.html.splitlines(),
    ]


def test_the_same_letter_always_carries_the_same_opaque_message_id() -> None:
    assert sent()["Message-ID"] == sent()["Message-ID"] == message_id("k/0/due/owner", SENDER)
    assert message_id("k/1/due/owner", SENDER) != message_id("k/0/due/owner", SENDER)
    assert message_id("k/0/due/owner", SENDER).endswith("@example.org>")
    assert "owner" not in message_id("k/0/due/owner", SENDER)


def test_an_invitation_stands_beside_the_text_and_is_attached_too() -> None:
    message = sent(invitation=an_invitation(datetime(2026, 12, 1, 14, tzinfo=UTC)))
    alternatives, attachment = message.iter_parts()
    assert alternatives.get_content_type() == "multipart/alternative"
    calendar = list(alternatives.iter_parts())[-1]
    assert calendar.get_content_type() == "text/calendar"
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    assert attachment.get_filename() == "review.ics"
    assert attachment.get_content() == calendar.get_content().encode()


def test_an_invitation_says_when_and_which_case_and_nothing_else() -> None:
    calendar = entry(sent(invitation=an_invitation(datetime(2026, 12, 1, 14, tzinfo=UTC), sequence=2)))
    [event] = calendar.events
    assert calendar["METHOD"] == "REQUEST"
    assert event["SUMMARY"] == "Review – ref LX-4F7Q"
    assert event["CLASS"] == "PRIVATE"
    assert event["UID"] == str(STEP)
    assert event["SEQUENCE"] == 2
    assert event["ORGANIZER"] == "mailto:actions@example.org"
    assert event["ATTENDEE"] == "mailto:kim@example.org"
    assert "CN" not in event["ATTENDEE"].params
    assert event.end - event.start == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("starts_at", "wall"),
    [
        (datetime(2026, 12, 1, 14, tzinfo=UTC), "20261201T140000"),
        (datetime(2027, 7, 1, 13, tzinfo=UTC), "20270701T140000"),
        (datetime(2027, 3, 28, 13, tzinfo=UTC), "20270328T140000"),
        (datetime(2027, 10, 31, 14, tzinfo=UTC), "20271031T140000"),
        (datetime(2027, 10, 30, 13, tzinfo=UTC), "20271030T140000"),
        (datetime(2027, 11, 30, 14, tzinfo=UTC), "20271130T140000"),
    ],
)
def test_an_invitation_keeps_london_time_on_either_side_of_a_clock_change(
    starts_at: datetime, wall: str
) -> None:
    text = an_invitation(starts_at).ics("actions@example.org", "kim@example.org", AT).decode()
    assert f"DTSTART;TZID=Europe/London:{wall}" in text
    zone = Calendar.from_ical(text).timezones[0].to_tz(lookup_tzid=False)
    assert datetime.strptime(wall, "%Y%m%dT%H%M%S").replace(tzinfo=zone) == starts_at


@pytest.mark.parametrize(
    "recipient",
    ["", "kim", "@example.org", "kim@", "kím@example.org", "kim@example.org\r\nBcc: x@y.z", "a b@c.d"],
)
def test_an_address_that_cannot_stand_in_a_header_is_refused_before_anything_is_sent(recipient: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        sent(recipient)
    assert refused.value.code == "address_malformed"


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://mail.example", Relay("mail.example", 25)),
        ("smtp://127.0.0.1:2525/", Relay("127.0.0.1", 2525)),
        ("smtp://iom:p%40ss%3A@mail.example", Relay("mail.example", 587, user="iom", password="p@ss:")),
        (
            "smtps://iom:x@mail.example",
            Relay("mail.example", 465, implicit_tls=True, user="iom", password="x"),
        ),
    ],
)
def test_a_mail_servers_address_is_read(url: str, relay: Relay) -> None:
    assert Relay.parse(url) == relay


@pytest.mark.parametrize(
    "url", ["", "mail.example:25", "http://mail.example", "smtp://:25", "smtp://mail.example:x"]
)
def test_a_mail_servers_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refused:
        Relay.parse(url)
    assert refused.value.code == "smtp_url_unreadable"


def test_a_password_is_not_shown_with_the_relay() -> None:
    assert "secret" not in repr(Relay.parse("smtps://iom:secret@mail.example"))
