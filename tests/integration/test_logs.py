"""What processes write to their logs can be read by machines, line by line."""

import json
import subprocess
import sys

import pytest

SPEAK = """
import logging, structlog, sys
from iom.adapters.logs import log_as
log_as(sys.argv[1])
structlog.get_logger().info("ours", case="C-1")
logging.getLogger("some.library").warning("theirs %d", 2)
try:
    typed_by_somebody = "Rosa" + "lind"
    1 / 0
except ZeroDivisionError:
    structlog.get_logger().exception("failed")
"""


def spoken(form: str) -> str:
    command = [sys.executable, "-c", SPEAK, form]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_our_lines_and_those_of_libraries_are_json_with_level_and_utc_time() -> None:
    ours, theirs, failed = (json.loads(line) for line in spoken("json").splitlines())
    assert (ours["event"], ours["case"], ours["level"]) == ("ours", "C-1", "info")
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("theirs 2", "warning", "some.library")
    assert failed["exception"][0]["exc_type"] == "ZeroDivisionError"


@pytest.mark.parametrize("form", ["json", "console"])
def test_an_error_is_logged_without_the_values_it_happened_to(form: str) -> None:
    assert "ZeroDivisionError" in spoken(form)
    assert "Rosalind" not in spoken(form)
