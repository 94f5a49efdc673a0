"""What a demo begins with is there once, however often and however rudely it was started. Real PostgreSQL."""

from datetime import UTC, datetime

from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.joining import add_account
from iom.adapters.settings import Settings
from iom.cli.demo_accounts import ACCOUNTS
from iom.cli.demo_seed import PEOPLE, seed


async def counted(pool: Pool) -> tuple[int, int, int]:
    """The demo's accounts, all cases, and those that wait for the panel."""
    async with transaction(pool) as conn:
        found = await conn.execute(
            "select (select count(*) from account where email = any(%s)) as accounts,"
            " (select count(*) from cases) as cases,"
            " (select count(*) from cases where id not in (select case_id from adoption)) as waiting",
            ([account.email for account in ACCOUNTS],),
        )
        row = await found.fetchone()
    assert row is not None
    return row["accounts"], row["cases"], row["waiting"]


async def test_a_demo_begins_with_its_people_and_a_second_start_adds_none(
    pool: Pool, database_url: str
) -> None:
    settings = Settings(database_url=database_url, smtp_url="smtp://127.0.0.1")
    await seed(settings, None)
    begun = await counted(pool)
    assert begun == (len(ACCOUNTS), PEOPLE + 2, 1)
    await seed(settings, None)
    assert await counted(pool) == begun


async def test_a_demo_stopped_while_its_people_were_put_in_has_them_all_after_the_next_start(
    pool: Pool, database_url: str
) -> None:
    async with transaction(pool) as conn:
        await add_account(conn, ACCOUNTS[0], datetime.now(UTC))
        await add_account(conn, ACCOUNTS[1], datetime.now(UTC))
    await seed(Settings(database_url=database_url, smtp_url="smtp://127.0.0.1"), None)
    assert await counted(pool) == (len(ACCOUNTS), PEOPLE + 2, 1)
