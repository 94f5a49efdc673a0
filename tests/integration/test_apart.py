"""The parts apart: migrate, two webs and two workers as processes of their own, on addresses alone. No engine."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL, SIGTERM
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import psycopg
import pytest
from psycopg import AsyncConnection
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from iom.adapters.embedded import postgres, temporal
from iom.adapters.store.events import NEWS
from tests.integration.apart import (
    NAMESPACE,
    Apart,
    Running,
    closing,
    make_namespace,
    make_roles,
    make_secrets,
)
from tests.integration.post_office import PostOffice, open_office
from tests.integration.running_demo import STOP_SECONDS

PATIENCE = 30
_WAITING = "select 1 from pg_stat_activity where wait_event_type = 'Lock'"


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Passwords and addresses, made as the runbook says."""
    return make_secrets(tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory, secrets: Path) -> Iterator[str]:
    """An empty database that belongs to the service's own role, made as docker-compose.yml makes it."""
    folder = tmp_path_factory.mktemp("apart")
    with postgres.serving(folder / "postgres") as admin_url:
        server = urlsplit(admin_url)
        with psycopg.connect(admin_url.removesuffix("/iom") + "/postgres", autocommit=True) as admin:
            admin.execute("drop database iom")
            admin.execute("drop role iom_app, iom_door, iom_worker")
        make_roles(secrets, admin_url)
        password = (secrets / "iom_database_password").read_text()
        yield f"postgresql://iom:{password}@127.0.0.1:{server.port}/iom"


@pytest.fixture(scope="module")
def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Temporal server with our namespace, made as docker-compose.yml makes it."""
    with temporal.serving(tmp_path_factory.mktemp("temporal") / "server.log") as address:
        make_namespace(address)
        yield address


@pytest.fixture
async def apart(
    tmp_path: Path, database_url: str, temporal_address: str, secrets: Path
) -> AsyncIterator[Apart]:
    """An installation with its tables made, and nothing of ours running."""
    async with open_office(PostOffice()) as smtp_url:
        installation = Apart(tmp_path, database_url, smtp_url, temporal_address, secrets)
        with closing(installation):
            migrated = installation.run("migrate")
            assert migrated.returncode == 0, migrated.stderr
            yield installation


async def test_two_webs_and_two_workers_do_the_work_and_any_of_them_may_go(
    apart: Apart, tmp_path: Path
) -> None:
    webs = apart.web(), apart.web()
    first, second = apart.worker(), apart.worker()
    for web in webs:
        web.hear("Uvicorn running")
        await all_parts_are_up(web)
    for worker in (first, second):
        worker.hear("worker_ready")
    token = a_token(apart)

    first.end(SIGKILL)
    await a_case_gets_its_steps(apart, webs, token)

    sign_of_life = tmp_path / "alive"
    third = apart.worker("--alive-file", str(sign_of_life))
    third.hear("worker_ready")
    assert sign_of_life.exists()
    ends_well(second)
    await a_case_gets_its_steps(apart, webs, token)

    for running in (*webs, third):
        ends_well(running)


async def test_a_worker_told_to_stop_finishes_what_it_is_writing(apart: Apart) -> None:
    web = apart.web()
    web.hear("Uvicorn running")
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {a_token(apart)}"}) as client:
        ref = await a_nomination(client, web)
    async with await AsyncConnection.connect(apart.database_url) as holding:
        await holding.execute("select from cases where ref = %s for update", (ref,))
        worker = apart.worker()
        await somebody_waits(apart.environment("worker")["IOM_DATABASE_URL"])
        worker.process.send_signal(SIGTERM)
        worker.hear("Beginning worker shutdown")
        await holding.rollback()
    ends_well(worker)
    async with await AsyncConnection.connect(apart.database_url) as conn:
        assert await _steps(conn, ref)


def test_migrate_needs_no_superuser_and_can_be_run_again(apart: Apart) -> None:
    with psycopg.connect(apart.database_url) as conn:
        assert conn.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (
            False,
        )
    again = apart.run("migrate")
    assert again.returncode == 0
    assert again.stdout == "The tables are up to date. New programme versions: 0.\n"


def test_the_service_cannot_open_what_is_temporals(database_url: str) -> None:
    for name in ("temporal", "temporal_visibility"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(f"{database_url.removesuffix('/iom')}/{name}")


async def test_the_namespace_keeps_finished_runs_for_a_month_and_may_be_made_again(
    temporal_address: str,
) -> None:
    make_namespace(temporal_address)
    client = await Client.connect(temporal_address)
    found = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=NAMESPACE))
    assert found.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=30)


def a_token(apart: Apart) -> str:
    """Somebody who may nominate, added and let in by the commands of the same installation."""
    who = ("--email", f"{uuid4().hex}@police.example")
    added = apart.run("user", "add", *who, "--name", "Bran", "--role", "coordinator", "--agency", "Police")
    assert added.returncode == 0, added.stderr
    made = apart.run("token", "create", *who)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


async def a_case_gets_its_steps(apart: Apart, webs: tuple[Running, Running], token: str) -> None:
    """Nominated at one web, opened by whatever worker there is, seen at the other web."""
    async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as client:
        ref = await a_nomination(client, webs[0])
        steps = await steps_opened(apart.database_url, ref)
        case = (await client.get(f"{webs[1].address}/api/v1/cases/{ref}")).json()
    assert {step["key"] for step in case["steps"]} == steps


async def a_nomination(client: httpx2.AsyncClient, web: Running) -> str:
    """The reference of a new case."""
    nomination = {
        "surname": "Trevanion",
        "forenames": "Jowan",
        "date_of_birth": "1991-04-17",
        "why": "Four offences in a year.",
        "basis": "voluntary",
    }
    opened = await client.post(f"{web.address}/api/v1/nominations", json=nomination)
    ref: str = opened.json()["ref"]
    return ref


async def somebody_waits(url: str) -> None:
    """Until a connection to the record waits for a lock."""
    async with await AsyncConnection.connect(url, autocommit=True) as conn, asyncio.timeout(PATIENCE):
        while not await (await conn.execute(_WAITING)).fetchone():
            await asyncio.sleep(0.02)


async def steps_opened(url: str, ref: str) -> set[str]:
    """The case's steps, once its plan has opened any."""
    async with await AsyncConnection.connect(url, autocommit=True) as conn, asyncio.timeout(PATIENCE):
        await conn.execute(f"listen {NEWS}".encode())
        while not (steps := await _steps(conn, ref)):
            async for _ in conn.notifies(timeout=0.5, stop_after=1):
                pass
        return steps


async def _steps(conn: AsyncConnection, ref: str) -> set[str]:
    found = await conn.execute(
        "select key from step where case_id = (select id from cases where ref = %s)", (ref,)
    )
    return {key async for (key,) in found}


async def all_parts_are_up(web: Running) -> None:
    async with httpx2.AsyncClient() as client:
        said = (await client.get(f"{web.address}/health/ready")).json()
    assert said == {
        "ready": True,
        "down": [],
        "parts": {"database": "up", "temporal": "up", "mail": "reachable"},
    }


def ends_well(running: Running) -> None:
    ended = running.end()
    assert ended.status == 0, running.log.read_text()
    assert ended.seconds < STOP_SECONDS
