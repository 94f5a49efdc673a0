"""Commands find a running demo, or the addresses in the environment, and say plainly when they find neither."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from iom.cli import where
from iom.refusals import Refused
from tests.integration.running_demo import without_our_variables


@pytest.fixture
def addresses() -> where.Addresses:
    return where.Addresses(
        pid=os.getpid(),
        database_url="postgresql://demo",
        smtp_url="smtp://demo",
        web_url="http://demo",
        inbox_dir="/inbox",
        temporal_address="127.0.0.1:1",
        temporal_ui_url=None,
    )


@pytest.fixture(autouse=True)
def new_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without our variables, given back afterwards with all that a test adopted taken out again."""
    monkeypatch.setattr(os, "environ", without_our_variables())


def iom(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "iom", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=without_our_variables(), cwd=folder
    )


def test_a_command_takes_the_addresses_of_the_demo_in_its_data_folder(
    tmp_path: Path, addresses: where.Addresses
) -> None:
    addresses.write(tmp_path)
    where.adopt(tmp_path)
    assert os.environ["IOM_DATABASE_URL"] == "postgresql://demo"
    assert os.environ["TEMPORAL_ADDRESS"] == "127.0.0.1:1"


def test_addresses_in_the_environment_win(tmp_path: Path, addresses: where.Addresses) -> None:
    addresses.write(tmp_path)
    os.environ |= {"IOM_DATABASE_URL": "postgresql://mine", "TEMPORAL_PROFILE": "mine"}
    where.adopt(tmp_path)
    assert os.environ["IOM_DATABASE_URL"] == "postgresql://mine"
    assert "TEMPORAL_ADDRESS" not in os.environ
    assert os.environ["IOM_SMTP_URL"] == "smtp://demo"


def test_addresses_left_by_a_demo_that_was_killed_are_not_believed(
    tmp_path: Path, addresses: where.Addresses
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    addresses.write(tmp_path)
    file = tmp_path / where.FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pid": ended.pid}))
    assert where.running_demo(tmp_path) is None


def test_the_addresses_are_for_their_owner_only(tmp_path: Path, addresses: where.Addresses) -> None:
    addresses.write(tmp_path)
    assert (tmp_path / where.FILE).stat().st_mode & 0o077 == 0


def test_an_addresses_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / where.FILE).write_text("{}")
    with pytest.raises(Refused) as refusal:
        where.running_demo(tmp_path)
    assert refusal.value.code == "addresses_unreadable"


@pytest.mark.parametrize("command", ["web", "worker", "migrate"])
def test_a_command_that_finds_no_service_says_what_to_do(tmp_path: Path, command: str) -> None:
    told = iom(command, folder=tmp_path)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.startswith("No demo is running in this data folder")
    assert "./run demo" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("command", ["web", "worker", "migrate"])
def test_every_command_takes_the_data_folder(tmp_path: Path, command: str) -> None:
    assert "--data-dir" in iom(command, "--help", folder=tmp_path).stdout
