"""What only a demo has: the inbox with its letters by real SMTP, and what to watch on the training case."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP

from iom.adapters.inbox import Inbox
from iom.adapters.invitation import Invitation
from iom.adapters.letters.render import LetterContext, LetterKind, Rendered, render
from iom.adapters.mail import compose, post
from iom.adapters.programme_files import named
from iom.vocabulary import Role
from tests.builders import START
from tests.integration.page_house import Browser, PageHouse

LINK = "http://iom.test/cases/LX-4F7Q"
LETTER = render(
    LetterKind.REVIEW_INVITATION,
    LetterContext("Partner Actions", LINK, START, case_ref="LX-4F7Q", due_at=START + timedelta(days=7)),
)


@asynccontextmanager
async def an_inbox(pages: PageHouse, folder: Path) -> AsyncIterator[str]:
    """A demo whose letters go to this folder; gives the address of its mail server."""
    pages.set(inbox_dir=folder)
    inbox = Inbox(folder)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(inbox), "127.0.0.1", 0)
    async with server:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def send(url: str, letter: Rendered, *, invited: bool = False) -> None:
    invitation = (
        Invitation(uuid4(), 2, "LX-4F7Q", START + timedelta(days=7, hours=4), LINK) if invited else None
    )
    message = compose(
        letter,
        key=str(uuid4()),
        sender="iom@scheme.example",
        recipient="kim@scheme.example",
        at=START,
        invitation=invitation,
    )
    await post(message, url)


async def opened(browser: Browser, subject: str) -> str:
    """The address of the letter with this subject."""
    links = (await browser.get("/inbox")).page.all("a")
    return next(link.attributes["href"] for link in links if link.words == subject)


async def test_without_a_demo_there_is_no_inbox(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)
    for path in ("/inbox", "/inbox/1", "/inbox/1/html"):
        assert (await browser.get(path)).status == 404
    assert "/inbox" not in (await browser.get("/")).answer.text


async def test_a_letter_is_shown_as_its_reader_sees_it(pages: PageHouse, tmp_path: Path) -> None:
    async with an_inbox(pages, tmp_path) as url:
        await send(url, LETTER, invited=True)
    browser = await pages.signed_in(Role.TREATMENT_WORKER)
    path = await opened(browser, LETTER.subject)
    shown = await browser.get(path)
    assert "kim@scheme.example" in shown.words
    assert "Review – ref LX-4F7Q: Tue 8 Sep 2026, 14:00 to 14:30" in shown.words
    assert LINK in shown.words
    [frame] = shown.page.all("iframe", class_="iom-letter")
    assert frame.attributes["sandbox"] == "allow-top-navigation-by-user-activation"
    assert "frame-src 'self'" in shown.answer.headers["content-security-policy"]


async def test_a_letters_html_can_run_and_fetch_nothing(pages: PageHouse, tmp_path: Path) -> None:
    hostile = replace(LETTER, html=LETTER.html.replace("<main>", "<main><script>alert(1)</script>"))
    async with an_inbox(pages, tmp_path) as url:
        await send(url, hostile)
    browser = await pages.signed_in(Role.COORDINATOR)
    answer = (await browser.get(await opened(browser, LETTER.subject) + "/html")).answer
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["sandbox"] == "allow-top-navigation-by-user-activation"
    assert policy["frame-ancestors"] == "'self'"
    assert "script-src" not in policy
    assert '<base target="_top">' in answer.text


async def test_an_empty_inbox_says_so_and_a_letter_that_is_not_there_is_not_found(
    pages: PageHouse, tmp_path: Path
) -> None:
    pages.set(inbox_dir=tmp_path / "not there yet")
    browser = await pages.signed_in(Role.COORDINATOR)
    assert "No letter yet" in (await browser.get("/inbox")).words
    for letter in ("1", "..%2F..%2Fetc%2Fpasswd", "00", "x"):
        assert (await browser.get(f"/inbox/{letter}")).status == 404


async def test_a_newcomer_reads_what_the_next_five_minutes_bring(pages: PageHouse, tmp_path: Path) -> None:
    pages.record.wall = START
    case = await pages.record.a_case(
        programme=named("training"), team=(Role.COORDINATOR, Role.TREATMENT_WORKER)
    )
    await pages.record.do("update cases set local_ref = 'TRAINING' where id = %s", case.id)
    pages.set(inbox_dir=tmp_path)
    shown = await (await pages.signed_in(Role.COORDINATOR)).get("/")
    for said in (
        case.ref,
        "Letter: action due to treatment worker · First contact with the person",
        "Step opens: Review for IOM coordinator",
        "Look again",
    ):
        assert said in shown.words
    assert await pages.looks() in ([], [f"consult cases:{case.ref}"])
    outsider = await (await pages.signed_in(Role.HOUSING_OFFICER)).get("/")
    assert "Sign in as the coordinator" in outsider.words
    assert case.ref not in outsider.words


async def test_in_real_use_the_first_page_has_no_training(pages: PageHouse) -> None:
    assert "training" not in (await (await pages.signed_in(Role.COORDINATOR)).get("/")).words
