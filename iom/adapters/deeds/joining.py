"""Who may sign in: agencies, accounts and tokens, as an administrator makes them. Touches no case."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.passwords import hashed
from iom.adapters.store import accounts, agreements, joining
from iom.adapters.store.rows import insert
from iom.adapters.tables import Account, Agency, ApiToken
from iom.identifiers import read_email_address
from iom.refusals import Refused
from iom.vocabulary import Role

SHORTEST_PASSWORD = 12
TOKEN_BYTES = 32


@dataclass(frozen=True)
class NewAccount:
    """Somebody who is to sign in. ``agency`` is a code or a name; ``manager`` the address of their manager.

    ``password`` is None for somebody who comes by links in e-mails (``by_link``) or by their agency's directory.
    """

    email: str
    name: str
    role: Role
    agency: str
    password: str | None
    manager: str | None = None
    point_of_contact: bool = False
    by_link: bool = False


@dataclass(frozen=True)
class Joined:
    """The account that was made."""

    id: UUID
    email: str
    agency: str


async def add_account(conn: Connection, new: NewAccount, at: datetime) -> Joined:
    """Makes an account, and its agency if that is new.

    Raises Refused with bad_email, name_needed, password_too_short, manager_unknown or account_exists.
    """
    email = read_email_address(new.email)
    if not new.name.strip():
        raise Refused("name_needed", "Give a name: the others on a case see who did what.")
    if new.password is not None and len(new.password) < SHORTEST_PASSWORD:
        raise Refused("password_too_short", f"Give a password of at least {SHORTEST_PASSWORD} characters.")
    agency = await add_agency(conn, new.agency)
    account = Account(
        email=email,
        name=new.name.strip(),
        agency_id=agency.id,
        role=new.role,
        manager_id=await _manager(conn, new.manager),
        password_hash=hashed(new.password) if new.password is not None else None,
        by_link=new.by_link,
        joined_at=at,
    )
    account_id = await joining.insert_account(conn, account)
    if account_id is None:
        raise Refused("account_exists", f"{email} signs in here already. Use another address.")
    if new.point_of_contact:
        await joining.set_point_of_contact(conn, agency.id, account_id)
    return Joined(account_id, email, agency.name)


async def add_agency(conn: Connection, name: str) -> Agency:
    """The agency of this code or name, made if there is none. Raises Refused(agency_needed)."""
    name = " ".join(name.split())
    code = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not code:
        raise Refused("agency_needed", "Give the agency a name with letters in it, such as Probation.")
    known = await joining.agency(conn, code, name)
    if known is None:
        known = Agency(code=code, name=name)
        await insert(conn, known)
        await agreements.begin_provisional(conn, known.id)
    return known


async def make_token(conn: Connection, email: str, at: datetime) -> str:
    """A new bearer token for the account with this address. Only its hash is kept. Raises Refused(account_unknown)."""
    account_id = await accounts.id_of(conn, email.strip())
    if account_id is None:
        raise Refused("account_unknown", f"Nobody signs in here as {email}. Add them first: iom user add.")
    token = f"iom_{secrets.token_urlsafe(TOKEN_BYTES)}"
    await insert(conn, ApiToken(token_hash=accounts.digest(token), account_id=account_id, made_at=at))
    return token


async def _manager(conn: Connection, email: str | None) -> UUID | None:
    if email is None:
        return None
    manager = await accounts.id_of(conn, email.strip())
    if manager is None:
        raise Refused("manager_unknown", f"Nobody signs in here as {email}. Add the manager first.")
    return manager
