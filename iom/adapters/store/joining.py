"""Writing who may sign in: accounts and agencies. Reading them at sign-in is ``accounts``."""

from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.store.rows import insert_new
from iom.adapters.tables import Account, Agency


async def insert_account(conn: Connection, account: Account) -> bool:
    """Writes the account; False if its address is taken."""
    return await insert_new(conn, [account], unique="email") == 1


async def agency(conn: Connection, code: str, name: str) -> Agency | None:
    """The agency of this code or, in whatever case, this name."""
    found = await conn.execute(
        "select id, code, name, point_of_contact_id from agency where code = %s or lower(name) = lower(%s)"
        " order by code = %s desc limit 1",
        (code, name, code),
    )
    row = await found.fetchone()
    return Agency(**row) if row else None


async def set_point_of_contact(conn: Connection, agency_id: UUID, account_id: UUID) -> None:
    """Names who hears when the agency's people do not answer."""
    await conn.execute("update agency set point_of_contact_id = %s where id = %s", (account_id, agency_id))
