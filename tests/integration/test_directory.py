"""Signing in with an agency's own directory, through the pages, with a real provider; and who may not."""

from datetime import timedelta
from typing import Any

import pytest

from iom.vocabulary import Role
from tests.integration.directory_house import EMAIL, WAY_IN, DirectoryHouse, asked_in, own_part
from tests.integration.page_house import PASSWORD


def endpoints(directory: DirectoryHouse) -> dict[str, str]:
    issuer = directory.provider.issuer
    return {part: f"{issuer}/{part}" for part in ("authorize", "token", "jwks", "userinfo")}


async def test_the_sign_in_page_has_a_button_for_each_directory(directory: DirectoryHouse) -> None:
    directory.set()
    page = (await directory.pages.a_browser().get("/sign-in?next=/cases")).page
    [button] = [each for each in page.elements if "Police account" in each.words and each.tag == "a"]
    assert button.attributes["href"] == f"{WAY_IN}?next=/cases"


async def test_without_directories_the_page_speaks_of_none(directory: DirectoryHouse) -> None:
    assert "Sign in with" not in (await directory.pages.a_browser().get("/sign-in")).words
    assert (await directory.pages.a_browser().get(WAY_IN)).status == 404


async def test_somebody_is_signed_in_where_they_wanted_to_be(directory: DirectoryHouse) -> None:
    directory.set()
    browser = directory.pages.a_browser()
    shown = await directory.come_back(browser, f"{WAY_IN}?next=/cases")
    assert (shown.status, shown.to) == (303, "/cases"), shown.words
    assert directory.pages.name(Role.COORDINATOR) in (await browser.get("/cases")).answer.text
    assert [cookie.name for cookie in browser.client.cookies.jar] == ["iom"]


async def test_a_directory_without_discovery_is_as_good(directory: DirectoryHouse) -> None:
    directory.set(endpoints=endpoints(directory))
    path = "/.well-known/openid-configuration"
    asked = directory.provider.asked(path)
    directory.tell(sends_back={"iss": None})
    assert (await directory.come_back(directory.pages.a_browser())).status == 303
    assert directory.provider.asked(path) == asked


@pytest.mark.parametrize(
    "more",
    [
        {"client_authentication": "client_secret_post"},
        {"asks_userinfo": True},
        {"claims": {"email": "upn", "subject": "oid"}, "vouches_for_emails": True},
        {"required": {"claim": "roles", "any_of": ["IOM.User", "IOM.Lead"]}},
        {"acr_values": "AAL2"},
        {"algorithms": ["ES256", "RS256"]},
    ],
)
async def test_directories_differ(directory: DirectoryHouse, more: dict[str, Any]) -> None:
    directory.set(**more)
    directory.tell(claims={"upn": EMAIL.upper(), "oid": "7e1f", "roles": ["IOM.User", "Mail.Reader"]})
    assert (await directory.come_back(directory.pages.a_browser())).status == 303


@pytest.mark.parametrize("header", [{"kid": None}, {"typ": "id_token+jwt", "of_their_own": 7}])
async def test_headers_of_a_directorys_own_do_no_harm(
    directory: DirectoryHouse, header: dict[str, Any]
) -> None:
    directory.set()
    directory.tell(header=header)
    assert (await directory.come_back(directory.pages.a_browser())).status == 303


async def test_what_a_directory_tells_at_its_userinfo_address_is_used(directory: DirectoryHouse) -> None:
    directory.set(asks_userinfo=True)
    directory.tell(claims={"email": None, "email_verified": None})
    assert (await directory.come_back(directory.pages.a_browser())).status == 303


async def test_what_it_tells_there_of_somebody_else_is_not(directory: DirectoryHouse) -> None:
    directory.set(asks_userinfo=True)
    directory.tell(userinfo_says={"sub": "another"})
    shown = await directory.come_back(directory.pages.a_browser())
    assert (shown.status, "userinfo_of_another" in shown.words) == (403, True)


async def test_once_linked_the_address_no_longer_matters(directory: DirectoryHouse) -> None:
    directory.set()
    await directory.come_back(directory.pages.a_browser())
    directory.tell(claims={"email": "married@scheme.example", "email_verified": False})
    assert (await directory.come_back(directory.pages.a_browser())).status == 303
    assert len(await directory.pages.record.rows("select from directory_identity")) == 1


async def test_a_second_person_of_the_directory_cannot_join_an_account(directory: DirectoryHouse) -> None:
    directory.set()
    await directory.come_back(directory.pages.a_browser())
    directory.tell(claims={"sub": "another"})
    shown = await directory.come_back(directory.pages.a_browser())
    assert (shown.status, "directory_account_unknown" in shown.words) == (403, True)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@scheme.example"},
        {"email": "treatment_worker@scheme.example"},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": None},
        {"email": ["coordinator@scheme.example"]},
        {"email": "coordinator@scheme.example\u212a"},
    ],
)
async def test_who_has_no_account_of_the_agency_is_told_whom_to_ask(
    directory: DirectoryHouse, claims: dict[str, Any]
) -> None:
    directory.set()
    directory.tell(claims=claims)
    shown = await directory.come_back(directory.pages.a_browser())
    assert shown.status == 403
    assert "Ask Police’s point of contact" in shown.words
    assert await directory.sessions() == 0


@pytest.mark.parametrize(
    "change", ["left_at = now()", "agency_id = (select id from agency where code = 'treatment')"]
)
async def test_who_left_or_moved_on_no_longer_comes_in(directory: DirectoryHouse, change: str) -> None:
    directory.set()
    await directory.come_back(directory.pages.a_browser())
    await directory.pages.record.do(f"update account set {change} where email = %s", EMAIL)  # noqa: S608
    assert (await directory.come_back(directory.pages.a_browser())).status == 403


