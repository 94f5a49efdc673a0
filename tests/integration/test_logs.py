"""What processes write to their logs can be read by machines, line by line."""

import json
import subprocess
import sys

SPEAK = """
import logging, structlog
from iom.adapters.logs import log_as
log_as("json")
structlog.get_logger().info("ours", case="C-1")
logging.getLogger("some.library").warning("theirs %d", 2)
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger().exception("failed")
"""


def test_our_lines_and_those_of_libraries_are_json_with_level_and_utc_time() -> None:
    lines = subprocess.run(
        [sys.executable, "-c", SPEAK], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    ours, theirs, failed = (json.loads(line) for line in lines)
    assert (ours["event"], ours["case"], ours["level"]) == ("ours", "C-1", "info")
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("theirs 2", "warning", "some.library")
    assert failed["exception"][0]["exc_type"] == "ZeroDivisionError"
