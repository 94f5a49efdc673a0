"""Tries at passwords, codes and links, counted in the record so that several web processes count together.

A try is written before it is made and counts as failed until it succeeds: guesses sent at once are each counted.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Any

from iom.adapters.database import Connection
from iom.calendar import LONDON
from iom.patience import PER_HOUR, REMEMBERED, Patience
from iom.refusals import Refused

ONE_AT_A_TIME = 7_235_002
"""Advisory lock: tries from one address are counted one after the other."""


class TryKind(StrEnum):
    """What was tried. Each is counted by itself."""

    PASSWORD = "password"  # noqa: S105 - a kind of try, no secret
    CODE = "code"
    LINK = "link"


@dataclass(frozen=True)
class Trying:
    """Who tries what: ``email`` as typed, known here or not, and the address it comes from."""

    kind: TryKind
    email: str
    address: str

    @property
    def account_key(self) -> bytes:
        """What stands for the account: the same for every spelling of its address."""
        return hashlib.sha256(self.email.strip().lower().encode()).digest()

    @property
    def network(self) -> str:
        """The address; of an IPv6 address the /64, which one household or office holds whole."""
        try:
            if ip_address(self.address).version == 6:
                return str(ip_network(f"{self.address}/64", strict=False))
        except ValueError:
            pass
        return self.address


async def begin(conn: Connection, trying: Trying, patience: Patience, at: datetime) -> int:
    """Writes a try down and gives its number, for ``succeeded``. Raises Refused(too_many_tries), saying until when.

    Nobody is locked out by somebody else: what counts is the account and the address together, then the address alone.
    """
    facts = {
        "lock": ONE_AT_A_TIME,
        "kind": trying.kind,
        "account": trying.account_key,
        "address": trying.network,
        "at": at,
        "remembered": at - REMEMBERED,
        "hour": at - PER_HOUR,
    }
    await conn.execute("select pg_advisory_xact_lock(%(lock)s, hashtext(%(address)s))", facts)
    row = await (await conn.execute(_FAILURES, facts)).fetchone()
    assert row is not None, "an aggregate has a row"
    if (again := _again_at(row, trying, patience)) and again > at:
        raise Refused("too_many_tries", _too_many(at, again))
    written = await (await conn.execute(_WRITE, facts)).fetchone()
    assert written is not None, "what is inserted is returned"
    return int(written["id"])


async def succeeded(conn: Connection, number: int, at: datetime) -> None:
    """That try was right."""
    await conn.execute("update sign_in_try set succeeded_at = %s where id = %s", (at, number))


async def forgive(conn: Connection, trying: Trying, at: datetime) -> None:
    """Every earlier try of this kind was theirs after all."""
    await conn.execute(
        "update sign_in_try set succeeded_at = %s where address = %s and account_key = %s and kind = %s"
        " and succeeded_at is null",
        (at, trying.network, trying.account_key, trying.kind),
    )


_FAILURES = """
with here as (
    select id, at, succeeded_at, kind, account_key from sign_in_try
    where address = %(address)s and at > %(remembered)s
), pair as (
    select id, at, succeeded_at from here where account_key = %(account)s and kind = %(kind)s
)
select
    (select count(*) from pair where succeeded_at is null
       and id > coalesce((select max(id) from pair where succeeded_at is not null), 0)) as pair_failures,
    (select max(at) from pair where succeeded_at is null) as pair_last,
    (select count(*) from here where succeeded_at is null and at > %(hour)s) as address_failures,
    (select min(at) from here where succeeded_at is null and at > %(hour)s) as address_first,
    (select count(*) from sign_in_try where account_key = %(account)s and kind = %(kind)s and at > %(hour)s
       and succeeded_at is null) as account_failures,
    (select min(at) from sign_in_try where account_key = %(account)s and kind = %(kind)s and at > %(hour)s
       and succeeded_at is null) as account_first
"""

_WRITE = """
insert into sign_in_try (at, kind, account_key, address) values (%(at)s, %(kind)s, %(account)s, %(address)s)
returning id
"""


def _again_at(row: dict[str, Any], trying: Trying, patience: Patience) -> datetime | None:
    until: list[datetime | None] = [patience.again_at(row["pair_failures"], row["pair_last"])]
    if row["address_failures"] >= patience.of_address:
        until.append(row["address_first"] + PER_HOUR)
    if trying.kind is TryKind.CODE and row["account_failures"] >= patience.of_account:
        until.append(row["account_first"] + PER_HOUR)
    return max(filter(None, until), default=None)


def _too_many(at: datetime, again: datetime) -> str:
    minutes = max(1, -(-int((again - at).total_seconds()) // 60))
    clock = (again + timedelta(seconds=59)).astimezone(LONDON)
    return (
        f"There were too many wrong tries from where you are. Try again in {minutes} "
        f"minute{'s' if minutes > 1 else ''}, from {clock:%H:%M} on."
    )
