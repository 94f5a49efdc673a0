"""Guessing at the door: passwords, names and clocks. Guesses are stopped; the owner elsewhere never is."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import product
from time import perf_counter

import pytest

from iom.vocabulary import Role
from tests.integration.page_house import PASSWORD, Browser, PageHouse, another_process

EMAIL = "coordinator@scheme.example"
STRANGER, OWNER = "203.0.113.5", "198.51.100.7"


async def guess(browser: Browser, email: str = EMAIL, times: int = 1) -> list[int]:
    return [(await browser.send_password(email, "wrong")).status for _ in range(times)]


async def test_guesses_are_stopped_and_the_sentence_says_until_when(pages: PageHouse) -> None:
    browser = pages.a_browser(STRANGER)
    assert await guess(browser, times=6) == [422] * 5 + [429]
    shown = await browser.send_password(EMAIL, PASSWORD)
    assert shown.status == 429
    assert re.search(r"Try again in 1 minute, from \d\d:\d\d on\.", shown.words)


async def test_the_pause_grows_with_each_guess_up_to_an_hour(pages: PageHouse) -> None:
    browser = pages.a_browser(STRANGER)
    await guess(browser, times=5)
    for minutes in (0.5, 1, 2, 4, 8, 16, 32, 60, 60):
        pages.record.wall += timedelta(minutes=minutes, seconds=-1)
        assert await guess(browser) == [429]
        pages.record.wall += timedelta(seconds=1)
        assert await guess(browser) == [422]


async def test_the_right_password_is_not_heard_during_a_pause_and_is_after_it(pages: PageHouse) -> None:
    browser = pages.a_browser(STRANGER)
    await guess(browser, times=5)
    assert (await browser.send_password(EMAIL)).status == 429
    pages.record.wall += timedelta(seconds=30)
    assert (await browser.send_password(EMAIL)).status == 303
    assert await guess(browser, times=5) == [422] * 5


async def test_a_stranger_locks_nobody_out(pages: PageHouse) -> None:
    await guess(pages.a_browser(STRANGER), times=20)
    assert (await pages.a_browser(OWNER).send_password(EMAIL)).status == 303


async def test_one_address_cannot_try_many_accounts(pages: PageHouse) -> None:
    pages.set(tries_of_address=10)
    browser = pages.a_browser(STRANGER)
    answers = [(await guess(browser, f"somebody{number}@scheme.example"))[0] for number in range(12)]
    assert answers == [422] * 10 + [429] * 2
    assert (await pages.a_browser(OWNER).send_password(EMAIL)).status == 303
    pages.record.wall += timedelta(hours=1, minutes=1)
    assert await guess(browser) == [422]


async def test_a_whole_ipv6_network_is_one_address(pages: PageHouse) -> None:
    answers = [(await guess(pages.a_browser(f"2001:db8::{number}")))[0] for number in range(1, 7)]
    assert answers == [422] * 5 + [429]
    assert await guess(pages.a_browser("2001:db8:0:1::1")) == [422]


async def test_guesses_sent_at_once_to_several_processes_are_all_counted(pages: PageHouse) -> None:
    async with another_process(pages) as elsewhere:
        browsers = (pages.a_browser(), elsewhere)
        for browser in browsers:
            await browser.get("/sign-in")
        answers = await asyncio.gather(*(guess(browser) for browser in browsers * 8))
    assert sorted(status for each in answers for status in each) == [422] * 5 + [429] * 11


async def test_the_record_of_tries_holds_no_address_book_and_no_password(pages: PageHouse) -> None:
    await guess(pages.a_browser())
    kept = str(await pages.record.rows("select * from sign_in_try"))
    assert EMAIL not in kept
    assert "wrong" not in kept


async def test_a_locked_account_is_told_so_only_to_whoever_has_its_password(pages: PageHouse) -> None:
    pages.record.wall += timedelta(days=60)
    stranger = await pages.a_browser().send_password(EMAIL, "wrong")
    nobody = await pages.a_browser().send_password("nobody@scheme.example", "wrong")
    assert stranger.words == nobody.words
    owner = await pages.a_browser().send_password(EMAIL)
    assert owner.status == 409
    assert "locked because nobody has signed in with it for 45 days" in owner.words


async def times(
    known: Callable[[], Awaitable[object]], unknown: Callable[[], Awaitable[object]], pairs: int
) -> float:
    """How often the known one took longer than the unknown one, over every pair of measurements: 0.5 tells nothing.

    Taken in turns, so that whatever else this machine does falls on both.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(2 * pairs + 4):
        began = perf_counter()
        await (known, unknown)[turn % 2]()
        taken[turn % 2].append(perf_counter() - began)
    longer = [one > other for one, other in product(taken[0][2:], taken[1][2:])]
    return sum(longer) / len(longer)


@pytest.mark.parametrize("state", ["active", "left", "without a password"])
async def test_the_time_of_a_wrong_password_tells_nobody_who_is_known(pages: PageHouse, state: str) -> None:
    pages.set(tries_before_pause=10**6, tries_of_address=10**6)
    change = {"left": "left_at = now()", "without a password": "password_hash = null"}.get(
        state, "name = name"
    )
    await pages.record.do(f"update account set {change} where email = %s", EMAIL)  # noqa: S608 - constants
    browser = pages.a_browser()
    form = (await browser.get("/sign-in")).page.fields("/sign-in")

    async def send(email: str) -> None:
        answer = await browser.client.post("/sign-in", data=form | {"email": email, "password": "wrong"})
        assert answer.status_code == 422

    share = await times(lambda: send(EMAIL), lambda: send("coordinatox@scheme.example"), pairs=30)
    assert 0.2 < share < 0.8


async def test_the_time_of_asking_for_a_link_tells_nobody_who_is_known(pages: PageHouse) -> None:
    pages.set(tries_before_pause=10**6, tries_of_address=10**6)
    await pages.record.do("update account set by_link = true where email = %s", EMAIL)
    browser = pages.a_browser()
    form = (await browser.get("/sign-in/link")).page.fields("/sign-in/link")

    async def send(email: str) -> None:
        answer = await browser.client.post("/sign-in/link", data=form | {"email": email})
        assert answer.status_code == 200

    share = await times(lambda: send(EMAIL), lambda: send("coordinatox@scheme.example"), pairs=100)
    assert 0.3 < share < 0.7


async def test_a_partner_who_mistypes_for_a_while_is_let_in(pages: PageHouse) -> None:
    email = pages.record.scheme.actors[Role.TREATMENT_WORKER].email
    browser = pages.a_browser()
    await guess(browser, email, times=4)
    assert (await browser.sign_in(email)).status == 303
