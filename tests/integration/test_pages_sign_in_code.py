"""The second factor through the pages: an app set up once, codes that work once, recovery codes, and no way around."""

from datetime import timedelta

import pyotp
import pytest

from iom.adapters.settings import Settings
from iom.adapters.sign_in_rules import check_second_factor
from iom.refusals import Refused
from iom.vocabulary import Role
from tests.integration.page_house import Browser, PageHouse
from web.app import create_app

EMAIL = "coordinator@scheme.example"
STEP = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def nobody_skips(pages: PageHouse) -> None:
    pages.set(second_factor="required")


class Phone:
    """An authenticator app whose clock is right."""

    def __init__(self, pages: PageHouse, secret: str) -> None:
        self._pages, self._totp = pages, pyotp.TOTP(secret)

    def code(self, after: timedelta = timedelta()) -> str:
        return self._totp.at(self._pages.record.wall + after)


async def set_up(pages: PageHouse, browser: Browser, email: str = EMAIL) -> tuple[Phone, list[str]]:
    """Signs in for the first time. Gives the app, and the recovery codes that were shown."""
    assert (await browser.follow(await browser.send_password(email))).to == "/sign-in/set-up"
    shown = await browser.get("/sign-in/set-up")
    key = next(each.words for each in shown.page.all("p", class_="govuk-body iom-key"))
    phone = Phone(pages, key.replace(" ", ""))
    done = await browser.post(
        "/sign-in/set-up", shown.page.fields("/sign-in/set-up") | {"code": phone.code()}
    )
    assert done.status == 200, done.words
    return phone, [each.words for each in done.page.all("li") if each.words.count("-") == 2]


async def send_code(browser: Browser, code: str, email: str = EMAIL) -> tuple[int, str]:
    """Password, then this code. Gives the status and where it leads."""
    shown = await browser.follow(await browser.send_password(email))
    answer = await browser.post("/sign-in/code", shown.page.fields("/sign-in/code") | {"code": code})
    return answer.status, answer.to


async def is_signed_in(browser: Browser) -> bool:
    return (await browser.get("/")).status == 200


async def test_the_first_sign_in_sets_up_an_app_and_shows_ten_recovery_codes_once(pages: PageHouse) -> None:
    browser = pages.a_browser()
    _, recovery = await set_up(pages, browser)
    assert len(set(recovery)) == 10
    assert await is_signed_in(browser)
    kept = await pages.record.rows("select * from recovery_code")
    assert len(kept) == 10
    assert not [code for code in recovery if code in str(kept)]
    assert (await browser.get("/sign-in/set-up")).to.startswith("/sign-in")


async def test_the_picture_holds_the_key_that_is_shown_as_letters(pages: PageHouse) -> None:
    browser = pages.a_browser()
    await browser.send_password(EMAIL)
    first = await browser.get("/sign-in/set-up")
    [picture] = first.page.all("svg")
    assert "style" not in picture.attributes
    again = await browser.get("/sign-in/set-up")
    assert again.page.words_of("main") == first.page.words_of("main")


async def test_a_password_alone_opens_nothing(pages: PageHouse) -> None:
    browser = pages.a_browser()
    await set_up(pages, browser)
    other = pages.a_browser()
    assert (await other.send_password(EMAIL)).to == "/sign-in/code"
    assert not await is_signed_in(other)
    assert (await other.get("/cases")).to.startswith("/sign-in")
    assert (await other.get("/account")).to.startswith("/sign-in")


async def test_password_and_code_open(pages: PageHouse) -> None:
    phone, _ = await set_up(pages, pages.a_browser())
    pages.record.wall += STEP
    browser = pages.a_browser()
    assert await send_code(browser, phone.code()) == (303, "/")
    assert await is_signed_in(browser)


