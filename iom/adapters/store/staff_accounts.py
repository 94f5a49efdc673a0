"""Accounts as those who keep them see them: who may sign in, and what was done to them. No passwords."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.store.at_door import STANDING, standing_of
from iom.adapters.store.rows import insert
from iom.adapters.tables import StaffChange
from iom.standing import Lock, Standing, Terms
from iom.vocabulary import Role


@dataclass(frozen=True)
class StaffAccount:
    """One account. ``tokens`` is how many keys to the API it has that open something."""

    id: UUID
    email: str
    name: str
    role: Role
    agency_id: UUID
    agency: str
    by_link: bool
    has_password: bool
    has_factor: bool
    left_at: datetime | None
    is_contact: bool
    tokens: int
    standing: Standing

    def lock(self, terms: Terms, now: datetime) -> Lock | None:
        """Why it is locked, if it is."""
        return self.standing.lock(terms, now)

    def is_due(self, terms: Terms, now: datetime) -> bool:
        """Whether its agency has to say again that it is needed."""
        return self.left_at is None and now >= self.standing.recertify_by(terms)


_READ = f"""
select account.id, account.email, account.name, account.role, account.agency_id, agency.name as agency,
       account.by_link, account.password_hash is not null as has_password,
       exists (select from second_factor where second_factor.account_id = account.id) as has_factor,
       account.left_at, agency.point_of_contact_id is not distinct from account.id as is_contact,
       (select count(*) from api_token where api_token.account_id = account.id and revoked_at is null) as tokens,
       {STANDING}
from account join agency on agency.id = account.agency_id
"""


async def listed(conn: Connection, agency_id: UUID | None) -> Sequence[StaffAccount]:
    """Everybody of one agency, or of all; those who left come last."""
    found = await conn.execute(
        f"{_READ} where %(agency)s::uuid is null or account.agency_id = %(agency)s"
        " order by account.left_at is not null, agency.name, account.name, account.email",
        {"agency": agency_id},
    )
    return [_account(row) for row in await found.fetchall() if row["role"] in set(Role)]


async def one(conn: Connection, account_id: UUID) -> StaffAccount | None:
    """One account, left or not."""
    row = await (await conn.execute(f"{_READ} where account.id = %s", (account_id,))).fetchone()
    return _account(row) if row and row["role"] in set(Role) else None


def _account(row: dict[str, Any]) -> StaffAccount:
    moments = ("joined_at", "recertified_at", "unlocked_at", "signed_in_at")
    rest = {name: value for name, value in row.items() if name not in moments}
    return StaffAccount(**rest | {"role": Role(row["role"]), "standing": standing_of(row)})


@dataclass(frozen=True)
class AgencyRow:
    """An agency, how many sign in, and who answers for it."""

    id: UUID
    code: str
    name: str
    people: int
    contact: str | None


async def agencies(conn: Connection) -> Sequence[AgencyRow]:
    """Every agency, by name."""
    return [AgencyRow(**row) for row in await (await conn.execute(_AGENCIES)).fetchall()]


_AGENCIES = """
select agency.id, agency.code, agency.name, contact.email as contact,
       (select count(*) from account where account.agency_id = agency.id and account.left_at is null) as people
from agency left join account contact on contact.id = agency.point_of_contact_id order by agency.name
"""


async def contact_of(conn: Connection, agency_id: UUID) -> UUID | None:
    """Who answers for the agency."""
    row = await (
        await conn.execute("select point_of_contact_id from agency where id = %s", (agency_id,))
    ).fetchone()
    return row["point_of_contact_id"] if row else None


async def note(
    conn: Connection, account_id: UUID, by_id: UUID | None, change: str, at: datetime, said: str = ""
) -> None:
    """Leaves what was done to an account on record."""
    await insert(conn, StaffChange(at=at, account_id=account_id, by_id=by_id, change=change, said=said))


@dataclass(frozen=True)
class Change:
    """Something done to an account; ``by_name`` is None if it was done by command."""

    at: datetime
    change: str
    said: str
    by_name: str | None


async def changes(conn: Connection, account_id: UUID) -> Sequence[Change]:
    """What was done to an account, newest first."""
    return [Change(**row) for row in await (await conn.execute(_CHANGES, (account_id,))).fetchall()]


_CHANGES = """
select staff_change.at, change, said, account.name as by_name
from staff_change left join account on account.id = staff_change.by_id
where staff_change.account_id = %s order by staff_change.id desc limit 100
"""


async def set_role(conn: Connection, account_id: UUID, role: Role, agency_id: UUID) -> None:
    """What they are and where they work from now on."""
    await conn.execute(
        "update account set role = %s, agency_id = %s where id = %s", (role, agency_id, account_id)
    )


async def set_left(conn: Connection, account_id: UUID, at: datetime) -> None:
    """They sign in no more, and answer for no agency."""
    await conn.execute("update account set left_at = %s where id = %s", (at, account_id))
    await conn.execute(
        "update agency set point_of_contact_id = null where point_of_contact_id = %s", (account_id,)
    )


async def set_vouched(conn: Connection, account_id: UUID, by_id: UUID | None, at: datetime) -> None:
    """Their agency says that they still need the account."""
    await conn.execute(
        "update account set recertified_at = %s, recertified_by_id = %s where id = %s",
        (at, by_id, account_id),
    )


async def set_unlocked(conn: Connection, account_id: UUID, at: datetime) -> None:
    """The time without signing in counts anew from here."""
    await conn.execute("update account set unlocked_at = %s where id = %s", (at, account_id))


async def set_password(conn: Connection, account_id: UUID, password_hash: str) -> None:
    """Another password."""
    await conn.execute("update account set password_hash = %s where id = %s", (password_hash, account_id))


async def revoke_tokens(conn: Connection, account_id: UUID, at: datetime) -> int:
    """Every key to the API they have opens nothing any more; how many."""
    revoked = await conn.execute(
        "update api_token set revoked_at = %s where account_id = %s and revoked_at is null", (at, account_id)
    )
    return revoked.rowcount


@dataclass(frozen=True)
class TokenRow:
    """A key to the API, by the first letters of its hash: the key itself is not kept."""

    name: str
    email: str
    made_at: datetime
    revoked_at: datetime | None


async def tokens(conn: Connection) -> Sequence[TokenRow]:
    """Every key to the API, newest first."""
    return [TokenRow(**row) for row in await (await conn.execute(_TOKENS)).fetchall()]


_TOKENS = """
select left(encode(token_hash, 'hex'), 8) as name, email, made_at, revoked_at
from api_token join account on account.id = account_id order by made_at desc, token_hash
"""


async def revoke_token(conn: Connection, name: str, at: datetime) -> int:
    """Revokes the key of this name; how many that were."""
    revoked = await conn.execute(
        "update api_token set revoked_at = %s where left(encode(token_hash, 'hex'), 8) = %s and revoked_at is null",
        (at, name),
    )
    return revoked.rowcount
