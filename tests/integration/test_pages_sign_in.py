"""Signing in and out, and what a stranger, a forger or a thief of cookies gets: nothing."""

from datetime import timedelta
from typing import Any

import pytest

from iom.adapters import passwords
from iom.vocabulary import Role
from tests.integration.page_house import PASSWORD, PageHouse, another_process
from web.sessions import own_path

EMAIL = "coordinator@scheme.example"


async def test_the_right_password_begins_a_session_that_scripts_and_other_sites_cannot_use(
    pages: PageHouse,
) -> None:
    shown = await pages.a_browser().sign_in(EMAIL)
    assert (shown.status, shown.to) == (303, "/")
    cookie = shown.answer.headers["set-cookie"].lower()
    assert cookie.startswith("iom=")
    for part in ("httponly", "samesite=lax", "path=/"):
        assert part in cookie
    assert "secure" not in cookie.replace("samesite", "")


async def test_by_https_the_cookie_is_kept_to_this_host_and_to_https(pages: PageHouse) -> None:
    pages.set(public_url="https://iom.example")
    browser = pages.a_browser(scheme="https")
    half = await browser.send_password(EMAIL)
    whole = await browser.sign_in(EMAIL)
    for shown, name in ((half, "__Host-iom-half="), (whole, "__Host-iom=")):
        cookie = shown.answer.headers["set-cookie"]
        assert cookie.startswith(name)
        assert "; Secure" in cookie
        assert "domain" not in cookie.lower()


async def test_the_record_holds_no_cookie_and_no_password(pages: PageHouse) -> None:
    browser = pages.a_browser()
    await browser.sign_in(EMAIL)
    [row] = await pages.record.rows("select * from session")
    assert browser.client.cookies["iom"] not in str(row)
    [account] = await pages.record.rows("select password_hash from account where email = %s", EMAIL)
    assert account["password_hash"].startswith("$argon2id$")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong"),
        ("nobody@scheme.example", PASSWORD),
        (EMAIL.upper(), "wrong"),
        ("'--", "x"),
        ("\0", "\0"),
    ],
)
async def test_whoever_cannot_sign_in_is_not_told_why(pages: PageHouse, email: str, password: str) -> None:
    shown = await pages.a_browser().sign_in(email, password)
    assert shown.status == 422
    assert "set-cookie" not in shown.answer.headers
    if password.strip("\0"):
        assert "The e-mail address or the password is wrong." in shown.words
        assert shown.page.value_of("email") == email
    assert shown.page.value_of("password") == ""


