"""Live, ready, and what is answered while the database is out of reach."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest

from iom.adapters.settings import Settings
from tests.integration.api_house import ApiHouse
from web.app import create_app

NOWHERE = "127.0.0.1:9"


@asynccontextmanager
async def without_a_database() -> AsyncIterator[httpx2.AsyncClient]:
    """The web process, started while its database is down."""
    none = f"postgresql://{NOWHERE}/none"
    app = create_app(Settings(database_url=none, door_database_url=none, smtp_url=f"smtp://{NOWHERE}"))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://x") as client,
    ):
        yield client


async def test_people_can_go_on_while_temporal_and_mail_are_down(
    api: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", NOWHERE)

    ready = await api.client.get("/health/ready")

    assert ready.status_code == 200
    assert ready.json() == {
        "ready": True,
        "down": ["temporal", "mail"],
        "parts": {"database": "up", "temporal": "down", "mail": "down"},
    }


async def test_a_part_that_answers_is_up(
    api: ApiHouse, temporal_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_address)

    assert (await api.client.get("/health/ready")).json()["parts"]["temporal"] == "up"


async def test_a_part_that_only_takes_connections_is_not_up(
    api: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await asyncio.start_server(_hang, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{port}")
        hanging = (await api.client.get("/health/ready")).json()
        monkeypatch.setenv("TEMPORAL_TLS", "true")
        behind_tls = (await api.client.get("/health/ready")).json()

    assert hanging["parts"]["temporal"] == "down"
    assert "temporal" in hanging["down"]
    assert behind_tls["parts"]["temporal"] == "reachable"


async def test_a_server_that_speaks_something_else_is_down(
    api: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for said in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\x00\x00\x00\x07\x00\x00\x00\x00\x00"):
        async with await asyncio.start_server(_saying(said), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{port}")
            assert (await api.client.get("/health/ready")).json()["parts"]["temporal"] == "down"


async def test_where_temporal_is_may_be_unknown_to_the_web(
    api: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEMPORAL_ADDRESS", raising=False)

    assert (await api.client.get("/health/ready")).json()["parts"]["temporal"] == "unknown"


async def test_without_its_database_the_process_lives_but_is_not_ready() -> None:
    async with without_a_database() as client:
        live = await client.get("/health/live")
        ready = await client.get("/health/ready")

    assert (live.status_code, live.json()) == (200, {"alive": True})
    assert ready.status_code == 503
    assert "database" in ready.json()["down"]


async def test_without_its_database_the_api_says_so_and_when_to_come_again() -> None:
    async with without_a_database() as client, asyncio.timeout(20):
        reply = await client.get("/api/v1/me", headers={"Authorization": "Bearer x"})

    assert (reply.status_code, reply.json()["code"]) == (503, "record_out_of_reach")
    assert reply.headers["retry-after"] == "5"


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes what is sent, as a server does that is stopped in its tracks, until whoever asks goes away."""
    await reader.read()
    writer.close()


def _saying(said: bytes) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    return say
