"""Whose password it is, with guesses counted. Takes as long for an address nobody has."""

from datetime import datetime
from uuid import UUID

from iom.adapters.database import Pool, transaction
from iom.adapters.passwords import fits
from iom.adapters.settings import Settings
from iom.adapters.sign_in_rules import patience
from iom.adapters.store import accounts, tries
from iom.adapters.store.tries import Trying, TryKind


async def owner_of(
    door: Pool, settings: Settings, email: str, password: str, address: str, at: datetime
) -> UUID | None:
    """The account with this address and password. Raises Refused(too_many_tries).

    No connection is held while the password is checked: that is slow on purpose.
    """
    trying = Trying(TryKind.PASSWORD, email, address)
    async with transaction(door) as conn:
        number = await tries.begin(conn, trying, patience(settings), at)
        known = await accounts.credentials(conn, email)
    if not await fits(password, known.password_hash if known else None):
        return None
    assert known is not None, "nothing fits an unknown account"
    async with transaction(door) as conn:
        await tries.succeeded(conn, number, at)
    return known.account_id
