"""Whose account it is when a directory says who somebody is. Makes none: joiners come by administrators."""

from datetime import datetime
from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.directory import Told
from iom.adapters.directory_settings import Directory
from iom.adapters.store import accounts, sessions
from iom.adapters.store import directory as rows
from iom.adapters.store.staff_accounts import note
from iom.refusals import Refused


async def account_of(conn: Connection, directory: Directory, told: Told, at: datetime) -> UUID:
    """The account: by what the directory calls its person, or the first time by an address it vouches for.

    Raises Refused(directory_account_unknown) that says whom to ask.
    """
    linked = await rows.linked(conn, told.issuer, told.subject, directory.agency)
    if linked is not None:
        return linked
    if told.email.isascii() and told.email:
        first = await rows.link(conn, told.issuer, told.subject, told.email, directory.agency, at)
        if first is not None:
            await note(conn, first, None, "directory_linked", at, directory.code)
            return first
    agency = await rows.agency_name(conn, directory.agency)
    raise Refused("directory_account_unknown", _whom_to_ask(directory.name, told, agency))


async def unlink(conn: Connection, email: str, at: datetime) -> int:
    """Forgets who in any directory this account is and ends its sessions: the next sign-in goes by address again.

    Returns in how many directories it was somebody. Raises Refused(account_unknown).
    """
    account_id = await accounts.id_of(conn, email.strip())
    if account_id is None:
        raise Refused("account_unknown", f"Nobody signs in here as {email}. Check the address.")
    were = await rows.unlink(conn, account_id)
    await sessions.end_all(conn, account_id, at)
    await note(conn, account_id, None, "directory_unlinked", at)
    return were


def _whom_to_ask(name: str, told: Told, agency: str) -> str:
    who = f"{told.name} ({told.email})" if told.name and told.email else told.email or told.name or "somebody"
    return (
        f"{name} says that you are {who}, and no account of {agency} here is yours. Ask {agency}’s point of contact "
        "for this service to add you with the e-mail address you have there, or to correct it."
    )
