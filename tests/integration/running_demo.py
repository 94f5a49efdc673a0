"""A demo as its user has it: a process to start, read, signal and wait for. Linux, for it looks into /proc."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 90
STOP_SECONDS = 15


class RunningDemo:
    """One `iom demo` on one data folder, in a process group of its own as a shell would start it."""

    def __init__(self, folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "iom", "demo", "--data-dir", str(folder), *arguments]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=without_our_variables() | dict(environment or {}),
            start_new_session=True,
        )
        self.said: list[str] = []

    def hear(self, beginning: str) -> str:
        """Read on until a line begins so, and give that line; fail with all that was said if none does."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if line.strip().startswith(beginning):
                return line.strip()
        raise AssertionError(f"The demo never said {beginning!r} but:\n" + "\n".join(self.said))

    def stop(self, number: signal.Signals = signal.SIGTERM, *, whole_group: bool = False) -> int:
        """Signal it and give its exit status; fail if it takes longer than it may."""
        (os.killpg if whole_group else os.kill)(self.process.pid, number)
        return self.ended(STOP_SECONDS)

    def ended(self, seconds: float = START_SECONDS) -> int:
        rest, _ = self.process.communicate(timeout=seconds)
        self.said += rest.splitlines()
        return self.process.returncode

    def processes(self) -> list[str]:
        """The command lines of every process that was started for this data folder and still runs."""
        return list(self._ours().values())

    def pid_of(self, words: str) -> int:
        """The process id of the one part of this demo whose command line has these words."""
        return min(
            pid for pid, command in self._ours().items() if words in command
        )  # a child has its command at first

    def _ours(self) -> dict[int, str]:
        mark = f"IOM_DATA_DIR={self.folder}\0".encode()
        return {pid: command for pid, command, environment in _running() if mark in environment}


def without_our_variables() -> dict[str, str]:
    """The environment as it would be for somebody new."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("IOM_", "TEMPORAL_"))}


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder to run root's PostgreSQL in. Not tmp_path: each new pytest run closes that to all users but root."""
    with tempfile.TemporaryDirectory(prefix="iom-test-") as made:
        yield Path(made).resolve()


@contextmanager
def demo(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[RunningDemo]:
    """Start a demo and see to it that it is gone afterwards, however the test ends."""
    running = RunningDemo(folder, *arguments, environment=environment)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()
        if running.process.stdout:
            running.process.stdout.close()


def gone(running: RunningDemo, seconds: float = 2 * STOP_SECONDS) -> bool:
    """True once no process of this demo is left."""
    deadline = time.monotonic() + seconds
    while running.processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not running.processes()


def _running() -> Iterator[tuple[int, str, bytes]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield (
                int(folder.name),
                (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"),
                (folder / "environ").read_bytes(),
            )
        except OSError:  # it has just ended, or is somebody else's
            continue