async def test_an_account_that_an_import_made_opens_to_nobody(directory: DirectoryHouse) -> None:
    directory.set()
    await directory.pages.record.do("update account set password_hash = null where email = %s", EMAIL)
    assert (await directory.come_back(directory.pages.a_browser())).status == 403


async def test_becoming_linked_stands_in_what_was_done_to_the_account(directory: DirectoryHouse) -> None:
    directory.set()
    for _ in range(2):
        await directory.come_back(directory.pages.a_browser())
    rows = await directory.pages.record.rows("select change, said from staff_change")
    assert [(row["change"], row["said"]) for row in rows] == [("directory_linked", "police")]


async def test_who_lacks_what_the_directory_must_say_does_not_come_in(directory: DirectoryHouse) -> None:
    directory.set(required={"claim": "roles", "any_of": ["IOM.User"]})
    for roles in (None, [], "Mail.Reader", ["iom.user"], {"IOM.User": True}):
        directory.tell(claims={"roles": roles})
        shown = await directory.come_back(directory.pages.a_browser())
        assert (shown.status, "directory_not_for_you" in shown.words) == (403, True), roles


async def test_signing_in_anew_leaves_no_session_to_fixate(directory: DirectoryHouse) -> None:
    directory.set()
    browser = directory.pages.a_browser()
    browser.client.cookies.set("iom", "chosen by somebody else", domain="iom.test")
    await directory.come_back(browser)
    assert browser.client.cookies["iom"] != "chosen by somebody else"


async def test_two_windows_do_not_take_each_others_try(directory: DirectoryHouse) -> None:
    directory.set()
    browser = directory.pages.a_browser()
    first = directory.provider.visit(await directory.leave(browser))
    second = directory.provider.visit(await directory.leave(browser))
    for back in (first, second):
        assert (await browser.client.get(back)).status_code == 303


async def test_where_the_directory_is_the_only_way_a_password_is_none(directory: DirectoryHouse) -> None:
    directory.set(is_only_way=True)
    shown = await directory.pages.a_browser().sign_in(EMAIL, PASSWORD)
    assert shown.status == 409
    assert "their own directory" in shown.words
    assert not await directory.pages.record.rows("select from half_sign_in")


async def test_a_directory_that_shows_no_second_factor_leads_to_ours(directory: DirectoryHouse) -> None:
    directory.set()
    for amr in (["pwd"], "password", None, []):
        directory.tell(claims={"amr": amr})
        browser = directory.pages.a_browser()
        shown = await directory.come_back(browser, f"{WAY_IN}?next=/cases")
        assert shown.to == "/sign-in/code"
        assert (await browser.get("/cases")).to == "/sign-in?next=/cases"
    assert await directory.sessions() == 0


async def test_only_who_was_asked_anew_counts_as_confirmed(directory: DirectoryHouse) -> None:
    directory.set()
    now = directory.pages.record.wall.timestamp()
    for auth_time, is_confirmed in (
        (now, True),
        (now - 3600, False),
        (None, False),
        ("now", False),
        (True, False),
    ):
        directory.tell(claims={"auth_time": auth_time})
        address = await directory.leave(browser := directory.pages.a_browser(), f"{WAY_IN}?anew=")
        assert (asked_in(address)["prompt"], asked_in(address)["max_age"]) == ("login", "0")
        assert (await browser.get(own_part(directory.provider.visit(address)))).status == 303
        [row] = await directory.pages.record.rows(
            "select confirmed_at is not null as confirmed from session order by began_at desc, id limit 1"
        )
        await directory.pages.record.do("delete from session")
        assert row["confirmed"] == is_confirmed, auth_time


async def test_a_locked_account_is_not_opened_by_a_directory(directory: DirectoryHouse) -> None:
    directory.set()
    directory.pages.record.wall += timedelta(days=200)
    directory.tell()
    shown = await directory.come_back(directory.pages.a_browser())
    assert (shown.status, "account_locked" in shown.words) == (403, True)
    assert not await directory.pages.record.rows("select from directory_identity")


async def test_who_must_show_again_that_it_is_they_may_do_so_at_their_directory(
    directory: DirectoryHouse,
) -> None:
    directory.set(is_only_way=True)
    browser = directory.pages.a_browser()
    await directory.come_back(browser)
    assert await confirmations(directory) == [False]
    page = await browser.get("/confirm?next=/cases")
    assert not [each for each in page.page.elements if each.attributes.get("type") == "password"]
    [button] = [each for each in page.page.elements if each.words.strip() == "Show it at Police account"]
    directory.tell(claims={"auth_time": directory.pages.record.wall.timestamp()})
    shown = await directory.come_back(browser, button.attributes["href"])
    assert (shown.status, shown.to) == (303, "/cases")
    assert await confirmations(directory) == [True]


async def test_a_password_confirms_nothing_where_the_directory_is_the_only_way(
    directory: DirectoryHouse,
) -> None:
    directory.set(is_only_way=True)
    browser = directory.pages.a_browser()
    await directory.come_back(browser)
    form_token = (await browser.get("/confirm")).page.fields("/sign-out")["form_token"]
    shown = await browser.post("/confirm", {"form_token": form_token, "next": "/", "password": PASSWORD})
    assert shown.status == 422
    assert await confirmations(directory) == [False]


async def confirmations(directory: DirectoryHouse) -> list[bool]:
    """Of each session that goes on, whether its owner has just shown that it is they."""
    rows = await directory.pages.record.rows(
        "select confirmed_at is not null as confirmed from session where ended_at is null"
    )
    return [row["confirmed"] for row in rows]
