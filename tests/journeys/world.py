"""The parts around a journey: the scheme's people, the settings, and the mail server they name."""

from dataclasses import dataclass
from pathlib import Path

from temporalio.client import WorkflowHistory

from iom.adapters.settings import Settings
from tests.builders import Scheme
from tests.integration.post_office import PostOffice

OTHERS = {"intervention": "intervention", "daily": "daily_digest"}
"""What the histories of other workflows than plans are called, by how their ids begin."""


@dataclass(frozen=True)
class World:
    """Everything a journey needs but its case. ``record_to`` is where its plan's history goes, when recording."""

    scheme: Scheme
    settings: Settings
    post_office: PostOffice
    record_to: Path | None = None

    def record(self, runs: list[WorkflowHistory]) -> None:
        """Keeps the plan's run under the story's name, any other under its own: the last story to have one stays."""
        if self.record_to is None:
            return
        for run in runs:
            name = OTHERS.get(run.workflow_id.split("-")[0], self.record_to.stem)
            self.record_to.with_stem(name).write_text(run.to_json())