async def test_an_unknown_address_costs_as_much_work_as_a_known_one(
    pages: PageHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = passwords._ARGON2ID.verify

    def counted(password: str, kept: str) -> bool:
        checked.append(kept)
        return verify(password, kept)

    monkeypatch.setattr(passwords._ARGON2ID, "verify", counted)
    for email in (EMAIL, "nobody@scheme.example"):
        await pages.a_browser().sign_in(email, "wrong")
    assert len(checked) == 2
    assert all(kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$") for kept in checked)


async def test_somebody_who_has_left_cannot_sign_in_and_is_signed_out(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)
    await pages.record.do("update account set left_at = now() where email = %s", EMAIL)
    assert (await browser.get("/")).to == "/sign-in"
    assert (await pages.a_browser().sign_in(EMAIL)).status == 422


async def test_an_account_without_a_password_lets_nobody_in(pages: PageHouse) -> None:
    await pages.record.do("update account set password_hash = null where email = %s", EMAIL)
    for password in ("nobody has this password", PASSWORD):
        assert (await pages.a_browser().sign_in(EMAIL, password)).status == 422


async def test_after_signing_in_people_are_where_they_wanted_to_be(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    step = await pages.record.a_step(case, Role.POLICE_OFFENDER_MANAGER)
    browser = pages.a_browser()
    asked = await browser.get(f"/steps/{step}")
    assert asked.to == f"/sign-in?next=/steps/{step}"
    assert (await browser.get(asked.to)).page.value_of("next") == f"/steps/{step}"
    shown = await browser.sign_in(EMAIL, leading_to=f"/steps/{step}")
    assert shown.to == f"/steps/{step}"
    assert (await browser.get(shown.to)).status == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "evil.example",
        "",
        "/sign-out",
        "/sign-in?next=/",
        "http:evil.example",
        "/%0d%0a\r\nx",
    ],
)
async def test_signing_in_never_leads_to_another_site(pages: PageHouse, elsewhere: str) -> None:
    shown = await pages.a_browser().sign_in(EMAIL, leading_to=elsewhere)
    assert shown.to == "/"


def test_own_addresses_are_kept_whole() -> None:
    for path in ("/", "/cases?rag=Red", "/steps/7", "/cases/LX-4F7Q/timeline?behind=abc"):
        assert own_path(path) == path


async def test_signing_in_again_changes_the_session_and_leaves_none_to_fixate(pages: PageHouse) -> None:
    browser = pages.a_browser()
    browser.client.cookies.set("iom", "chosen by somebody else", domain="iom.test")
    await browser.sign_in(EMAIL)
    first = browser.client.cookies["iom"]
    assert first != "chosen by somebody else"
    await browser.sign_in(EMAIL)
    assert browser.client.cookies["iom"] != first


async def test_signing_out_ends_the_session_and_not_only_the_cookie(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)
    stolen = browser.client.cookies["iom"]
    form = (await browser.get("/")).page.fields("/sign-out")
    left = await browser.post("/sign-out", form)
    assert left.to == "/sign-in?signed_out="
    assert "You are signed out" in (await browser.get(left.to)).words
    thief = pages.a_browser()
    thief.client.cookies.set("iom", stolen)
    assert (await thief.get("/")).to == "/sign-in"


async def test_a_session_ends_when_it_is_not_used_and_goes_on_while_it_is(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)
    for _ in range(3):
        pages.record.wall += timedelta(minutes=14)
        assert (await browser.get("/")).status == 200
    pages.record.wall += timedelta(minutes=16)
    assert (await browser.get("/")).to == "/sign-in"


@pytest.mark.parametrize(("role", "minutes"), [(Role.COORDINATOR, 15), (Role.TREATMENT_WORKER, 30)])
async def test_police_tier_sessions_rest_for_less_long_than_partners(
    pages: PageHouse, role: Role, minutes: int
) -> None:
    browser = await pages.signed_in(role)
    pages.record.wall += timedelta(minutes=minutes - 1)
    assert (await browser.get("/")).status == 200
    pages.record.wall += timedelta(minutes=minutes + 1)
    assert (await browser.get("/")).to == "/sign-in"


async def test_how_long_is_a_setting(pages: PageHouse) -> None:
    pages.set(session_idle_minutes=5)
    browser = await pages.signed_in(Role.TREATMENT_WORKER)
    pages.record.wall += timedelta(minutes=6)
    assert (await browser.get("/")).to == "/sign-in"


async def test_after_a_day_everybody_signs_in_anew_however_busy(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.TREATMENT_WORKER)
    for _ in range(28):
        pages.record.wall += timedelta(minutes=25)
        assert (await browser.get("/")).status == 200
    pages.record.wall += timedelta(minutes=25)
    assert (await browser.get("/")).to == "/sign-in"


async def test_looking_writes_to_the_session_once_a_minute_at_the_most(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)

    async def version() -> list[dict[str, Any]]:
        return await pages.record.rows("select xmin::text, seen_at from session")

    before = await version()
    pages.record.wall += timedelta(seconds=30)
    await browser.get("/")
    assert await version() == before
    pages.record.wall += timedelta(seconds=40)
    await browser.get("/")
    assert await version() != before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://iom.test"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://iom.test.evil.example"},
        {"Origin": "null"},
    ],
)
async def test_a_form_sent_by_another_site_does_nothing(pages: PageHouse, headers: dict[str, str]) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)
    form = (await browser.get("/")).page.fields("/sign-out")
    shown = await browser.post("/sign-out", form, headers)
    assert shown.status == 403
    assert (await browser.get("/")).status == 200
    assert (
        await pages.a_browser().post("/sign-in", {"email": EMAIL, "password": PASSWORD}, headers)
    ).status == 403


@pytest.mark.parametrize("token", ["", "another"])
async def test_a_form_without_its_sessions_token_does_nothing(pages: PageHouse, token: str) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)
    shown = await browser.post("/sign-out", {"form_token": token})
    assert shown.status == 403
    assert "nothing was recorded" in shown.words
    assert (await browser.get("/")).status == 200


async def test_another_sessions_token_is_no_better(pages: PageHouse) -> None:
    browser, other = await pages.signed_in(Role.COORDINATOR), await pages.signed_in(Role.COORDINATOR)
    form = (await other.get("/")).page.fields("/sign-out")
    assert (await browser.post("/sign-out", form)).status == 403


async def test_sessions_outlive_the_process(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)
    async with another_process(pages) as elsewhere:
        elsewhere.client.cookies.set("iom", browser.client.cookies["iom"])
        assert (await elsewhere.get("/")).status == 200
