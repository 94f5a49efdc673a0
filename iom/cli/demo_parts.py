"""The parts of a demo and how each is started. A part that the environment gives an address of is not started."""

import http.client
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from iom.adapters.embedded import postgres, temporal
from iom.adapters.embedded.child import free_port
from iom.cli.supervisor import Job, Part
from iom.cli.where import TEMPORAL_SAYS_WHERE, Addresses

IOM = (sys.executable, "-m", "iom")
LOOPBACK = "127.0.0.1"
PLANS = Job("Plans", [*IOM, "plans", "rebuild"])
OWNER = "owner"
SAID_FOR = {
    "iom_app": "IOM_APP_DATABASE_URL",
    "iom_door": "IOM_DOOR_DATABASE_URL",
    OWNER: "IOM_OWNER_DATABASE_URL",
}
"""Where the environment gives the database's address as each role, beside IOM_DATABASE_URL for worker and commands."""


@dataclass(frozen=True)
class DemoParts:
    """What one demo starts on this machine. None where the environment says to use something else."""

    folder: Path
    web_port: int
    cluster: postgres.Cluster | None
    temporal: temporal.DevServer | None
    smtp_port: int | None

    @classmethod
    def choose(cls, folder: Path, web_port: int) -> "DemoParts":
        """Decide what is started here, and on which loopback ports; Temporal's own usual ones where they are free."""
        own_database = "IOM_DATABASE_URL" not in os.environ
        own_temporal = not any(said in os.environ for said in TEMPORAL_SAYS_WHERE)
        return cls(
            folder,
            web_port,
            cluster=postgres.Cluster(folder / "postgres", free_port()) if own_database else None,
            temporal=temporal.DevServer(free_port(7233), free_port(8233)) if own_temporal else None,
            smtp_port=free_port() if "IOM_SMTP_URL" not in os.environ else None,
        )

    def prepare(self) -> tuple[Path, ...]:
        """Make the database's files if they are new. Returns the folders that root had to open for passing through."""
        return self.cluster.prepare() if self.cluster else ()

    def addresses(self) -> Addresses:
        """Where everything is; readable once the cluster is prepared."""
        return Addresses(
            pid=os.getpid(),
            database_url=self._database_as("iom_worker"),
            app_database_url=self._database_as("iom_app"),
            door_database_url=self._database_as("iom_door"),
            owner_database_url=self._database_as(OWNER),
            smtp_url=f"smtp://{LOOPBACK}:{self.smtp_port}" if self.smtp_port else os.environ["IOM_SMTP_URL"],
            web_url=f"http://{LOOPBACK}:{self.web_port}",
            inbox_dir=str(self._letters) if self.smtp_port else None,
            temporal_address=self.temporal.address if self.temporal else None,
            temporal_ui_url=f"http://{LOOPBACK}:{self.temporal.ui_port}" if self.temporal else None,
        )

    def environment(self) -> dict[str, str]:
        """Variables for every part. With our own Temporal, no profile of the user's may lead elsewhere."""
        inherited = {name: value for name, value in os.environ.items() if not self._leads_astray(name)}
        ours = {"PYTHONUNBUFFERED": "1", "IOM_DATA_DIR": str(self.folder.resolve())}
        demo_only = {"IOM_SECOND_FACTOR": "skippable"}
        return {**demo_only, **inherited, **ours, **self.addresses().environment()}

    def _leads_astray(self, name: str) -> bool:
        return self.temporal is not None and name.startswith("TEMPORAL_")

    def _database_as(self, role: str) -> str:
        if self.cluster:
            return self.cluster.url if role == OWNER else self.cluster.url_as(role)
        return os.environ.get(SAID_FOR.get(role, ""), os.environ["IOM_DATABASE_URL"])

    @property
    def _letters(self) -> Path:
        return self.folder.resolve() / "inbox"

    def in_order(self, cohort: Path | None) -> list[Part | Job]:
        """All there is to start and to run, each after what it needs. The cluster must have been prepared."""
        where = self.addresses()
        as_owner = {"IOM_DATABASE_URL": where.owner_database_url}
        as_web = {
            "IOM_DATABASE_URL": where.app_database_url,
            "IOM_DOOR_DATABASE_URL": where.door_database_url,
        }
        return [
            *self._foundations(),
            Job("Tables", [*IOM, "migrate"], as_owner),
            *self._inbox(),
            *self._people(cohort),
            Part("Worker", [*IOM, "worker"], says="worker_ready"),
            PLANS,
            Part(
                "Web",
                [*IOM, "web", "--host", LOOPBACK, "--port", str(self.web_port)],
                is_ready=lambda: _is_live(self.web_port),
                given=as_web,
            ),
        ]

    def _foundations(self) -> list[Part]:
        parts = []
        if cluster := self.cluster:
            user, how = postgres.os_user(), postgres.STOP
            parts.append(
                Part("PostgreSQL", cluster.command, cluster.answers, foundation=True, stop_by=how, user=user)
            )
        if self.temporal:
            command, answers = self.temporal.command, self.temporal.answers
            parts.append(Part("Temporal", command, answers, foundation=True, then=PLANS))
        return parts

    def _inbox(self) -> list[Part]:
        if (port := self.smtp_port) is None:
            return []
        command = [
            sys.executable,
            "-m",
            "iom.adapters.inbox",
            "--smtp-port",
            str(port),
            "--dir",
            str(self._letters),
        ]
        return [Part("Inbox", command, is_ready=lambda: _listens(port))]

    def _people(self, cohort: Path | None) -> list[Job]:
        asked_for = ["--cohort", str(cohort.resolve())] if cohort else []
        return [Job("Invented people", [*IOM, "demo-people", *asked_for])]


def _listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _is_live(port: int) -> bool:
    """Whether the pages answer. Not urllib: a proxy in the environment is not for loopback."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
