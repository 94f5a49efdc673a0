"""Answers of a directory, and of those who pretend to be one: each that is not to be trusted begins no session."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.directory_house import WAY_IN, DirectoryHouse, asked_in, own_part

START_OF_2020 = 1_577_836_800


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"claims": {"nonce": "another"}}, "nonce_wrong"),
        ({"claims": {"nonce": None}}, "nonce_wrong"),
        ({"claims": {"nonce": ["another"]}}, "nonce_wrong"),
        ({"claims": {"iss": "https://login.evil.example"}}, "issuer_wrong"),
        ({"claims": {"iss": None}}, "issuer_wrong"),
        ({"claims": {"aud": "another service"}}, "audience_wrong"),
        ({"claims": {"aud": []}}, "audience_wrong"),
        ({"claims": {"aud": None}}, "audience_wrong"),
        ({"claims": {"aud": ["iom at the scheme", "another"]}}, "party_wrong"),
        ({"claims": {"azp": "another service"}}, "party_wrong"),
        ({"claims": {"exp": START_OF_2020}}, "token_expired"),
        ({"claims": {"exp": "never"}}, "token_expired"),
        ({"claims": {"exp": None}}, "token_expired"),
        ({"claims": {"iat": START_OF_2020}}, "issued_at_wrong"),
        ({"claims": {"iat": 4_102_444_800}}, "issued_at_wrong"),
        ({"claims": {"nbf": 4_102_444_800}}, "not_yet_valid"),
        ({"claims": {"sub": ""}}, "subject_wrong"),
        ({"claims": {"sub": 7}}, "subject_wrong"),
        ({"claims": {"sub": None}}, "subject_wrong"),
        ({"claims": {"sub": "x" * 256}}, "subject_wrong"),
        ({"claims": {"at_hash": "of another"}}, "access_token_wrong"),
        ({"signs": "not at all"}, "algorithm_not_allowed"),
        ({"signs": "with its public key"}, "algorithm_not_allowed"),
        ({"header": {"alg": "RS384"}}, "algorithm_not_allowed"),
        ({"signs": "with another key"}, "signature_wrong"),
        ({"header": {"kid": "nobody's"}}, "key_unknown"),
        ({"tokens": {"id_token": None}}, "token_missing"),
        ({"tokens": {"id_token": "a.b"}}, "token_unreadable"),
        ({"tokens": {"id_token": "é.b.c"}}, "token_unreadable"),
        ({"tokens": {"id_token": "W10.e30."}}, "token_unreadable"),
        ({"tokens": {"id_token": "a.b.c.d.e"}}, "token_unreadable"),
        ({"sends_back": {"iss": "https://login.evil.example"}}, "sender_wrong"),
        ({"sends_back": {"iss": None}}, "sender_wrong"),
        ({"sends_back": {"code": "x" * 4097}}, "directory_said_no"),
        ({"sends_back": {"code": "guessed"}}, "code_refused"),
        ({"sends_back": {"code": None}}, "directory_said_no"),
        ({"sends_back": {"error": "access_denied", "error_description": "<script>"}}, "directory_said_no"),
        ({"sends_back": {"state": "another"}}, "directory_attempt_over"),
        ({"sends_back": {"state": None}}, "directory_attempt_over"),
    ],
)
async def test_what_is_wrong_with_an_answer_is_found(
    directory: DirectoryHouse, wrong: dict[str, Any], fault: str
) -> None:
    directory.set()
    directory.tell(**wrong)
    shown = await directory.come_back(directory.pages.a_browser())
    assert (shown.status, fault in shown.words) == (403, True), shown.words
    assert "<script>" not in shown.answer.text
    assert "iom=" not in str(shown.answer.headers.get_list("set-cookie"))
    assert await directory.sessions() == 0


async def test_an_answer_works_once(directory: DirectoryHouse) -> None:
    directory.set()
    directory.tell(lax=True)
    browser = directory.pages.a_browser()
    back = own_part(directory.provider.visit(await directory.leave(browser)))
    secret = {cookie.name: cookie.value or "" for cookie in browser.client.cookies.jar}
    assert (await browser.get(back)).status == 303
    browser.client.cookies.update(secret)
    again = await browser.get(back)
    assert (again.status, "directory_attempt_over" in again.words) == (403, True)
    assert await directory.sessions() == 1


async def test_an_answer_sent_twenty_times_at_once_works_once(directory: DirectoryHouse) -> None:
    directory.set()
    directory.tell(lax=True)
    browser = directory.pages.a_browser()
    back = own_part(directory.provider.visit(await directory.leave(browser)))
    answers = await asyncio.gather(*(browser.client.get(back) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [303] + [403] * 19


async def test_an_answer_meant_for_another_browser_signs_nobody_in(directory: DirectoryHouse) -> None:
    directory.set()
    victim, attacker = directory.pages.a_browser(), directory.pages.a_browser()
    back = own_part(directory.provider.visit(await directory.leave(attacker)))
    await directory.leave(victim)
    shown = await victim.get(back)
    assert (shown.status, "directory_attempt_over" in shown.words) == (403, True)
    assert (await attacker.get(back)).status == 303


@pytest.mark.parametrize(("lax", "fault"), [(False, "code_refused"), (True, "nonce_wrong")])
async def test_a_stolen_code_is_of_no_use_to_the_thief(
    directory: DirectoryHouse, lax: bool, fault: str
) -> None:
    directory.set()
    directory.tell(lax=lax)
    victim, thief = directory.pages.a_browser(), directory.pages.a_browser()
    stolen = asked_in(directory.provider.visit(await directory.leave(victim)))["code"]
    own = asked_in(directory.provider.visit(await directory.leave(thief)))
    shown = await thief.get(f"{WAY_IN}/return?code={stolen}&state={own['state']}&iss={own['iss']}")
    assert (shown.status, fault in shown.words) == (403, True), shown.words
    assert await directory.sessions() == 0


async def test_the_answer_of_one_directory_is_not_anothers(directory: DirectoryHouse) -> None:
    police = directory.set()
    other = directory.a_directory(code="probation", agency="probation")
    directory.pages.set(directories=[police, other])
    browser = directory.pages.a_browser()
    back = own_part(directory.provider.visit(await directory.leave(browser)))
    shown = await browser.get(back.replace("/police/", "/probation/"))
    assert (shown.status, "directory_attempt_over" in shown.words) == (403, True)


async def test_who_takes_longer_than_ten_minutes_begins_again(directory: DirectoryHouse) -> None:
    directory.set()
    browser = directory.pages.a_browser()
    back = own_part(directory.provider.visit(await directory.leave(browser)))
    directory.pages.record.wall += timedelta(minutes=10)
    directory.tell()
    assert (await browser.get(back)).status == 403


async def test_another_site_cannot_send_somebody_to_their_directory(directory: DirectoryHouse) -> None:
    directory.set()
    browser = directory.pages.a_browser()
    for site in ("cross-site", "same-site"):
        answer = await browser.client.get(WAY_IN, headers={"Sec-Fetch-Site": site})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert not await directory.pages.record.rows("select from directory_attempt")


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_coming_back_never_leads_to_another_site(directory: DirectoryHouse, after: str) -> None:
    directory.set()
    shown = await directory.come_back(directory.pages.a_browser(), f"{WAY_IN}?next={after}")
    assert (shown.status, shown.to) == (303, "/")


async def test_the_record_holds_nothing_an_answer_could_be_made_of(directory: DirectoryHouse) -> None:
    directory.set()
    browser = directory.pages.a_browser()
    asked = asked_in(await directory.leave(browser))
    [row] = await directory.pages.record.rows("select * from directory_attempt")
    kept = str(row)
    secrets = [cookie.value or "" for cookie in browser.client.cookies.jar]
    assert len(secrets) == 1
    assert not [each for each in (*secrets, asked["state"], asked["nonce"]) if each in kept]


async def test_the_browsers_secret_is_kept_to_it(directory: DirectoryHouse) -> None:
    directory.set()
    directory.pages.set(public_url="https://iom.example")
    cookie = (await directory.pages.a_browser().get(WAY_IN)).answer.headers["set-cookie"]
    assert cookie.startswith("__Host-iom-directory-")
    for part in ("; Secure", "; HttpOnly", "; SameSite=lax", "; Path=/", "; Max-Age=600"):
        assert part in cookie
    assert "domain" not in cookie.lower()
