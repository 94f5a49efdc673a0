"""What every journey starts from: a scheme, a mail server that takes every letter, and settings that name both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from iom.adapters.database import Pool
from iom.adapters.settings import Settings
from tests.builders import a_scheme
from tests.integration.post_office import PostOffice, open_office
from tests.journeys.world import World

HISTORIES = Path(__file__).parents[1] / "histories"


@pytest.fixture
async def world(pool: Pool, database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    office = PostOffice()
    async with open_office(office) as smtp_url:
        settings = Settings(database_url=database_url, smtp_url=smtp_url)
        yield World(await a_scheme(pool), settings, office, _record_to(request))


def _record_to(request: pytest.FixtureRequest) -> Path | None:
    """Where this story's history is kept, if the run was told to record."""
    story = request.node.path.stem.removeprefix("test_")
    return HISTORIES / f"{story}.json" if request.config.getoption("--record-histories") else None
