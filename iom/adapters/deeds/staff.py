"""Joiners, movers and leavers: what administrators do to every account, and points of contact to their agency's.

Runs at the door or by command, never as ``iom_app``: nobody who works on cases can change who they are.
"""

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from iom.access import ALLOWED, EVERYWHERE, Actor, Deed
from iom.adapters.database import Connection
from iom.adapters.deeds import joining
from iom.adapters.deeds.joining import SHORTEST_PASSWORD, Joined, NewAccount
from iom.adapters.passwords import hashed
from iom.adapters.store import accounts, second_factors, sessions
from iom.adapters.store import joining as joining_rows
from iom.adapters.store import staff_accounts as rows
from iom.adapters.store.staff_accounts import StaffAccount
from iom.refusals import Refused
from iom.standing import Terms
from iom.vocabulary import Role

GIVEN_BY_CONTACTS = frozenset(Role) - EVERYWHERE - {Role.ADMINISTRATOR, Role.AUDITOR}
"""Roles that reach no further than their own cases; only an administrator gives the others."""


@dataclass(frozen=True)
class Keeper:
    """Somebody who keeps accounts: of one agency, or of all. ``account_id`` is None for a command."""

    account_id: UUID | None = None
    agency_id: UUID | None = None

    def gives(self, role: Role) -> bool:
        """Whether they may make somebody this."""
        return self.agency_id is None or role in GIVEN_BY_CONTACTS


COMMAND = Keeper()
"""Whoever can reach the database with a command keeps every account."""


async def reach_of(conn: Connection, actor: Actor) -> Keeper | None:
    """Whose accounts this person keeps, if anybody's."""
    if actor.role in ALLOWED[Deed.MANAGE_ACCOUNTS]:
        return Keeper(actor.account_id)
    if await rows.contact_of(conn, actor.agency_id) == actor.account_id:
        return Keeper(actor.account_id, actor.agency_id)
    return None


def new_password() -> str:
    """One to hand over: 20 letters nobody chose."""
    return secrets.token_urlsafe(15)


async def join(conn: Connection, keeper: Keeper, new: NewAccount, at: datetime) -> Joined:
    """Lets somebody sign in. Raises Refused as ``joining.add_account`` does, or not_allowed."""
    _check_gives(keeper, new.role)
    if keeper.agency_id is not None:
        own = await _own_agency(conn, keeper)
        known = await accounts.id_of(conn, new.email.strip())
        there = await rows.one(conn, known) if known else None
        if there and there.agency_id != keeper.agency_id:
            raise Refused("account_exists", f"{there.email} signs in here already. Use another address.")
        new = replace(new, agency=own, point_of_contact=False)
    joined = await joining.add_account(conn, new, at)
    await rows.note(conn, joined.id, keeper.account_id, "joined", at, new.role)
    return joined


async def move(
    conn: Connection, keeper: Keeper, account_id: UUID, role: Role, agency: str | None, at: datetime
) -> None:
    """Another role, or another agency. Ends every session: what they open next is what they may see now.

    Only an administrator moves somebody to another agency. Raises Refused with account_not_found or not_allowed.
    """
    account = await _kept(conn, keeper, account_id)
    _check_gives(keeper, account.role)
    _check_gives(keeper, role)
    agency_id = account.agency_id
    if agency and keeper.agency_id is None:
        agency_id = (await joining.add_agency(conn, agency)).id
    await rows.set_role(conn, account_id, role, agency_id)
    await sessions.end_all(conn, account_id, at)
    if agency_id != account.agency_id:
        await rows.revoke_tokens(conn, account_id, at)
    await rows.note(conn, account_id, keeper.account_id, "moved", at, f"{account.role} to {role}")


async def leave(conn: Connection, keeper: Keeper, account_id: UUID, at: datetime) -> None:
    """Ends everything they could sign in with. What they did stays in the record. Raises Refused(account_not_found)."""
    await _kept(conn, keeper, account_id)
    if account_id == keeper.account_id:
        raise Refused("not_your_own", "Somebody else has to take you off: ask an administrator.")
    await rows.set_left(conn, account_id, at)
    await sessions.end_all(conn, account_id, at)
    await rows.revoke_tokens(conn, account_id, at)
    await second_factors.remove(conn, account_id)
    await rows.note(conn, account_id, keeper.account_id, "left", at)


async def recertify(conn: Connection, keeper: Keeper, account_id: UUID, at: datetime) -> None:
    """Says that somebody still needs their account (domain.md §5.10). Nobody says it of themselves.

    Raises Refused with account_not_found or not_your_own.
    """
    await _kept(conn, keeper, account_id)
    if account_id == keeper.account_id:
        raise Refused("not_your_own", "Somebody else has to recertify you: ask an administrator.")
    await rows.set_vouched(conn, account_id, keeper.account_id, at)
    await rows.note(conn, account_id, keeper.account_id, "recertified", at)


