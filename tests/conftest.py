"""The real parts every test shares: one PostgreSQL cluster, a migrated database for each test, Temporal. No mocks."""

import sysconfig
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from iom.adapters.database import Pool, open_pool
from iom.adapters.embedded import postgres, temporal
from iom.adapters.release import prepare

_numbers = count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-histories",
        action="store_true",
        help="keep the journeys' histories for replay: see CONTRIBUTING.md",
    )


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """The address of database ``iom`` in a cluster of this test run's own.

    Not in pytest's folder: each pytest that starts shuts that folder to other users, and PostgreSQL runs as one.
    """
    with TemporaryDirectory(prefix="iom-postgres-") as folder, postgres.serving(Path(folder)) as url:
        yield url


@pytest.fixture(scope="session")
async def template_url(cluster_url: str) -> str:
    await prepare(cluster_url, datetime.now(UTC))
    with psycopg.connect(cluster_url) as owner:
        owner.execute("insert into fence.free_clock default values")
    return cluster_url


@pytest.fixture
def database_url(template_url: str) -> Iterator[str]:
    """A migrated database with published programmes and nothing else, for one test."""
    name = f"test_{next(_numbers)}"
    server = template_url.rsplit("/", 1)[0]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"create database {name} template iom strategy wal_log")
        yield f"{server}/{name}"
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    async with open_pool(database_url) as opened:
        yield opened


@pytest.fixture
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """The Java test server, right for years of skipped time. Its clock is one for all: each test has its own."""
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=pydantic_data_converter,
        test_server_existing_path=str(Path(sysconfig.get_path("scripts"), "temporal-test-server")),
    ) as environment:
        yield environment


@pytest.fixture(scope="session")
def temporal_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Temporal server, in memory."""
    with temporal.serving(tmp_path_factory.mktemp("temporal") / "server.log") as address:
        yield address


@pytest.fixture
async def temporal_client(temporal_address: str) -> Client:
    return await Client.connect(temporal_address, data_converter=pydantic_data_converter)
