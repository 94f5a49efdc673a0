"""The embedded servers start, keep what they should and leave nothing running. Loopback only."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from temporalio.client import Client

from iom.adapters.embedded import child, postgres, temporal
from tests.integration.running_demo import own_folder

HOLD_OPEN = """
import sys, time
from pathlib import Path
from iom.adapters.embedded.postgres import serving
with serving(Path(sys.argv[1])) as url:
    print(url, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with own_folder() as made:
        yield made


def test_postgres_keeps_its_data_from_one_start_to_the_next(folder: Path) -> None:
    with postgres.serving(folder) as url, psycopg.connect(url) as connection:
        connection.execute("create table kept as select 'yes' as answer")
    with postgres.serving(folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("select answer from kept").fetchone() == ("yes",)


def test_postgres_takes_nobody_without_the_password(folder: Path) -> None:
    with postgres.serving(folder) as url:
        stranger = url.replace(postgres.Cluster(folder, 0).url.split(":")[2].split("@")[0], "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(stranger)


def test_a_cluster_left_half_made_is_made_again(folder: Path) -> None:
    (folder / "unfinished").mkdir()
    (folder / "unfinished" / "PG_VERSION").write_text("18")
    with postgres.serving(folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("select current_database()").fetchone() == ("iom",)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for PostgreSQL")
def test_postgres_serves_from_a_folder_that_only_root_could_enter(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with postgres.serving(closed / "folder") as url, psycopg.connect(url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert closed.stat().st_mode & 0o777 == 0o701


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_postgres_ends_when_the_process_that_started_it_is_killed(folder: Path) -> None:
    command = [sys.executable, "-c", HOLD_OPEN, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        url = holder.stdout.readline().strip()
        psycopg.connect(url).close()
        holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while (folder / "data" / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


async def test_temporal_serves_the_default_namespace_from_its_own_program(folder: Path) -> None:
    with temporal.serving(folder / "temporal.log") as address:
        client = await Client.connect(address)
        assert await client.service_client.check_health()


def test_a_port_somebody_has_is_not_free() -> None:
    port = child.free_port()
    assert child.port_is_free(port)
    with socket.create_server(("127.0.0.1", port)):
        assert not child.port_is_free(port)
        assert child.free_port(port) != port
