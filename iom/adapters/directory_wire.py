"""Asking an agency's directory for a JSON object: briefly, a little, of nobody else. Keeps nothing, trusts nothing."""

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2

MOST_BYTES = 128 * 1024
"""The longest answer read. Keys and tokens of the large directories are a tenth of it."""

PATIENCE = 6.0
"""Seconds for the whole of one answer, however slowly it drips in."""


class OutOfReach(Exception):
    """The directory does not answer now. Later it may."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Untrusted(Exception):
    """What the directory, or somebody in its name, answered cannot be relied on. ``fault`` is stable."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Answer:
    """A JSON object with its HTTP status, which is below 500 and no redirection."""

    status: int
    said: Mapping[str, Any]


async def get(address: str, bearer: str | None = None) -> Mapping[str, Any]:
    """The JSON object at this address. Raises OutOfReach or Untrusted(answer_unreadable)."""
    answer = await _ask("GET", address, {"Authorization": f"Bearer {bearer}"} if bearer else {})
    if answer.status != httpx2.codes.OK:
        raise Untrusted("answer_unreadable")
    return answer.said


async def post(address: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
    """What is answered to a form. Raises OutOfReach or Untrusted(answer_unreadable)."""
    return await _ask("POST", address, headers, form)


async def _ask(
    method: str, address: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
) -> Answer:
    worn = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
    try:
        async with (
            asyncio.timeout(PATIENCE),
            _a_client() as client,
            client.stream(method, address, headers=worn, data=form) as response,
        ):
            if response.status_code >= httpx2.codes.INTERNAL_SERVER_ERROR:
                raise OutOfReach("answered_with_an_error")
            if response.is_redirect or response.headers.get("content-encoding", "identity") != "identity":
                raise Untrusted("answer_unreadable")
            return Answer(response.status_code, _object(await _read(response)))
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError):
        raise OutOfReach("does_not_answer") from None


def _a_client() -> httpx2.AsyncClient:
    """A client for one question. No proxy and no password from the environment; redirections are not followed."""
    return httpx2.AsyncClient(
        verify=_trusted_authorities(),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx2.Timeout(PATIENCE / 2),
    )


@cache
def _trusted_authorities() -> ssl.SSLContext:
    """Those of the machine; OpenSSL's own ``SSL_CERT_FILE`` adds an agency's."""
    return ssl.create_default_context()


async def _read(response: httpx2.Response) -> bytes:
    body = b""
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > MOST_BYTES:
            raise Untrusted("answer_too_long")
    return body


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Untrusted("answer_unreadable") from None
    if not isinstance(said, dict):
        raise Untrusted("answer_unreadable")
    return said
