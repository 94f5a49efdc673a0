"""Committed histories, one for each story, replay through the present code: plans that run today go on tomorrow."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workflows.worker import WORKFLOWS

HISTORIES = sorted((Path(__file__).parents[1] / "histories").glob("*.json"))


def test_every_story_and_every_workflow_beside_the_plan_has_a_history() -> None:
    stories = {
        path.stem.removeprefix("test_") for path in (Path(__file__).parents[1] / "journeys").glob("test_*.py")
    }
    assert {*stories, "intervention", "daily_digest"} <= {path.stem for path in HISTORIES}, (
        "record them: ./run test tests/journeys --record-histories"
    )


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_it_replays(path: Path) -> None:
    history = WorkflowHistory.from_json(f"replay-{path.stem}", path.read_text())  # noqa: ASYNC240 - a small file
    replayer = Replayer(workflows=list(WORKFLOWS), data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history)
