"""Plans run for years: a change to what a workflow asks of Temporal, or in which order, must be made on purpose."""

from pathlib import Path

import pytest

import workflows
from tests.guards.workflow_commands import commands, fingerprint

FOLDER = Path(workflows.__file__).parent
COMMITTED = Path(__file__).parent / "workflow_commands.txt"
LESSON = """
The commands of a workflow have changed. Plans that run today replay their history through this code: where the order
differs, they stop. Do one of these (CONTRIBUTING.md, "Changing a workflow"):
  - keep the old order for old runs: if workflow.patched("a-name"): new way, else: old way. A patch counts per run, so a
    plan takes the new way from its next continue-as-new on;
  - or show that no running history can tell the difference: tests/guards/test_replay.py must pass with the histories
    as committed, not with new ones.
Then accept the new order:  python -m tests.guards.accept_commands
"""


def held_against(committed: str, present: str) -> None:
    """Fails with the lesson if the two differ."""
    if committed != present:
        before, after = set(committed.splitlines()), set(present.splitlines())
        changes = [f"- {line}" for line in sorted(before - after)] + [
            f"+ {line}" for line in sorted(after - before)
        ]
        pytest.fail(LESSON + "\n".join(changes), pytrace=False)


def test_no_workflow_asks_for_other_things_than_committed() -> None:
    held_against(COMMITTED.read_text(), fingerprint(FOLDER))


def test_the_guard_sees_a_changed_order_and_teaches() -> None:
    source = (FOLDER / "supervision.py").read_text()
    swapped = source.replace("await self._tend_interventions(heard)", "await self._course.wait()", 1)
    assert swapped != source
    with pytest.raises(pytest.fail.Exception, match=r"workflow\.patched") as told:
        held_against("\n".join(commands(source)), "\n".join(commands(swapped)))
    assert "+ SupervisionPlan.run: catch_up > wait > continue_as_new > wait" in str(told.value)


def test_the_guard_sees_another_activity() -> None:
    source = (FOLDER / "digest.py").read_text()
    other = source.replace("Records.write_digests", "Records.advance")
    assert commands(source) != commands(other)
