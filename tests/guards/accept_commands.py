"""Accepts the present order of the workflows' commands. Run it only after reading what test_workflow_commands says."""

from tests.guards.test_workflow_commands import COMMITTED, FOLDER
from tests.guards.workflow_commands import fingerprint

if __name__ == "__main__":
    COMMITTED.write_text(fingerprint(FOLDER))
    print(COMMITTED.read_text())
