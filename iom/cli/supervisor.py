"""Starts the demo's parts one after another, starts again what ends by itself, stops all. Knows no part by name."""

import signal
import subprocess
import time
from collections import Counter
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

AGAIN = 3
"""How often each part that ended by itself is started again before the demo gives up."""
PAUSE = 1.0
"""Seconds before that: what it left running has ended then, and whoever looks has seen it missing."""


class StopAsked(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class PartEnded(Exception):
    """A part ended though nobody asked it to, or never became ready; the sentence shows the end of its log."""


@dataclass(frozen=True)
class Job:
    """Something that ends by itself, and must end well before the next may start."""

    name: str
    command: Sequence[str]
    given: Mapping[str, str] = field(default_factory=dict)


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
    then: Job | None = None
    """What has to be done anew once it was started again."""


class Supervisor:
    """Owns every process of one demo. Used by one thread: Linux ties "die with your parent" to the starting thread."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, tuple[Part, subprocess.Popen[bytes]]] = {}
        self._started_again: Counter[str] = Counter()
        self._environment: Mapping[str, str] = {}
        self._is_up = False
        self._stop_asked = False

    def listen(self) -> None:
        """From now on signals ask for a stop in good order, also those that came while `./run` held them back."""
        for number in ASKED_TO_STOP:
            signal.signal(number, self._ask_to_stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED_TO_STOP)

    def bring_up(self, things: Sequence[Part | Job], environment: Mapping[str, str]) -> None:
        """Start every part and run every job, in the order given. Raises StopAsked or PartEnded."""
        self._environment = environment
        for thing in things:
            self._empty_log(thing.name)
            if isinstance(thing, Part):
                self._start(thing)
            else:
                self._run(thing)
        self._is_up = True

    def watch(self) -> None:
        """Keep every part running. Ends only by StopAsked, or by PartEnded when one has ended too often."""
        while True:
            self._check()
            for part, process in tuple(self._running.values()):
                if process.poll() is not None:
                    self._start_again(part, process)
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

    def _start(self, part: Part) -> None:
        begun, already = self._announce(part.name), self._log(part.name).stat().st_size
        process = spawn(
            part.command,
            self._log(part.name),
            environment={**self._environment, **part.given},
            user=part.user,
            last_signal=part.stop_by if part.foundation else signal.SIGKILL,
        )
        self._running[part.name] = (part, process)
        while not (part.is_ready() and part.says.encode() in self._log(part.name).read_bytes()[already:]):
            self._check(part.name)
            if time.monotonic() - begun > PATIENCE:
                raise PartEnded(f"{part.name} was not ready after {PATIENCE:.0f} s. {self._tail(part.name)}")
            time.sleep(0.05)
        say(f"ready in {time.monotonic() - begun:.1f} s")

    def _start_again(self, part: Part, ended: subprocess.Popen[bytes]) -> None:
        """Raises PartEnded where it has ended too often, or was started and something else stands in the way."""
        what = f"{part.name} stopped by itself with status {ended.returncode}."
        self._started_again[part.name] += 1
        if (times := self._started_again[part.name]) > AGAIN:
            raise PartEnded(f"{what} It was started again {AGAIN} times. {self._tail(part.name)}")
        say(f"{what} It is started again ({times} of {AGAIN} times):")
        kill_group(ended.pid)
        time.sleep(PAUSE)
        try:
            self._start(part)
            if part.then:
                self._run(part.then)
        except PartEnded:
            if self._running[part.name][1].poll() is None:
                raise

    def _run(self, job: Job) -> None:
        begun = self._announce(job.name)
        process = spawn(job.command, self._log(job.name), environment={**self._environment, **job.given})
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

    def _check(self, about: str = "") -> None:
        """Of parts that end once all is up, only the one this is ``about`` matters here: ``watch`` sees the others."""
        if self._stop_asked:
            raise StopAsked
        for name, (_, process) in self._running.items():
            if (not self._is_up or name == about) and (status := process.poll()) is not None:
                raise PartEnded(f"{name} stopped by itself with status {status}. {self._tail(name)}")

    def _announce(self, name: str) -> float:
        if self._stop_asked:
            raise StopAsked
        say(f"  {name:<18}", end="")
        return time.monotonic()

    def _empty_log(self, name: str) -> None:
        self._logs.mkdir(mode=0o700, exist_ok=True)
        self._log(name).write_bytes(b"")

    def _log(self, name: str) -> Path:
        return self._logs / f"{name.lower().replace(' ', '-')}.log"

    def _tail(self, name: str, lines: int = 20) -> str:
        text = self._log(name).read_text(errors="replace").splitlines()[-lines:]
        return f"The end of {self._log(name)}:\n" + "\n".join(f"  | {line}" for line in text)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_asked = True
