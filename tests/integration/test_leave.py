"""A command ends with the right status, and ends at all where Temporal's client would keep it. Starts processes."""

import subprocess
import sys

import pytest

PROGRAM = """
import threading
{imports}
from iom.cli.leave import leaving
from iom.refusals import Refused
{meanwhile}
with leaving():
    print("worked", end="")
    {end}
"""
ENDINGS = [
    ("pass", 0, ""),
    ("raise SystemExit(3)", 3, ""),
    ("raise Refused('no_plan', 'There is no such plan.')", 2, "There is no such plan.\n"),
    ("raise RuntimeError('no such namespace')", 1, "RuntimeError: no such namespace\n"),
]


def run(end: str, imports: str = "", meanwhile: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM.format(imports=imports, meanwhile=meanwhile, end=end)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(("end", "status", "said"), ENDINGS)
def test_the_status_says_how_it_went(end: str, status: int, said: str) -> None:
    done = run(end)
    assert (done.returncode, done.stdout) == (status, "worked")
    assert done.stderr.endswith(said)


@pytest.mark.parametrize(("end", "status", "said"), ENDINGS)
def test_with_temporals_client_it_waits_for_no_thread_and_loses_nothing_it_said(
    end: str, status: int, said: str
) -> None:
    done = run(
        end,
        imports="import temporalio.client",
        meanwhile="threading.Thread(target=threading.Event().wait).start()",
    )
    assert (done.returncode, done.stdout) == (status, "worked")
    assert done.stderr.endswith(said)
