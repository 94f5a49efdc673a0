"""What integration tests share beyond the real parts: letters to deliver, the API and the pages with their users."""

from collections.abc import AsyncIterator, Iterator

import pytest

from iom.adapters.database import Pool
from tests.integration.api_house import ApiHouse, an_api
from tests.integration.directory_house import DirectoryHouse
from tests.integration.letter_record import LetterRecord
from tests.integration.page_house import PageHouse, a_page_house
from tests.integration.provider import RunningProvider, a_running_provider


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


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    """A real OpenID Connect provider in a process of its own."""
    with a_running_provider(tmp_path_factory.mktemp("provider")) as running:
        yield running


@pytest.fixture
def directory(pages: PageHouse, provider: RunningProvider) -> DirectoryHouse:
    """The pages beside that provider, which behaves well until told otherwise."""
    house = DirectoryHouse(pages, provider)
    house.tell()
    return house
