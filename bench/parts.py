"""The real parts under a bench, each a process of its own, on loopback, gone at the end."""

import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from iom.adapters.database import Pool, open_pool
from iom.adapters.embedded import postgres, temporal
from iom.adapters.embedded.child import free_port, port_is_free, spawn, stop, wait_until
from iom.adapters.release import prepare

QUIET = ("--log-level", "warning", "--no-access-log")


@dataclass(frozen=True)
class Parts:
    """Addresses of what runs: the service's web, the floor's, PostgreSQL and Temporal."""

    pool: Pool
    database_url: str
    temporal_address: str
    service_url: str
    floor_url: str
    folder: Path

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A worker of the service, for as long as the block lasts."""
        with _running(
            [sys.executable, "-m", "iom", "worker"], self.folder, "worker", _environment(self, "worker")
        ):
            yield


@asynccontextmanager
async def running() -> AsyncIterator[Parts]:
    """PostgreSQL, Temporal and both webs, started and stopped."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="iom-bench-")))
        database_url = stack.enter_context(postgres.serving(folder / "postgres"))
        address = stack.enter_context(temporal.serving(folder / "temporal.log"))
        await prepare(database_url, datetime.now(UTC))
        webs = {name: f"http://127.0.0.1:{free_port()}" for name in ("service", "floor")}
        async with open_pool(database_url) as pool:
            parts = Parts(pool, database_url, address, webs["service"], webs["floor"], folder)
            for name, app in (
                ("service", ("--factory", "web.app:create_app")),
                ("floor", ("bench.floor:app",)),
            ):
                port = webs[name].rsplit(":", 1)[1]
                command = [sys.executable, "-m", "uvicorn", *app, "--port", port, *QUIET]
                stack.enter_context(_running(command, folder, name, _environment(parts, name), int(port)))
            yield parts


def _environment(parts: Parts, name: str) -> dict[str, str]:
    """What the part of this name is told: service and worker are the roles they are for real, the floor the owner."""
    url = parts.database_url
    roles = {"service": "iom_app", "worker": "iom_worker"}
    ours = {
        "IOM_DATABASE_URL": postgres.as_role(url, roles[name]) if name in roles else url,
        "IOM_DOOR_DATABASE_URL": postgres.as_role(url, "iom_door"),
        "IOM_SMTP_URL": "smtp://127.0.0.1:9",
        "IOM_LOG_FORMAT": "json",
    }
    return {**os.environ, **ours, "TEMPORAL_ADDRESS": parts.temporal_address}


@contextmanager
def _running(
    command: list[str], folder: Path, name: str, environment: dict[str, str], port: int | None = None
) -> Iterator[None]:
    log = folder / f"{name}.log"
    process = spawn(command, log, environment=environment)
    try:
        if port is not None and not wait_until(lambda: not port_is_free(port), process):
            raise RuntimeError(f"{name} did not start:\n{log.read_text()[-2000:]}")
        yield
    finally:
        stop(process)
