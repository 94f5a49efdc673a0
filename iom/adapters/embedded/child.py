"""Child processes that end with us: own group, own log, own signals. POSIX; the last line of defence is Linux only."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class OsUser:
    """Who a child runs as, where that is not who we are."""

    uid: int
    gid: int

    @cached_property
    def popen_arguments(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def spawn(
    command: Sequence[str],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    user: OsUser | None = None,
    last_signal: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a command, its output into ``log``. Ctrl-C on our terminal does not reach it: we stop it in our own order.

    If we are killed outright, Linux sends it ``last_signal``; nobody is left then to see whether a gentle one worked.
    Call from the main thread, as that rule is about threads.
    """
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def before_exec() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, last_signal)

    with log.open("ab") as output:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            start_new_session=True,
            preexec_fn=before_exec,
            **(user.popen_arguments if user else {}),
        )


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM, seconds: float = 5) -> None:
    """Ask a child to end, wait for it, and kill what is left of its group then. Returns when it is gone."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    kill_group(process.pid)


def kill_group(leader: int) -> None:
    """Kill whatever a child left running in its own process group."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def wait_until(claim: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 30) -> bool:
    """True once ``claim`` holds; False if the process ended or the time is over before."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.02)
    return False


def port_is_free(port: int) -> bool:
    """Whether nothing on this machine listens on the loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(preferred: int = 0) -> int:
    """The preferred loopback port if nobody has it, else another. It is not held: someone quick may still take it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", preferred if preferred and port_is_free(preferred) else 0))
        return int(probe.getsockname()[1])
