"""An address that an import has met may be given a password later; one that signs in already may not be taken."""

from dataclasses import replace

import pytest

from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.joining import NewAccount, add_account, add_agency
from iom.adapters.passwords import fits
from iom.adapters.store import accounts, imports
from iom.refusals import Refused
from iom.vocabulary import Role
from tests.builders import START

JUNO = NewAccount(
    "juno@probation.example", "Juno", Role.PROBATION_PRACTITIONER, "Probation", "long enough to keep"
)


async def test_an_imported_address_can_be_given_a_password_and_keeps_its_account(pool: Pool) -> None:
    async with transaction(pool) as conn:
        agency = await add_agency(conn, "Probation")
        met = await imports.account_at(conn, JUNO.email, agency.id, Role.LEAD_PROFESSIONAL, START)
        joined = await add_account(conn, JUNO, START)
        kept = await accounts.credentials(conn, JUNO.email)
    assert joined.id == met
    assert kept is not None
    assert await fits(JUNO.password or "", kept.password_hash)


async def test_an_address_that_signs_in_is_not_taken(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await add_account(conn, JUNO, START)
        with pytest.raises(Refused) as refused:
            await add_account(conn, JUNO, START)
    assert refused.value.code == "account_exists"


async def test_an_address_that_signs_in_by_link_is_not_taken_either(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await add_account(conn, replace(JUNO, password=None, by_link=True), START)
        with pytest.raises(Refused) as refused:
            await add_account(conn, JUNO, START)
    assert refused.value.code == "account_exists"
