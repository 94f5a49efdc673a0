"""Writing who may sign in: accounts and agencies. Reading them at sign-in is ``accounts``."""

from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.store.rows import insert_new
from iom.adapters.tables import Account, Agency


async def insert_account(conn: Connection, account: Account) -> UUID | None:
    """Writes the account and gives its id; None if its address is taken by somebody who can sign in.

    An account that an import made for an address has no way to sign in: that one becomes this, and keeps its cases.
    """
    if await insert_new(conn, [account], unique="email") == 1:
        return account.id
    found = await conn.execute(_TAKE_OVER, account.model_dump())
    row = await found.fetchone()
    return UUID(str(row["id"])) if row else None


_TAKE_OVER = """
update account set name = %(name)s, agency_id = %(agency_id)s, role = %(role)s, manager_id = %(manager_id)s,
       password_hash = %(password_hash)s, by_link = %(by_link)s, joined_at = %(joined_at)s
where email = %(email)s and password_hash is null and not by_link and left_at is null
  and not exists (select from session where session.account_id = account.id)
returning id
"""


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
