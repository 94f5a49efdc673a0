"""Whatever a client sends, the API answers below 500, with a problem that has a code; and writes nothing by halves."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from iom.vocabulary import Role
from tests.integration.api_house import ApiHouse, Reply

COORDINATOR = Role.COORDINATOR

ODD_TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "a\udfffb",
    "\u202egnp",
    "'; drop table cases; --",
    "{{7*7}}",
    "%00",
    "x" * 5000,
    "\U0001f600" * 300,
    "\r\nSet-Cookie: a=b",
)
ODD_VALUES: tuple[object, ...] = (
    *ODD_TEXTS,
    None,
    True,
    0,
    -1,
    1.5,
    10**400,
    float("inf"),
    [],
    ["a"],
    {},
    {"a": {"b": []}},
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-13-01",
    "2026-1-1",
    "2026-01-01T00:00:00",
    "1e3",
    "--",
)
"""Every one goes into every field of every body."""

GOOD: dict[str, dict[str, Any]] = {
    "/steps/{step}/outcome": {
        "outcome": "cannot_yet",
        "result": None,
        "reason": "Ill",
        "new_due_on": "2026-10-01",
        "note": "",
    },
    "/nominations": {
        "surname": "Penhaligon",
        "forenames": "Tristan",
        "date_of_birth": "1990-05-17",
        "why": "Burglaries",
        "basis": "statutory",
        "pnc_id": None,
        "crn": None,
        "noms_number": None,
        "evidence": "",
        "police_area": "",
    },
    "/cases/{ref}/panel-decision": {
        "outcome": "reject",
        "reason": "No",
        "cohort": None,
        "rag": None,
        "dissent": "",
    },
    "/cases/{ref}/reviews/{step}/hold": {"rag": "Red", "summary": "Fine"},
    "/cases/{ref}/custody": {"status": "remand", "establishment": None, "earliest_release_on": None},
    "/cases/{ref}/interventions": {"programme": "treatment_keywork"},
}
QUERIES: dict[str, tuple[str, ...]] = {
    "/me": (),
    "/cases": ("cohort", "rag", "area", "agency", "overdue", "q", "closed", "cursor", "limit"),
    "/cases/{ref}": (),
    "/cases/{ref}/timeline": ("cursor", "limit"),
    "/cases/{ref}/forecast": ("months", "until"),
    "/steps": ("state", "mine", "cursor", "limit"),
}
ODD_QUERIES = (
    *ODD_TEXTS[:-2],
    "9" * 30,
    "-1",
    "1.5",
    "nan",
    "null",
    "2026-02-30",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "W10",
    "WyJhIl0",
    "WyJhIiwiYiJd",
    "WzEsMl0",
    "WyIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsIlx1MDAwMCJd",
    "WyI5OTk5LTEyLTMxVDAwOjAwOjAwKzAwOjAwIiwiYSJd",
    "W1tbW1tbW1tbW1tbW1tbW1tb",
    "====",
)
ODD_IDENTITIES = ("x", "0", "%00", "%ff%fe", "..%2f..", "LX-0000", "x" * 500, "%F0%9F%98%80", str(uuid4()))

RAW = ("Value error", "Input should", "String should", "JSON decode", "pattern", "valid ")
"""How the framework talks. A client is told what to do instead."""


@pytest.fixture
async def places(api: ApiHouse) -> dict[str, str]:
    case = await api.a_case()
    return {"ref": case.ref, "step": str(await api.a_step(case, Role.POLICE_OFFENDER_MANAGER))}


@pytest.mark.parametrize("path", GOOD)
async def test_no_odd_value_in_any_field_of_a_body_is_a_fault_of_ours(
    api: ApiHouse, places: dict[str, str], path: str
) -> None:
    for field in GOOD[path]:
        for odd in ODD_VALUES:
            body = json.dumps(GOOD[path] | {field: odd})
            reply = await _send(api, path.format(**places), body.encode())
            _assert_answered(reply, f"{field}={odd!r}")


@pytest.mark.parametrize("path", GOOD)
async def test_no_odd_body_is_a_fault_of_ours(api: ApiHouse, places: dict[str, str], path: str) -> None:
    for body in _odd_bodies(GOOD[path]):
        _assert_answered(await _send(api, path.format(**places), body), body[:80])


@pytest.mark.parametrize("path", QUERIES)
async def test_no_odd_query_is_a_fault_of_ours(api: ApiHouse, places: dict[str, str], path: str) -> None:
    at = f"/api/v1{path.format(**places)}"
    for name in (*QUERIES[path], "unknown"):
        for odd in ODD_QUERIES:
            query = f"{name}={quote(odd, errors='surrogatepass')}"
            await _look(api, f"{at}?{query}")
        for odd in ("%ff", "", "a&" + name, "1&" + name + "=2"):
            await _look(api, f"{at}?{name}={odd}")


@pytest.mark.parametrize("path", [path for path in (*GOOD, *QUERIES) if "{" in path])
async def test_no_odd_name_in_an_address_is_a_fault_of_ours(api: ApiHouse, path: str) -> None:
    for odd in ODD_IDENTITIES:
        address = f"/api/v1{path.format(ref=odd, step=odd)}"
        if path in GOOD:
            reply = await api.client.post(address, json=GOOD[path], headers=api.as_(COORDINATOR))
        else:
            reply = await api.client.get(address, headers=api.as_(COORDINATOR))
        assert reply.status_code in (404, 422), (address, reply.text)
        _assert_answered(reply, address)


async def test_odd_and_doubled_headers_are_not_faults_of_ours(api: ApiHouse, places: dict[str, str]) -> None:
    path, token = f"/api/v1/steps/{places['step']}/outcome", api.tokens[COORDINATOR]
    bearer = ("Authorization", f"Bearer {token}")
    odd: list[list[tuple[str, str]]] = [
        [bearer, bearer],
        [("Authorization", "Bearer one"), bearer],
        [bearer, ("Idempotency-Key", "a"), ("Idempotency-Key", "b")],
        [bearer, ("Idempotency-Key", "\xff\xfe")],
        [bearer, ("Content-Type", "application/xml")],
        [bearer, ("Content-Type", "application/json; charset=utf-16")],
        [bearer, ("Content-Type", ";;;"), ("Content-Type", "application/json")],
        [bearer, ("Accept", "image/png"), ("Accept-Encoding", "\xff")],
        [("Authorization", "Bearer " + "x" * 60_000)],
    ]
    for headers in odd:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        reply = await api.client.post(path, content=b'{"outcome":"done","result":"x"}', headers=raw)
        _assert_answered(reply, repr(headers)[:80])


async def test_a_body_that_is_too_large_is_refused_announced_or_not(api: ApiHouse) -> None:
    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 10_000

    headers = api.as_(COORDINATOR) | {"Content-Type": "application/json"}
    announced = await _send(api, "/nominations", b'{"why":"' + b"x" * 300_000 + b'"}')
    streamed = await api.client.post("/api/v1/nominations", content=unannounced(), headers=headers)

    for reply in (announced, streamed):
        assert (reply.status_code, reply.json()["code"]) == (413, "request_too_large")


async def test_unknown_addresses_and_methods_are_problems_too(api: ApiHouse) -> None:
    unknown = await api.client.get("/api/v1/nothing")
    wrong = await api.client.delete("/api/v1/me")

    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET"


async def test_what_is_wrong_is_said_of_every_field_without_repeating_it(api: ApiHouse) -> None:
    body = {"surname": "", "forenames": "T", "date_of_birth": "secret", "basis": "secret", "secret": 1}
    problem = (await api.post(COORDINATOR, "/nominations", body)).json()

    assert problem["status"] == 422
    assert {error["field"] for error in problem["errors"]} == {
        "surname",
        "date_of_birth",
        "basis",
        "why",
        "secret",
    }
    assert all(error["message"] for error in problem["errors"])
    assert "secret" not in json.dumps([{**error, "field": ""} for error in problem["errors"]])


def _odd_bodies(good: dict[str, Any]) -> Iterator[bytes]:
    whole = json.dumps(good).encode()
    yield from (b"", b"null", b"[]", b'"text"', b"0", b"{", whole[:-1], whole + b"}", b"\xff\xfe", b"\x00")
    yield from (whole.decode().encode("utf-16"), b"\xef\xbb\xbf" + whole, b"[" * 100_000, b'{"a":' * 5_000)
    yield from (b'{"outcome": NaN}', b'{"a": 1' + b"0" * 5_000 + b"}", b"%s" % whole.replace(b'"', b"'"))
    yield json.dumps(good | {"\ud800": 1, "\x00": 2, "x" * 1_000: 3}).encode()
    yield b"".join((b'{"outcome":"done",', whole[1:]))


async def _send(api: ApiHouse, path: str, body: bytes) -> Reply:
    headers = api.as_(COORDINATOR) | {"Content-Type": "application/json"}
    return await api.client.post(f"/api/v1{path}", content=body, headers=headers)


async def _look(api: ApiHouse, address: str) -> None:
    _assert_answered(await api.client.get(address, headers=api.as_(COORDINATOR)), address)


def _assert_answered(reply: Reply, sent: object) -> None:
    assert reply.status_code < 500, (sent, reply.text)
    if reply.status_code >= 400:
        assert reply.headers["content-type"] == "application/problem+json", sent
        assert set(reply.json()) >= {"type", "title", "status", "detail", "code"}, sent
        assert reply.json()["status"] == reply.status_code
        for error in reply.json().get("errors", ()):
            assert error["message"].endswith("."), (sent, error)
            assert not any(raw in error["message"] for raw in RAW), (sent, error)
