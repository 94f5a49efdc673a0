"""The way to PostgreSQL: pool, transactions in somebody's name, migrations. Holds no query of its own business."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[DictRow]
Pool = AsyncConnectionPool[Connection]

PLAN_ONCE = "-c plan_cache_mode=force_generic_plan"
"""Row-level security makes a statement longer to plan than to run: each is planned once for a connection."""

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 7_235_001
"""Advisory lock: two migrates started together run one after the other."""


@asynccontextmanager
async def open_pool(url: str, size: int = 10, patience: float = 30.0) -> AsyncIterator[Pool]:
    """A pool of connections to the record at ``url``; closed on the way out.

    Whoever gets no connection within ``patience`` seconds gets psycopg_pool's PoolTimeout.
    """
    pool: Pool = AsyncConnectionPool(
        url,
        min_size=2,
        max_size=size,
        open=False,
        timeout=patience,
        kwargs={"row_factory": dict_row, "autocommit": False, "options": PLAN_ONCE},
        check=None,
    )
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncIterator[Connection]:
    """One transaction, committed at the end, rolled back on any error."""
    async with pool.connection() as conn:
        yield conn


def migrate(url: str) -> None:
    """Brings the tables at ``url`` up to date. Safe to run again and by several at once."""
    from alembic import command  # a second's work to import, and only a migration needs it
    from alembic.config import Config
    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url

    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        connection.execute(text(f"select pg_advisory_lock({ONE_AT_A_TIME})"))
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        connection.execute(text(f"select pg_advisory_unlock({ONE_AT_A_TIME})"))
    engine.dispose()
