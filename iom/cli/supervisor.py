"""Starts the demo's parts one after another, watches them and stops them all. Knows no part by name."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from iom.adapters.embedded.child import OsUser, kill_group, spawn
from iom.cli.speech import say

ASKED_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 60.0
"""Seconds a part may take to start, on a slow machine."""
GOODBYE = 5.0
"""Seconds each of the two waves of parts may take to end before it is killed: 10 at most, with 15 allowed."""


class StopAsked(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class PartEnded(Exception):
    """A part ended though nobody asked it to, or never became ready; the sentence shows the end of its log."""


@dataclass(frozen=True)
class Part:
    """A process to keep running. A ``foundation`` is stopped last.

    The next may start when ``is_ready``, and when ``says`` stands in its log where it has no door to knock at.
    """

    name: str
    command: Sequence[str]
    is_ready: Callable[[], bool] = lambda: True
    says: str = ""
    foundation: bool = False
    stop_by: signal.Signals = signal.SIGTERM
    user: OsUser | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    """Variables of its own, over those that all have."""


@dataclass(frozen=True)
class Job:
    """Something that ends by itself, and must end well before the next may start."""

    name: str
    command: Sequence[str]
    given: Mapping[str, str] = field(default_factory=dict)


class Supervisor:
    """Owns every process of one demo. Used by one thread: Linux ties "die with your parent" to the starting thread."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, tuple[Part, subprocess.Popen[bytes]]] = {}
        self._stop_asked = False

    def listen(self) -> None:
        """From now on signals ask for a stop in good order, also those that came while `./run` held them back."""
        for number in ASKED_TO_STOP:
            signal.signal(number, self._ask_to_stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED_TO_STOP)

    def bring_up(self, things: Sequence[Part | Job], environment: Mapping[str, str]) -> None:
        """Start every part and run every job, in the order given. Raises StopAsked or PartEnded."""
        for thing in things:
            if isinstance(thing, Part):
                self._start(thing, {**environment, **thing.given})
            else:
                self._run(thing, {**environment, **thing.given})

    def watch(self) -> None:
        """Keep an eye on every part. Ends only by StopAsked or PartEnded."""
        while True:
            self._check()
            time.sleep(0.1)

    def stop_all(self) -> None:
        """Stop what runs, the foundations last; whatever does not go in time is killed. Leaves no process."""
        for foundation in (False, True):
            wave = [both for both in self._running.values() if both[0].foundation is foundation]
            for part, process in wave:
                if process.poll() is None:
                    process.send_signal(part.stop_by)
            deadline = time.monotonic() + GOODBYE
            while any(process.poll() is None for _, process in wave) and time.monotonic() < deadline:
                time.sleep(0.02)
            for _, process in wave:
                kill_group(process.pid)
                process.wait()

    def _start(self, part: Part, environment: Mapping[str, str]) -> None:
        begun = self._announce(part.name)
        process = spawn(
            part.command,
            self._log(part.name),
            environment=environment,
            user=part.user,
            last_signal=part.stop_by if part.foundation else signal.SIGKILL,
        )
        self._running[part.name] = (part, process)
        while not (part.is_ready() and part.says in self._log(part.name).read_text(errors="replace")):
            self._check()
            if time.monotonic() - begun > PATIENCE:
                raise PartEnded(f"{part.name} was not ready after {PATIENCE:.0f} s. {self._tail(part.name)}")
            time.sleep(0.05)
        say(f"ready in {time.monotonic() - begun:.1f} s")

    def _run(self, job: Job, environment: Mapping[str, str]) -> None:
        begun = self._announce(job.name)
        process = spawn(job.command, self._log(job.name), environment=environment)
        try:
            while process.poll() is None:
                self._check()
                time.sleep(0.05)
        finally:
            kill_group(process.pid)
            status = process.wait()
        if status != 0:
            raise PartEnded(f"{job.name}: ended with status {status}. {self._tail(job.name)}")
        say(f"done in {time.monotonic() - begun:.1f} s")

    def _check(self) -> None:
        if self._stop_asked:
            raise StopAsked
        for name, (_, process) in self._running.items():
            if (status := process.poll()) is not None:
                raise PartEnded(f"{name} stopped by itself with status {status}. {self._tail(name)}")

    def _announce(self, name: str) -> float:
        if self._stop_asked:
            raise StopAsked
        say(f"  {name:<18}", end="")
        self._logs.mkdir(mode=0o700, exist_ok=True)
        self._log(name).write_bytes(b"")
        return time.monotonic()

    def _log(self, name: str) -> Path:
        return self._logs / f"{name.lower().replace(' ', '-')}.log"

    def _tail(self, name: str, lines: int = 20) -> str:
        text = self._log(name).read_text(errors="replace").splitlines()[-lines:]
        return f"The end of {self._log(name)}:\n" + "\n".join(f"  | {line}" for line in text)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_asked = True
