"""Links by e-mail through the pages and a real mail server: once, in one browser, for minutes, nobody else told."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from iom.adapters.delivery import Delivered, deliver_waiting
from tests.integration.directory_house import DirectoryHouse
from tests.integration.page_house import Browser, PageHouse, Shown
from tests.integration.post_office import PostOffice, open_office, words_of

EMAIL = "treatment_worker@scheme.example"
LINK = re.compile(r"http://iom\.test(/sign-in/link/[\w-]+)")


@dataclass
class Post:
    """The mail server, and the worker's round that brings letters to it."""

    pages: PageHouse
    office: PostOffice
    url: str

    async def delivered(self) -> Delivered:
        settings = self.pages.record.app.state.settings.model_copy(update={"smtp_url": self.url})
        return await deliver_waiting(self.pages.record.scheme.pool, settings, lambda: self.pages.record.wall)

    async def links(self) -> list[str]:
        """The paths of all links that have arrived."""
        await self.delivered()
        return [LINK.findall(words_of(message))[0] for message in self.office.messages()]


@pytest.fixture
async def post(pages: PageHouse) -> AsyncIterator[Post]:
    pages.set(public_url="http://iom.test", link_second_factor="none")
    await pages.record.do("update account set by_link = true, password_hash = null where email = %s", EMAIL)
    office = PostOffice()
    async with open_office(office) as url:
        yield Post(pages, office, url)


async def ask(browser: Browser, email: str = EMAIL, leading_to: str = "/") -> Shown:
    form = (await browser.get("/sign-in/link")).page.fields("/sign-in/link")
    return await browser.post("/sign-in/link", form | {"email": email, "next": leading_to})


async def open_link(browser: Browser, link: str) -> Shown:
    """Follows it and presses the button, if there is one."""
    shown = await browser.get(link)
    if shown.status != 200:
        return shown
    return await browser.post(link, shown.page.fields(link))


async def test_a_link_signs_in_and_leads_to_where_they_wanted_to_be(pages: PageHouse, post: Post) -> None:
    browser = pages.a_browser()
    await ask(browser, leading_to="/nominate")
    [link] = await post.links()
    assert (await open_link(browser, link)).to == "/nominate"
    assert (await browser.get("/")).status == 200


async def test_the_letter_says_nothing_personal_and_the_record_holds_no_link(
    pages: PageHouse, post: Post
) -> None:
    await ask(pages.a_browser())
    [link] = await post.links()
    [message] = post.office.messages()
    said = f"{message['Subject']} {words_of(message)}"
    assert "Kerensa" not in said
    assert "scheme" not in said
    token = link.rsplit("/", 1)[1]
    assert token not in str(await pages.record.rows("select * from sign_in_link"))
    assert token not in str(await pages.record.rows("select * from letter"))


async def test_a_link_works_once(pages: PageHouse, post: Post) -> None:
    browser = pages.a_browser()
    await ask(browser)
    [link] = await post.links()
    shown = await browser.get(link)
    fields, waiting = shown.page.fields(link), browser.client.cookies["iom-door"]
    assert (await browser.post(link, fields)).status == 303
    again = pages.a_browser()
    again.client.cookies.set("iom-door", waiting)
    assert (await again.post(link, fields)).status == 410
    assert (await again.get("/")).to == "/sign-in"


async def test_a_forwarded_link_opens_nothing_and_stays_good_for_whoever_asked(
    pages: PageHouse, post: Post
) -> None:
    browser, friend = pages.a_browser(), pages.a_browser()
    await ask(browser)
    [link] = await post.links()
    assert (await open_link(friend, link)).status == 410
    form = (await friend.get("/sign-in")).page.fields("/sign-in")
    assert (await friend.post(link, form)).status == 410
    assert (await friend.get("/")).to == "/sign-in"
    assert (await open_link(browser, link)).status == 303


