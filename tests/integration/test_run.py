"""./run hands over only to a whole .venv, and says plainly why it cannot. Runs copies of it; installs nothing."""

import os
import runpy
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
STANDS_IN = '#!/bin/sh\necho "$@"\nexit 7\n'
WAITS = "#!/bin/sh\ntrap 'exit 5' TERM\necho waiting\nwhile :; do sleep 0.05; done\n"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for Python")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of what ./run reads, with no .venv."""
    for name in ("run", "pyproject.toml", "requirements.lock"):
        shutil.copy(HOUSE / name, tmp_path)
    return tmp_path


def furnish(house: Path, python: str) -> None:
    """Give the house a .venv that passes for whole, with a script in place of its Python."""
    (house / ".venv" / "bin").mkdir(parents=True)
    (house / ".venv" / "bin" / "python").write_text(python)
    (house / ".venv" / "bin" / "python").chmod(0o755)
    (house / ".venv" / "installed-from").write_text(runpy.run_path(str(house / "run"))["fingerprint"]())


def run(house: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(house / "run"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **variables}
    )


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("test tests/unit -q", "-m pytest tests/unit -q"),
        ("bench --json", "-m bench --json"),
        ("demo --port 8001", "-m iom demo --port 8001"),
        ("import cohort people.csv", "-m iom import cohort people.csv"),
        ("iom --help", "-m iom --help"),
    ],
)
def test_it_becomes_the_command_and_passes_its_status_on(house: Path, typed: str, becomes: str) -> None:
    furnish(house, STANDS_IN)
    done = run(house, *typed.split())
    assert done.stdout == f"{becomes}\n"
    assert done.returncode == 7


def test_a_signal_reaches_the_command_itself(house: Path) -> None:
    furnish(house, WAITS)
    with subprocess.Popen([sys.executable, str(house / "run"), "worker"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"waiting\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 5


def test_help_needs_no_set_up(house: Path) -> None:
    assert "./run demo" in run(house, "--help").stdout
    assert run(house).returncode == 2
    assert not (house / ".venv").exists()


def test_an_older_python_is_told_so_in_plain_words(house: Path) -> None:
    pretend = (
        "import runpy, sys; sys.version_info = (3, 10, 4); sys.argv = ['run', 'demo'];"
        f"runpy.run_path({str(house / 'run')!r}, run_name='__main__')"
    )
    told = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert told.stderr.startswith("This needs Python 3.11 or later")
    assert not (house / ".venv").exists()


@pytest.mark.parametrize("fault", ["no stamp", "another lock"])
def test_a_venv_that_is_half_made_or_from_another_lock_is_not_used(house: Path, fault: str) -> None:
    furnish(house, STANDS_IN)
    if fault == "no stamp":
        (house / ".venv" / "installed-from").unlink()
    else:
        (house / "requirements.lock").write_text((house / "requirements.lock").read_text() + "# newer\n")
    done = run(house, "demo", PIP_NO_INDEX="1", UV_OFFLINE="1", UV_NO_CACHE="1")
    assert done.stdout.startswith("Setting up .venv")
    assert "Setting up failed" in done.stderr
    assert done.returncode == 1
    assert not (house / ".venv" / "installed-from").exists()


def test_an_interrupted_set_up_takes_along_what_it_started(house: Path) -> None:
    with subprocess.Popen(
        [sys.executable, str(house / "run"), "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        while not (house / ".venv" / "bin").exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    begun = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(house) not in begun
