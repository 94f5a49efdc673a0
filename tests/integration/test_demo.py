"""The demo starts, goes on where it was, and leaves nothing behind. Linux; every part is real, on loopback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest

from iom.adapters.embedded.child import free_port
from iom.cli.demo_folder import held
from iom.cli.demo_parts import DemoParts
from iom.cli.supervisor import AGAIN
from iom.refusals import Refused
from tests.integration.running_demo import RunningDemo, demo, gone, own_folder, without_our_variables

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@pytest.fixture
def folder() -> Iterator[Path]:
    with own_folder() as made:
        yield made


@pytest.fixture(scope="module")
def ready() -> Iterator[RunningDemo]:
    """A demo that is up, on a port of the test's choosing."""
    with own_folder() as made, demo(made, "--port", str(free_port())) as running:
        running.hear("ready")
        yield running


def written(folder: Path) -> dict[str, str]:
    addresses: dict[str, str] = json.loads((folder / "addresses.json").read_text())
    return addresses


def iom(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "iom", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=without_our_variables())


def test_ready_stands_on_a_line_of_its_own_with_an_address_that_answers(ready: RunningDemo) -> None:
    address = written(ready.folder)["web_url"]
    assert ready.said[-1] == f"ready {address}"
    assert httpx2.get(f"{address}/health/live").status_code == 200


def test_a_second_demo_on_the_same_folder_is_refused_in_a_sentence(ready: RunningDemo) -> None:
    refused = iom("demo", "--data-dir", str(ready.folder))
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"A demo is running on {ready.folder} already.")


def test_a_port_that_is_taken_is_refused_in_a_sentence(ready: RunningDemo) -> None:
    port = written(ready.folder)["web_url"].rsplit(":", 1)[1]
    refused = iom("demo", "--data-dir", f"{ready.folder}-other", "--port", port)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Port {port} is taken ")


def test_it_goes_on_where_it_was_after_a_stop_and_after_a_crash(folder: Path) -> None:
    with demo(folder) as first:
        first.hear("ready")
        assert len(first.processes()) >= 5
        with psycopg.connect(written(folder)["owner_database_url"]) as connection:
            connection.execute("create table left_by_the_first ()")
        assert first.stop(signal.SIGINT, whole_group=True) == 0
        assert gone(first, 0)
        assert not (folder / "addresses.json").exists()
    with demo(folder) as second:
        second.hear("ready")
        second.stop(signal.SIGKILL)
        assert gone(second)
    with demo(folder) as third:
        third.hear("ready")
        with psycopg.connect(written(folder)["owner_database_url"]) as connection:
            connection.execute("table left_by_the_first")
        assert third.stop(signal.SIGTERM) == 0
        assert gone(third, 0)


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("Starting", signal.SIGINT),
        ("PostgreSQL", signal.SIGTERM),
        ("Tables", signal.SIGINT),
        ("Worker", signal.SIGTERM),
    ],
)
def test_a_signal_while_it_starts_stops_what_was_started(
    folder: Path, moment: str, number: signal.Signals
) -> None:
    with demo(folder) as running:
        running.hear(moment)
        assert running.stop(number, whole_group=number is signal.SIGINT) == 0
        assert gone(running, 0)
        assert "Traceback" not in "\n".join(running.said)


def test_a_part_that_ends_by_itself_is_named_and_the_rest_is_stopped(folder: Path) -> None:
    with demo(folder) as running:
        running.hear("Inbox")
        os.kill(running.pid_of("iom.adapters.inbox"), signal.SIGKILL)
        assert running.ended() == 1
        assert any(line.startswith("Inbox stopped by itself with status -9.") for line in running.said)
        assert gone(running, 0)


def all_is_up(address: str, seconds: float = 20) -> bool:
    """Within a few seconds: connections that broke with the database are found out one by one."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not httpx2.get(f"{address}/health/ready").json()["down"]:
            return True
        time.sleep(0.2)
    return False


def test_what_ends_by_itself_once_all_is_up_is_started_again_a_few_times(folder: Path) -> None:
    with demo(folder) as running:
        running.hear("ready")
        for part, words in (
            ("Temporal", "start-dev"),
            ("Worker", "iom worker"),
            ("PostgreSQL", "bin/postgres -D"),
        ):
            os.kill(running.pid_of(words), signal.SIGKILL)
            running.hear(f"{part} stopped by itself with status -9. It is started again (1 of 3 times):")
            running.hear(part)
            if part == "Temporal":
                running.hear("Plans")
        assert all_is_up(written(folder)["web_url"])
        for _ in range(AGAIN):
            os.kill(running.pid_of("iom.adapters.inbox"), signal.SIGKILL)
            running.hear("Inbox stopped by itself")
            running.hear("Inbox")
        os.kill(running.pid_of("iom.adapters.inbox"), signal.SIGKILL)
        assert running.ended() == 1
        given_up = "Inbox stopped by itself with status -9. It was started again 3 times."
        assert any(line.startswith(given_up) for line in running.said)
        assert gone(running, 0)


def test_a_folder_with_other_things_in_it_is_never_used_nor_wiped(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(Refused) as refusal, held(tmp_path, fresh=True):
        pass
    assert refusal.value.code == "folder_not_ours"
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_fresh_throws_away_only_what_an_earlier_demo_left(tmp_path: Path) -> None:
    with held(tmp_path / "data", fresh=False):
        (tmp_path / "data" / "inbox").mkdir()
        (tmp_path / "data" / "inbox" / "1.eml").write_text("Dear all")
    with held(tmp_path / "data", fresh=False):
        assert (tmp_path / "data" / "inbox" / "1.eml").exists()
    with held(tmp_path / "data", fresh=True):
        assert not (tmp_path / "data" / "inbox").exists()


@pytest.mark.parametrize(
    ("variable", "value", "absent"),
    [
        ("IOM_DATABASE_URL", "postgresql://elsewhere/iom", "PostgreSQL"),
        ("IOM_SMTP_URL", "smtp://elsewhere", "Inbox"),
        ("TEMPORAL_ADDRESS", "elsewhere:7233", "Temporal"),
        ("TEMPORAL_PROFILE", "elsewhere", "Temporal"),
    ],
)
def test_a_part_with_an_address_in_the_environment_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, absent: str
) -> None:
    for name in ("IOM_DATABASE_URL", "IOM_SMTP_URL", "TEMPORAL_ADDRESS", "TEMPORAL_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "password").write_text("invented")
    every = {part.name for part in DemoParts.choose(tmp_path, 8000).in_order(None)}
    monkeypatch.setenv(variable, value)
    parts = DemoParts.choose(tmp_path, 8000)
    assert every - {part.name for part in parts.in_order(None)} == {absent}
    assert parts.environment()[variable] == value
