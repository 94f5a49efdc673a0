"""The service as it is run for real: each part a process of its own that is given addresses. Loopback; POSIX."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM, Signals
from urllib.parse import urlsplit

from iom.adapters.embedded.child import free_port, spawn, stop, wait_until
from iom.adapters.embedded.postgres import program
from tests.guards.compose_file import HOUSE, ComposeFile
from tests.integration.running_demo import STOP_SECONDS, without_our_variables

COMPOSE = ComposeFile((HOUSE / "docker-compose.yml").read_text())
NAMESPACE = COMPOSE.named("worker").environment["TEMPORAL_NAMESPACE"]
START_SECONDS = 60


@dataclass(frozen=True)
class Ended:
    """How a process went."""

    status: int
    seconds: float


@dataclass(frozen=True)
class Running:
    """One `iom web` or `iom worker`."""

    process: subprocess.Popen[bytes]
    log: Path
    address: str = ""

    def hear(self, words: str) -> None:
        """Wait until it has logged this; fails with its log if it never does."""
        if not wait_until(lambda: words in self.log.read_text(), self.process, START_SECONDS):
            raise AssertionError(f"It never said {words!r}. {self.log.read_text()}")

    def end(self, how: Signals = SIGTERM) -> Ended:
        """Signal it and wait; fails with its log if it takes longer than it may."""
        asked = time.monotonic()
        self.process.send_signal(how)
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"It still runs. {self.log.read_text()}") from None
        return Ended(status, time.monotonic() - asked)


@dataclass
class Apart:
    """The addresses of one installation, and what has been started on them."""

    folder: Path
    database_url: str
    smtp_url: str
    temporal_address: str
    secrets: Path
    started: list[Running] = field(default_factory=list)

    def environment(self, service: str) -> dict[str, str]:
        """All that a process of this service is told: its own secrets, as docker-compose.yml mounts them."""
        return (
            without_our_variables()
            | self._given(service)
            | {
                "IOM_SMTP_URL": self.smtp_url,
                "TEMPORAL_ADDRESS": self.temporal_address,
                "TEMPORAL_NAMESPACE": NAMESPACE,
            }
        )

    def _given(self, service: str) -> dict[str, str]:
        """The addresses in its secrets, with this machine's port in place of the container's."""
        here = urlsplit(self.database_url).netloc.rpartition("@")[2]
        return {
            name.upper(): (self.secrets / source).read_text().replace("postgres:5432", here)
            for name, source in COMPOSE.named(service).mounted.items()
            if name.endswith("database_url")
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command of iom to its end: to migrate as the owner, anything else as the worker."""
        service = "migrate" if words[0] == "migrate" else "worker"
        command = [sys.executable, "-m", "iom", *words]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env=self.environment(service),
            cwd=self.folder,
        )

    def web(self) -> Running:
        """Start a web."""
        port = free_port()
        return self._start("web", "--port", str(port), address=f"http://127.0.0.1:{port}")

    def worker(self, *words: str) -> Running:
        """Start a worker."""
        return self._start("worker", *words)

    def _start(self, *words: str, address: str = "") -> Running:
        log = self.folder / f"{len(self.started)}-{words[0]}.log"
        command = [sys.executable, "-m", "iom", *words]
        process = spawn(
            command, log, environment={**self.environment(words[0]), "IOM_DATA_DIR": str(self.folder)}
        )
        running = Running(process, log, address)
        self.started.append(running)
        return running


@contextmanager
def closing(apart: Apart) -> Iterator[None]:
    """Sees to it that nothing it started is left."""
    try:
        yield
    finally:
        for running in apart.started:
            stop(running.process)


def run_script(script: Path, **environment: str) -> None:
    """Run one of deploy's scripts as its container would, with PostgreSQL's and Temporal's programs at hand."""
    programs = [str(Path(program("psql")).parent), str(Path(sys.executable).parent), os.environ["PATH"]]
    done = subprocess.run(
        ["sh", str(script)],
        capture_output=True,
        text=True,
        check=False,
        env={**without_our_variables(), "PATH": os.pathsep.join(programs), **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def make_secrets(folder: Path) -> Path:
    """New secrets by deploy's script; gives their folder."""
    script = folder / "deploy" / "make-secrets.sh"
    script.parent.mkdir()
    script.write_text((HOUSE / "deploy" / "make-secrets.sh").read_text())
    run_script(script)
    return script.parent / "secrets"


def make_roles(secrets: Path, admin_url: str) -> None:
    """Roles and databases by deploy's script, which finds its secrets where a container has them: here in a copy."""
    script = secrets.parent / "roles.sh"
    original = (HOUSE / "deploy" / "postgres" / "roles.sh").read_text()
    script.write_text(original.replace("/run/secrets", str(secrets)))
    server = urlsplit(admin_url)
    run_script(script, PGHOST="127.0.0.1", PGPORT=str(server.port), PGPASSWORD=server.password or "")


def make_namespace(address: str) -> None:
    """The namespace, by deploy's script, told what the compose file tells it but for the address."""
    script = HOUSE / "deploy" / "temporal" / "namespace.sh"
    told = COMPOSE.named("temporal-namespace").environment
    run_script(script, **{**told, "TEMPORAL_ADDRESS": address})
