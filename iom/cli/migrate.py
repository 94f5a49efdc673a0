"""`iom migrate`: bring the record up to date. What a release does to it is in ``iom.adapters.release``."""


def migrate() -> None:
    """Bring the tables in IOM_DATABASE_URL up to this version, and publish its programmes.

    Run it once before the new web and worker start; it does nothing when the tables are up to date,
    and two at the same time wait for each other.
    """
    import asyncio
    from datetime import UTC, datetime

    from iom.adapters.release import prepare
    from iom.adapters.settings import load_settings

    new = asyncio.run(prepare(load_settings().database_url, datetime.now(UTC)))
    print(f"The tables are up to date. New programme versions: {new}.")
