"""The demo starts, goes on where it was, and leaves nothing behind. Linux; every part is real, on loopback."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from iom.adapters.embedded.child import free_port
from tests.integration.running_demo import demo, gone, own_folder, without_our_variables

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@pytest.fixture
def folder() -> Iterator[Path]:
    with own_folder() as made:
        yield made


def database_url(folder: Path) -> str:
    return str(json.loads((folder / "addresses.json").read_text())["database_url"])


def iom(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "iom", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=without_our_variables())


def test_it_says_ready_on_a_line_of_its_own_and_sigterm_stops_all_of_it(folder: Path) -> None:
    port = free_port()
    with demo(folder, "--port", str(port)) as running:
        assert running.hear("ready") == f"ready http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live") as answer:
            assert answer.status == 200
        assert len(running.processes()) >= 5
        assert running.stop() == 0
        assert gone(running, 0)
    assert not (folder / "addresses.json").exists()


def test_a_second_start_on_the_same_folder_finds_what_the_first_left(folder: Path) -> None:
    with demo(folder) as first:
        first.hear("ready")
        with psycopg.connect(database_url(folder)) as connection:
            connection.execute("create table left_by_the_first ()")
        assert first.stop(signal.SIGINT, whole_group=True) == 0
    with demo(folder) as second:
        second.hear("ready")
        with psycopg.connect(database_url(folder)) as connection:
            connection.execute("table left_by_the_first")
        assert second.stop() == 0
    with demo(folder, "--fresh") as third:
        third.hear("ready")
        with (
            psycopg.connect(database_url(folder)) as connection,
            pytest.raises(psycopg.errors.UndefinedTable),
        ):
            connection.execute("table left_by_the_first")


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("Starting", signal.SIGINT),
        ("PostgreSQL", signal.SIGTERM),
        ("Temporal", signal.SIGINT),
        ("Tables", signal.SIGTERM),
        ("Invented", signal.SIGINT),
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
        running.hear("ready")
        os.kill(pid_of("iom.adapters.inbox", folder), signal.SIGKILL)
        assert running.ended() == 1
        assert any(line.startswith("Inbox stopped by itself with status -9.") for line in running.said)
        assert gone(running, 0)


def test_nothing_outlives_a_demo_that_is_killed_outright(folder: Path) -> None:
    with demo(folder) as running:
        running.hear("ready")
        running.stop(signal.SIGKILL)
        assert gone(running)
    with demo(folder) as again:
        again.hear("ready")


def test_two_demos_on_one_folder_or_one_port_are_refused_in_a_sentence(folder: Path) -> None:
    with demo(folder) as running:
        port = running.hear("ready").rsplit(":", 1)[1]
        same_folder = iom("demo", "--data-dir", str(folder))
        same_port = iom("demo", "--data-dir", f"{folder}-other", "--port", port)
    assert same_folder.returncode == same_port.returncode == 2
    assert same_folder.stderr.startswith("A demo is running on ")
    assert same_port.stderr.startswith(f"Port {port} is taken ")


def test_a_folder_with_other_things_in_it_is_never_used_nor_wiped(folder: Path) -> None:
    (folder / "thesis.txt").write_text("three years of work")
    refused = iom("demo", "--fresh", "--data-dir", str(folder))
    assert refused.returncode == 2
    assert "was not made by a demo" in refused.stderr
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def test_a_part_with_an_address_in_the_environment_is_not_started(folder: Path) -> None:
    with demo(folder, environment={"IOM_SMTP_URL": "smtp://127.0.0.1:9"}) as running:
        running.hear("ready")
        assert not any("iom.adapters.inbox" in command for command in running.processes())
        assert json.loads((folder / "addresses.json").read_text())["smtp_url"] == "smtp://127.0.0.1:9"


def pid_of(words: str, folder: Path) -> int:
    found = [
        int(process.name)
        for process in Path("/proc").glob("[0-9]*")
        if words
        in (cmdline := (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        and str(folder) in cmdline
    ]
    assert len(found) == 1
    return found[0]
