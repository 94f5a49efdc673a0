"""What integration tests share beyond the real parts: letters to deliver, the API and the pages with their users."""

from collections.abc import AsyncIterator

import pytest

from iom.adapters.database import Pool
from tests.integration.api_house import ApiHouse, an_api
from tests.integration.letter_record import LetterRecord
from tests.integration.page_house import PageHouse, a_page_house


@pytest.fixture
async def record(pool: Pool, database_url: str) -> LetterRecord:
    """A record in a database of its own, with no letters yet."""
    return await LetterRecord(pool, database_url).founded()


@pytest.fixture
async def api(pool: Pool, database_url: str) -> AsyncIterator[ApiHouse]:
    """The API in this process, on a record with a scheme in it and no cases yet."""
    async with an_api(pool, database_url) as house:
        yield house


@pytest.fixture
async def pages(api: ApiHouse) -> AsyncIterator[PageHouse]:
    """The pages in this process, on the same record."""
    async with a_page_house(api) as house:
        yield house
