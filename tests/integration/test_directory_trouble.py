"""A directory that is down, talks nonsense or never stops: people get a page that says so, and soon."""

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from iom.adapters.directory_settings import Directory
from tests.integration.directory_house import EMAIL, WAY_IN, DirectoryHouse
from tests.integration.provider import SECRET
from tests.integration.test_commands import Commands, Said


@pytest.mark.parametrize(
    ("way", "status", "fault"),
    [
        ("error", 503, "answered_with_an_error"),
        ("missing", 403, "answer_unreadable"),
        ("elsewhere", 403, "answer_unreadable"),
        ("page", 403, "answer_unreadable"),
        ("list", 403, "answer_unreadable"),
        ("deep", 403, "answer_unreadable"),
        ("packed", 403, "answer_unreadable"),
        ("huge", 403, "answer_too_long"),
    ],
)
@pytest.mark.parametrize("part", ["openid-configuration", "token", "jwks", "userinfo"])
async def test_nonsense_of_a_directory_is_a_page_and_no_session(
    directory: DirectoryHouse, part: str, way: str, status: int, fault: str
) -> None:
    directory.set(asks_userinfo=True)
    directory.tell(**{part: way})
    browser = directory.pages.a_browser()
    if part == "openid-configuration":
        shown = await browser.get(WAY_IN)
    else:
        shown = await directory.come_back(browser)
    assert (shown.status, fault in shown.words) == (status, True), shown.words
    assert await directory.sessions() == 0


async def test_a_directory_that_is_down_is_said_to_be(directory: DirectoryHouse) -> None:
    directory.set(issuer="http://127.0.0.1:9")
    shown = await directory.pages.a_browser().get(WAY_IN)
    assert shown.status == 503
    assert "Police account does not answer just now" in shown.words


async def test_nobody_waits_long_for_an_answer_that_drips_in(directory: DirectoryHouse) -> None:
    directory.set()
    directory.tell(token="slow")
    began = time.monotonic()
    shown = await directory.come_back(directory.pages.a_browser())
    assert (shown.status, "does_not_answer" in shown.words) == (503, True)
    assert time.monotonic() - began < 9


@pytest.mark.parametrize(
    ("discovered", "fault"),
    [
        ({"issuer": "https://login.evil.example"}, "issuer_wrong"),
        ({"token_endpoint": "http://login.evil.example/token"}, "endpoint_unsafe"),
        ({"jwks_uri": "file:///etc/passwd"}, "endpoint_unsafe"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "endpoint_unsafe"),
        ({"token_endpoint": None}, "endpoint_unsafe"),
    ],
    ids=str,
)
async def test_a_discovery_document_is_not_believed_blindly(
    directory: DirectoryHouse, discovered: dict[str, Any], fault: str
) -> None:
    directory.set()
    directory.tell(discovered=discovered)
    shown = await directory.pages.a_browser().get(WAY_IN)
    assert (shown.status, fault in shown.words) == (403, True), shown.words


async def test_keys_are_asked_for_seldom_and_anew_when_one_is_unknown(directory: DirectoryHouse) -> None:
    directory.set()
    for _ in range(3):
        assert (await directory.come_back(directory.pages.a_browser())).status == 303
    asked = directory.provider.asked("/jwks")
    directory.provider.changes_its_key()
    directory.pages.record.wall += timedelta(minutes=1)
    directory.tell()
    assert (await directory.come_back(directory.pages.a_browser())).status == 303
    assert directory.provider.asked("/jwks") == asked + 1


async def test_unknown_keys_do_not_make_us_ask_and_ask(directory: DirectoryHouse) -> None:
    directory.set()
    directory.tell(header={"kid": "nobody's"})
    asked = directory.provider.asked("/jwks")
    for _ in range(5):
        assert (await directory.come_back(directory.pages.a_browser())).status == 403
    assert directory.provider.asked("/jwks") == asked + 1
    directory.pages.record.wall += timedelta(seconds=31)
    directory.tell()
    assert (await directory.come_back(directory.pages.a_browser())).status == 303


async def test_a_directory_that_is_down_is_left_alone_for_half_a_minute(directory: DirectoryHouse) -> None:
    directory.set()
    directory.tell(**{"openid-configuration": "error"})
    path = "/.well-known/openid-configuration"
    asked = directory.provider.asked(path)
    for _ in range(5):
        assert (await directory.pages.a_browser().get(WAY_IN)).status == 503
    assert directory.provider.asked(path) == asked + 1
    directory.tell()
    directory.pages.record.wall += timedelta(seconds=31)
    assert (await directory.pages.a_browser().get(WAY_IN)).status == 303


@pytest.mark.parametrize(
    "more_keys",
    [
        [{"kty": "oct", "k": "c2VjcmV0", "kid": "first"}],
        [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "short"}],
        [7, {}, {"kty": "OKP"}, {"kty": "EC", "crv": "P-256"}, {"kty": "RSA", "n": 7, "e": []}],
    ],
    ids=["a secret", "too short", "nonsense"],
)
async def test_keys_of_other_kinds_beside_a_good_one_do_no_harm(
    directory: DirectoryHouse, more_keys: list[Any]
) -> None:
    directory.set()
    directory.tell(more_keys=more_keys)
    assert (await directory.come_back(directory.pages.a_browser())).status == 303


async def test_a_command_says_which_directory_answers(
    directory: DirectoryHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, down = directory.set(), directory.a_directory(code="down", issuer="http://127.0.0.1:9")
    said = await _iom(directory, tmp_path, [good, down], "check", "--json", patch=monkeypatch)
    assert said.status == 1, said.err
    assert [(row["directory"], row["fault"]) for row in said.json["directories"]] == [
        ("police", None),
        ("down", "does_not_answer"),
    ]
    assert said.json["directories"][0]["sends_back_to"] == f"http://127.0.0.1:8000{WAY_IN}/return"
    assert SECRET not in said.out + said.err


async def test_a_command_undoes_who_is_who(
    directory: DirectoryHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory.set()
    browser = directory.pages.a_browser()
    await directory.come_back(browser)
    said = await _iom(directory, tmp_path, [], "unlink", "--email", EMAIL, patch=monkeypatch)
    assert (said.status, said.out) == (0, f"{EMAIL} is forgotten and signed out.\n"), said.err
    assert (await browser.get("/")).to == "/sign-in"
    directory.tell(claims={"sub": "made anew"})
    assert (await directory.come_back(browser)).status == 303


async def _iom(
    directory: DirectoryHouse,
    folder: Path,
    described: list[Directory],
    *words: str,
    patch: pytest.MonkeyPatch,
) -> Said:
    revealed = [
        each.model_dump(mode="json") | {"client_secret": each.client_secret.get_secret_value()}
        for each in described
    ]
    patch.setenv("IOM_DIRECTORIES", json.dumps(revealed))
    return await Commands(folder, str(directory.pages.record.scheme.pool.conninfo)).run("directory", *words)
