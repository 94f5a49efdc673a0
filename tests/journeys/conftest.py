"""What every journey starts from: a scheme, a mail server that takes every letter, and settings that name both."""

from collections.abc import AsyncIterator

import pytest

from iom.adapters.database import Pool
from iom.adapters.settings import Settings
from tests.builders import a_scheme
from tests.integration.post_office import PostOffice, open_office
from tests.journeys.world import World


@pytest.fixture
async def world(pool: Pool, database_url: str) -> AsyncIterator[World]:
    office = PostOffice()
    async with open_office(office) as smtp_url:
        settings = Settings(database_url=database_url, smtp_url=smtp_url)
        yield World(await a_scheme(pool), settings, office)
