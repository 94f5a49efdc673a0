"""What integration tests share beyond the real parts: a record of letters to deliver, the API with its users."""

from collections.abc import AsyncIterator

import pytest

from iom.adapters.database import Pool
from tests.integration.api_house import ApiHouse, an_api
from tests.integration.letter_record import LetterRecord


@pytest.fixture
async def record(pool: Pool, database_url: str) -> LetterRecord:
    """A record in a database of its own, with no letters yet."""
    return await LetterRecord(pool, database_url).founded()


@pytest.fixture
async def api(pool: Pool, database_url: str) -> AsyncIterator[ApiHouse]:
    """The API in this process, on a record with a scheme in it and no cases yet."""
    async with an_api(pool, database_url) as house:
        yield house
