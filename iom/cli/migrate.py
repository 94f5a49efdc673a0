"""`iom migrate`: bring the database's tables up to date. The rules of each step are in the migrations."""


def migrate() -> None:
    """Bring the tables in IOM_DATABASE_URL up to this version.

    Run it once before the new web and worker start; it does nothing when the tables are up to date,
    and two at the same time wait for each other.
    """
    from iom.adapters.database import migrate as migrate_database
    from iom.adapters.settings import load_settings

    migrate_database(load_settings().database_url)
    print("The tables are up to date.")