async def unlock(conn: Connection, keeper: Keeper, account_id: UUID, at: datetime) -> None:
    """Lets somebody in again who was locked, and recertifies them. Raises as ``recertify`` does."""
    await recertify(conn, keeper, account_id, at)
    await rows.set_unlocked(conn, account_id, at)
    await rows.note(conn, account_id, keeper.account_id, "unlocked", at)


async def reset_factor(conn: Connection, keeper: Keeper, account_id: UUID, at: datetime) -> None:
    """For a lost phone: at the next sign-in a new app is set up. Raises Refused(account_not_found) or not_allowed."""
    _check_gives(keeper, (await _kept(conn, keeper, account_id)).role)
    await second_factors.remove(conn, account_id)
    await sessions.end_all(conn, account_id, at)
    await rows.note(conn, account_id, keeper.account_id, "factor_reset", at)


async def set_password(
    conn: Connection, keeper: Keeper, account_id: UUID, password: str, at: datetime
) -> None:
    """Another password, to be handed over. Raises Refused with account_not_found, not_allowed or password_too_short."""
    _check_gives(keeper, (await _kept(conn, keeper, account_id)).role)
    await _set_password(conn, account_id, password)
    await sessions.end_all(conn, account_id, at)
    await rows.note(conn, account_id, keeper.account_id, "password_set", at)


async def end_sessions(conn: Connection, keeper: Keeper, account_id: UUID, at: datetime) -> None:
    """Signs somebody out everywhere. Raises Refused(account_not_found)."""
    await _kept(conn, keeper, account_id)
    await sessions.end_all(conn, account_id, at)
    await rows.note(conn, account_id, keeper.account_id, "sessions_ended", at)


async def change_own_password(
    conn: Connection, actor: Actor, password: str, here: UUID, at: datetime
) -> None:
    """Their own; every session but ``here`` ends. Raises Refused(password_too_short)."""
    await _set_password(conn, actor.account_id, password)
    for session in await sessions.listed(conn, actor.account_id, at):
        if session.id != here:
            await sessions.end(conn, session.id, actor.account_id, at)
    await rows.note(conn, actor.account_id, actor.account_id, "password_set", at)


async def account_at(conn: Connection, email: str) -> UUID:
    """The account with this address. Raises Refused(account_unknown)."""
    account_id = await accounts.id_of(conn, email.strip())
    if account_id is None:
        raise Refused("account_unknown", f"Nobody signs in here as {email}. See who does: iom user list.")
    return account_id


async def name_contact(conn: Connection, agency: str, email: str, at: datetime) -> str:
    """Names who answers for an agency; gives the agency's name. Raises Refused: agency_unknown, account_unknown."""
    account = await rows.one(conn, await account_at(conn, email))
    for known in await rows.agencies(conn):
        if account and known.id == account.agency_id and agency.lower() in (known.code, known.name.lower()):
            await joining_rows.set_point_of_contact(conn, known.id, account.id)
            await rows.note(conn, account.id, None, "named_contact", at)
            return known.name
    raise Refused(
        "agency_unknown", f"{email} does not work for {agency}. See both: iom user list, iom agency list."
    )


async def told(conn: Connection, email: str | None, terms: Terms, at: datetime) -> list[dict[str, Any]]:
    """Accounts as a command tells of them: the one at this address, else all. Raises Refused(account_unknown)."""
    if email is None:
        return [_told(account, terms, at) for account in await rows.listed(conn, None)]
    account = await rows.one(conn, await account_at(conn, email))
    assert account is not None, "it has just been found"
    changes = [asdict(change) for change in await rows.changes(conn, account.id)]
    return [_told(account, terms, at) | {"changes": changes}]


def _told(account: StaffAccount, terms: Terms, at: datetime) -> dict[str, Any]:
    lock = account.lock(terms, at)
    return {
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "agency": account.agency,
        "point_of_contact": account.is_contact,
        "state": "left" if account.left_at else lock or "active",
        "due": account.is_due(terms, at),
        "by_link": account.by_link,
        "has_password": account.has_password,
        "has_second_factor": account.has_factor,
        "tokens": account.tokens,
        "signed_in_at": account.standing.signed_in_at,
        "recertify_by": account.standing.recertify_by(terms),
    }


async def _set_password(conn: Connection, account_id: UUID, password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Refused("password_too_short", f"Give a password of at least {SHORTEST_PASSWORD} characters.")
    await rows.set_password(conn, account_id, hashed(password))


async def _kept(conn: Connection, keeper: Keeper, account_id: UUID) -> StaffAccount:
    account = await rows.one(conn, account_id)
    if account is None or account.left_at or keeper.agency_id not in (None, account.agency_id):
        raise Refused("account_not_found", "There is no such account among those you keep.")
    return account


def _check_gives(keeper: Keeper, role: Role) -> None:
    if not keeper.gives(role):
        raise Refused("not_allowed", "Only an administrator does this for somebody of that role. Ask one.")


async def _own_agency(conn: Connection, keeper: Keeper) -> str:
    return next(agency.code for agency in await rows.agencies(conn) if agency.id == keeper.agency_id)