async def test_a_mail_scanner_that_follows_links_uses_none_up(pages: PageHouse, post: Post) -> None:
    browser = pages.a_browser()
    await ask(browser)
    [link] = await post.links()
    for _ in range(3):
        await pages.a_browser().get(link)
        assert (await browser.get(link)).status == 200
    assert (await open_link(browser, link)).status == 303


async def test_a_link_is_over_after_fifteen_minutes(pages: PageHouse, post: Post) -> None:
    browser = pages.a_browser()
    await ask(browser)
    [link] = await post.links()
    pages.record.wall += timedelta(minutes=15)
    assert (await open_link(browser, link)).status == 410


async def test_a_letter_that_would_come_too_late_is_not_sent(pages: PageHouse, post: Post) -> None:
    await ask(pages.a_browser())
    await pages.record.do("update sign_in_link set used_at = asked_at")
    assert await post.delivered() == Delivered()
    await ask(pages.a_browser())
    post.office.data = "451 Come back later"
    assert (await post.delivered()).put_off == 1
    post.office.data = "250 OK"
    pages.record.wall += timedelta(minutes=20)
    assert await post.delivered() == Delivered(withdrawn=1)


async def test_an_invented_link_opens_nothing(pages: PageHouse, post: Post) -> None:
    browser = pages.a_browser()
    await ask(browser)
    assert (await open_link(browser, f"/sign-in/link/{'a' * 43}")).status == 410


async def test_the_link_and_the_second_factor_if_settings_say_so(pages: PageHouse, post: Post) -> None:
    pages.set(link_second_factor="required")
    browser = pages.a_browser()
    await ask(browser)
    [link] = await post.links()
    assert (await open_link(browser, link)).to == "/sign-in/code"
    assert (await browser.get("/")).to == "/sign-in"


async def test_a_link_needs_the_form_of_the_browser_it_opens_in(pages: PageHouse, post: Post) -> None:
    browser = pages.a_browser()
    await ask(browser)
    [link] = await post.links()
    assert (await browser.post(link, {"form_token": ""})).status == 410
    assert (await browser.post(link, {}, {"Sec-Fetch-Site": "cross-site"})).status == 403
    assert (await open_link(browser, link)).status == 303


@pytest.mark.parametrize(
    "email", ["nobody@scheme.example", "coordinator@scheme.example", "chair@scheme.example", EMAIL]
)
async def test_everybody_who_asks_is_told_the_same(pages: PageHouse, post: Post, email: str) -> None:
    await pages.record.do("update account set left_at = now() where email = 'chair@scheme.example'")
    shown = await ask(pages.a_browser(), email)
    same = await ask(pages.a_browser(), "somebody.else@scheme.example")
    assert shown.status == same.status == 200
    assert shown.words == same.words
    assert (await post.delivered()).sent == (1 if email == EMAIL else 0)


async def test_whoever_has_left_meanwhile_does_not_come_in(pages: PageHouse, post: Post) -> None:
    browser = pages.a_browser()
    await ask(browser)
    [link] = await post.links()
    await pages.record.do("update account set left_at = now() where email = %s", EMAIL)
    assert (await open_link(browser, link)).status == 410


async def test_nobodys_mailbox_is_flooded(pages: PageHouse, post: Post) -> None:
    browser = pages.a_browser()
    answers = [(await ask(browser)).status for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
    assert len(await post.links()) == 5
    assert (await ask(pages.a_browser(address="198.51.100.7"))).status == 200


async def test_a_link_opens_nothing_where_a_directory_is_the_only_way(
    pages: PageHouse, post: Post, directory: DirectoryHouse
) -> None:
    directory.set(agency="treatment", is_only_way=True)
    browser = pages.a_browser()
    await ask(browser)
    [link] = await post.links()
    shown = await open_link(browser, link)
    assert (shown.status, "their own directory" in shown.words) == (409, True), shown.words
    assert await directory.sessions() == 0
