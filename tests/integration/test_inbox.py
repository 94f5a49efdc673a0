"""The demo's inbox as the process it is: it takes letters, keeps them in order, refuses one domain, stops when told."""

import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from iom.adapters.inbox import read_inbox
from iom.adapters.invitation import Invitation
from iom.adapters.letters.render import Rendered
from iom.adapters.mail import AddressRefused, compose, post

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)


@contextmanager
def a_running_inbox(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "iom.adapters.inbox", "--smtp-port", "0", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().split()[-1]
        try:
            yield f"smtp://127.0.0.1:{port}", process
        finally:
            process.terminate()


def a_message(
    subject: str = "First", recipient: str = "kim@example.org", *, invited: bool = False
) -> EmailMessage:
    letter = Rendered(f"[OFFICIAL] {subject} – 1 December", "Is due – soon.\n", "<p>Is due – soon.</p>\n")
    invitation = Invitation(UUID(int=7), 0, "LX-4F7Q", AT, "https://actions.example/") if invited else None
    return compose(
        letter, key=subject, sender="actions@example.org", recipient=recipient, at=AT, invitation=invitation
    )


async def test_letters_are_read_back_newest_first_as_they_were_written(tmp_path: Path) -> None:
    with a_running_inbox(tmp_path / "inbox") as (url, _):
        await post(a_message("First"), url)
        await post(a_message("Second", invited=True), url)
    second, first = read_inbox(tmp_path / "inbox")
    assert (first.to, first.subject, first.date) == ("kim@example.org", "[OFFICIAL] First – 1 December", AT)
    assert (first.text, first.html, first.ics) == ("Is due – soon.\n", "<p>Is due – soon.</p>\n", None)
    assert second.subject == "[OFFICIAL] Second – 1 December"
    assert second.ics is not None
    assert second.ics.startswith("BEGIN:VCALENDAR\n")
    assert second.id > first.id
    assert [letter.id for letter in read_inbox(tmp_path / "inbox", limit=1)] == [second.id]


async def test_an_inbox_that_starts_again_goes_on_with_the_letters_it_has(tmp_path: Path) -> None:
    for subject in ("First", "Second"):
        with a_running_inbox(tmp_path) as (url, _):
            await post(a_message(subject), url)
    assert [letter.subject.split()[1] for letter in read_inbox(tmp_path)] == ["Second", "First"]


async def test_the_refused_domain_is_refused(tmp_path: Path) -> None:
    with a_running_inbox(tmp_path) as (url, _), pytest.raises(AddressRefused) as refused:
        await post(a_message(recipient="Kim@Refused.example"), url)
    assert refused.value.code == "rcpt_550"
    assert read_inbox(tmp_path) == []


def test_a_letter_of_someone_elses_making_can_be_read_too(tmp_path: Path) -> None:
    with (
        a_running_inbox(tmp_path) as (url, _),
        smtplib.SMTP("127.0.0.1", int(url.rpartition(":")[2])) as client,
    ):
        client.sendmail("a@example.org", ["b@example.org"], "bare words")
    [letter] = read_inbox(tmp_path)
    assert (letter.to, letter.subject, letter.html) == ("", "", "")
    assert datetime.now(UTC) - letter.date < timedelta(minutes=1)


def test_a_letter_still_arriving_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / ".00001").write_bytes(b"Subject: half")
    assert read_inbox(tmp_path) == []
    assert read_inbox(tmp_path / "not there") == []


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_even_with_a_sender_on_the_line(tmp_path: Path, sign: signal.Signals) -> None:
    with a_running_inbox(tmp_path) as (url, process), smtplib.SMTP("127.0.0.1", int(url.rpartition(":")[2])):
        process.send_signal(sign)
        assert process.wait(timeout=5) == 0
