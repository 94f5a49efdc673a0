"""The API does what its description says, served by uvicorn as in real use: schemathesis tries to break it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from iom.adapters.embedded.child import free_port
from iom.adapters.embedded.postgres import as_role
from iom.vocabulary import Role
from tests.integration.api_house import ApiHouse

CHECKS_LEFT_OUT = "positive_data_acceptance"
"""A schema cannot say that a check letter fits or that a date lies ahead, so some requests that fit it are refused."""


@asynccontextmanager
async def a_server(database_url: str) -> AsyncIterator[str]:
    """`iom web` as a process; gives its address."""
    port = free_port()
    ours = {
        "IOM_DATABASE_URL": as_role(database_url, "iom_app"),
        "IOM_DOOR_DATABASE_URL": as_role(database_url, "iom_door"),
        "IOM_SMTP_URL": "smtp://127.0.0.1:9",
    }
    command = (sys.executable, "-m", "iom", "web", "--port", str(port))
    server = await asyncio.create_subprocess_exec(
        *command, env=os.environ | ours, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        await _until_live(address)
        yield address
    finally:
        server.terminate()
        await server.wait()


async def _until_live(address: str) -> None:
    async with asyncio.timeout(60), httpx2.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{address}/health/live")).status_code == 200:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(0.1)


@pytest.fixture
async def description(api: ApiHouse) -> dict[str, Any]:
    described: dict[str, Any] = (await api.client.get("/api/v1/openapi.json")).json()
    return described


async def test_the_api_answers_as_its_description_says(
    api: ApiHouse, database_url: str, tmp_path: Path
) -> None:
    case = await api.a_case()
    step = await api.a_step(case, Role.POLICE_OFFENDER_MANAGER)
    known = tmp_path / "schemathesis.toml"
    known.write_text(f'[parameters]\n"path.ref" = "{case.ref}"\n"path.id" = ["{step}", "{uuid4()}"]\n')

    async with a_server(database_url) as address:
        process = await asyncio.create_subprocess_exec(
            *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(known)),
            *("run", f"{address}/api/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {api.tokens[Role.COORDINATOR]}"),
            *("--exclude-checks", CHECKS_LEFT_OUT, "--max-examples", "8", "--seed", "1", "--no-color"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()

    assert process.returncode == 0, said.decode()


async def test_every_route_of_the_api_says_its_token_and_its_problems(
    description: dict[str, dict[str, Any]],
) -> None:
    for path, methods in description["paths"].items():
        assert isinstance(methods, dict)
        for method, route in methods.items():
            if not path.startswith("/api/v1/"):
                continue
            assert route["security"] == [{"token": []}], (method, path)
            problems = {status: answer for status, answer in route["responses"].items() if int(status) >= 400}
            assert {"401", "422"} <= set(problems), (method, path)
            assert all(list(each["content"]) == ["application/problem+json"] for each in problems.values())
            assert route["description"], (method, path)


async def test_the_description_holds_no_page(description: dict[str, Any]) -> None:
    assert all(path.startswith(("/api/v1/", "/health/")) for path in description["paths"])