@pytest.mark.parametrize(("late", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_the_phones_clock_may_be_off_by_one_step(pages: PageHouse, late: int, opens: bool) -> None:
    phone, _ = await set_up(pages, pages.a_browser())
    pages.record.wall += timedelta(minutes=10)
    status, _ = await send_code(pages.a_browser(), phone.code(after=late * STEP))
    assert (status == 303) is opens


async def test_a_code_works_once_and_so_does_an_earlier_one_after_it(pages: PageHouse) -> None:
    phone, _ = await set_up(pages, pages.a_browser())
    pages.record.wall += timedelta(minutes=10)
    earlier, code = phone.code(after=-STEP), phone.code()
    assert (await send_code(pages.a_browser(), code))[0] == 303
    for replayed in (code, earlier):
        watcher = pages.a_browser(address="203.0.113.9")
        assert (await send_code(watcher, replayed))[0] == 422
        assert not await is_signed_in(watcher)


async def test_the_code_that_set_the_app_up_is_used_up(pages: PageHouse) -> None:
    phone, _ = await set_up(pages, pages.a_browser())
    assert (await send_code(pages.a_browser(), phone.code()))[0] == 422


async def test_a_recovery_code_works_once_however_it_is_typed(pages: PageHouse) -> None:
    _, recovery = await set_up(pages, pages.a_browser())
    typed = recovery[0].lower().replace("-", " ")
    assert (await send_code(pages.a_browser(), typed))[0] == 303
    assert (await send_code(pages.a_browser(), recovery[0]))[0] == 422
    assert (await send_code(pages.a_browser(), recovery[1]))[0] == 303


async def test_somebody_elses_code_and_recovery_code_open_nothing(pages: PageHouse) -> None:
    phone, recovery = await set_up(pages, pages.a_browser(), "chair@scheme.example")
    await set_up(pages, pages.a_browser())
    pages.record.wall += STEP
    for code in (phone.code(), recovery[0]):
        assert (await send_code(pages.a_browser(), code))[0] == 422


async def test_codes_cannot_be_guessed_in_one_half_sign_in(pages: PageHouse) -> None:
    phone, _ = await set_up(pages, pages.a_browser())
    pages.set(tries_before_pause=20)
    pages.record.wall += timedelta(minutes=5)
    browser = pages.a_browser()
    shown = await browser.follow(await browser.send_password(EMAIL))
    fields = shown.page.fields("/sign-in/code")
    for _ in range(5):
        assert (await browser.post("/sign-in/code", fields | {"code": "000000"})).status == 422
    assert (await browser.post("/sign-in/code", fields | {"code": phone.code()})).to == "/sign-in"


async def test_wrong_codes_bring_a_pause_whatever_address_they_come_from(pages: PageHouse) -> None:
    phone, _ = await set_up(pages, pages.a_browser())
    pages.set(tries_of_account=10)
    pages.record.wall += timedelta(minutes=5)
    answers = [
        (await send_code(pages.a_browser(address=f"203.0.113.{number}"), "000000"))[0] for number in range(12)
    ]
    assert answers == [422] * 10 + [429] * 2
    pages.record.wall += timedelta(minutes=61)
    assert (await send_code(pages.a_browser(), phone.code()))[0] == 303


async def test_a_half_sign_in_is_over_after_five_minutes(pages: PageHouse) -> None:
    phone, _ = await set_up(pages, pages.a_browser())
    browser = pages.a_browser()
    shown = await browser.follow(await browser.send_password(EMAIL))
    pages.record.wall += timedelta(minutes=5, seconds=1)
    late = await browser.post("/sign-in/code", shown.page.fields("/sign-in/code") | {"code": phone.code()})
    assert late.to == "/sign-in"


async def test_a_half_sign_in_makes_one_session(pages: PageHouse) -> None:
    _, recovery = await set_up(pages, pages.a_browser())
    browser = pages.a_browser()
    shown = await browser.follow(await browser.send_password(EMAIL))
    half = browser.client.cookies["iom-half"]
    fields = shown.page.fields("/sign-in/code")
    assert (await browser.post("/sign-in/code", fields | {"code": recovery[0]})).status == 303
    thief = pages.a_browser()
    thief.client.cookies.set("iom-half", half)
    assert (await thief.post("/sign-in/code", fields | {"code": recovery[1]})).to == "/sign-in"


async def test_another_halfs_form_does_nothing(pages: PageHouse) -> None:
    _, recovery = await set_up(pages, pages.a_browser())
    one, other = pages.a_browser(), pages.a_browser()
    shown = await one.follow(await one.send_password(EMAIL))
    await other.send_password(EMAIL)
    forged = await other.post("/sign-in/code", shown.page.fields("/sign-in/code") | {"code": recovery[0]})
    assert forged.status == 403


async def test_nobody_skips_and_nobody_with_an_app_sets_up_another(pages: PageHouse) -> None:
    await set_up(pages, pages.a_browser())
    browser = pages.a_browser()
    shown = await browser.follow(await browser.send_password(EMAIL))
    assert "Skip" not in shown.words
    fields = shown.page.fields("/sign-in/code")
    assert (await browser.post("/sign-in/skip", fields)).status == 404
    assert (await browser.get("/sign-in/set-up")).to == "/sign-in/code"
    assert (await browser.post("/sign-in/set-up", fields | {"code": "000000"})).to == "/sign-in"
    assert not await is_signed_in(browser)


async def test_new_recovery_codes_end_the_old_ones(pages: PageHouse) -> None:
    browser = pages.a_browser()
    _, old = await set_up(pages, browser)
    asked = await browser.get("/account/recovery-codes")
    shown = await browser.post("/account/recovery-codes", asked.page.fields("/account/recovery-codes"))
    new = [each.words for each in shown.page.all("li") if each.words.count("-") == 2]
    assert len(set(new) - set(old)) == 10
    assert (await send_code(pages.a_browser(), old[0]))[0] == 422
    assert (await send_code(pages.a_browser(), new[0]))[0] == 303


async def test_in_a_demo_people_may_skip_and_every_page_says_so(pages: PageHouse) -> None:
    pages.set(second_factor="skippable")
    browser = await pages.signed_in(Role.COORDINATOR)
    for path in ("/", "/sign-in", "/account"):
        assert "without a second factor" in (await browser.get(path)).page.words_of("body")


@pytest.mark.parametrize(
    ("address", "host", "starts"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1", True),
        ("http://localhost:8000", "::1", True),
        ("https://iom.example", "127.0.0.1", False),
        ("http://127.0.0.1.iom.example", "127.0.0.1", False),
        ("http://127.0.0.1:8000", "0.0.0.0", False),  # noqa: S104 - what must be refused
    ],
)
def test_only_on_this_machine_can_anything_be_skipped(address: str, host: str, starts: bool) -> None:
    settings = Settings(
        database_url="postgresql://actions@localhost/iom",
        smtp_url="smtp://localhost",
        public_url=address,
        second_factor="skippable",
    )
    if starts:
        check_second_factor(settings, host)
        return
    with pytest.raises(Refused) as refused:
        check_second_factor(settings, host)
    assert refused.value.code == "second_factor_needed"
    if host == "127.0.0.1":
        with pytest.raises(Refused):
            create_app(settings)
