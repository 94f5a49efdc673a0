"""The record of looks as reviewers read it: search, one account's looks, what is unusual, and exports. Adds no row."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from iom.access import EVERYWHERE
from iom.adapters.database import Connection
from iom.adapters.tables.trail import SHOWN


class Unusual(StrEnum):
    """Why a look is shown to a reviewer (domain.md §5.2). None of them is a fault in itself."""

    HOURS = "hours"
    NAMESAKE = "namesake"
    BREAK_GLASS = "break_glass"
    NOT_OWN = "not_own"


@dataclass(frozen=True)
class Wanted:
    """Which looks to read; None asks for no such filter. From ``since``, before ``until``; about ``case_ref``.

    ``early`` and ``late`` are the hours of London that bound a working day, for ``Unusual.HOURS``.
    """

    since: datetime | None = None
    until: datetime | None = None
    account_id: UUID | None = None
    case_ref: str | None = None
    action: str | None = None
    channel: str | None = None
    terms: str | None = None
    unusual: Unusual | None = None
    early: int = 0
    late: int = 24


@dataclass(frozen=True)
class Logged:
    """One look. ``case_ref`` is the case it was at, if it was at one; a list's are in ``object``."""

    id: int
    at: datetime
    account_id: UUID | None
    name: str | None
    email: str | None
    role: str | None
    agency: str | None
    action: str
    case_ref: str | None
    object: str
    purpose: str
    terms: str | None
    justification: str | None
    recipient: str | None
    channel: str
    address: str
    session_id: UUID | None
    lane: int
    place: int
    hash: bytes


@dataclass(frozen=True)
class Busy:
    """An hour in which one account was at many cases. ``hour`` is when it began."""

    hour: datetime
    account_id: UUID
    name: str
    cases: int


@dataclass(frozen=True)
class Whose:
    """Whose looks they are."""

    id: UUID
    name: str
    email: str
    agency: str


_ABOUT = f"""(audit.case_id = (select fence.case_named(%(case_ref)s))
              or (audit.object like 'cases:%%' and {SHOWN.replace("object", "audit.object")} @> array[%(case_ref)s]))"""

_CLOCK = "audit.at at time zone 'Europe/London'"

_FILTERS = {
    "since": "audit.at >= %(since)s",
    "until": "audit.at < %(until)s",
    "account_id": "audit.account_id = %(account_id)s",
    "case_ref": _ABOUT,
    "action": "audit.action = %(action)s",
    "channel": "audit.channel = %(channel)s",
    "terms": "strpos(lower(audit.terms), lower(%(terms)s)) > 0",
}

_UNUSUAL = {
    Unusual.HOURS: f"""audit.account_id is not null and (extract(isodow from {_CLOCK}) > 5
        or extract(hour from {_CLOCK}) < %(early)s or extract(hour from {_CLOCK}) >= %(late)s)""",
    Unusual.NAMESAKE: "(audit.case_id, audit.account_id) in (select case_id, account_id from fence.namesakes())",
    Unusual.BREAK_GLASS: "audit.purpose = 'break_glass'",
    Unusual.NOT_OWN: """audit.case_id is not null and audit.role <> all(%(everywhere)s)
        and (audit.case_id, audit.account_id) not in (select case_id, account_id from fence.teams())""",
}

_READ = """
select audit.id, audit.at, audit.account_id, account.name, account.email, audit.role, agency.name as agency,
       audit.action, fence.case_ref(audit.case_id) as case_ref, audit.object, audit.purpose, audit.terms,
       audit.justification, audit.recipient, audit.channel, audit.address, audit.session_id,
       audit.lane, audit.place, audit.hash
from (select * from audit where {filters} order by id {order} {limit}) audit
left join account on account.id = audit.account_id left join agency on agency.id = audit.agency_id
order by audit.id {order}
"""

_BUSY = """
select busy.hour, busy.account_id, account.name, busy.cases
from (
    select date_trunc('hour', at) as hour, account_id, count(distinct case_id) as cases
    from audit where at >= %(since)s and case_id is not null and account_id is not null
    group by 1, 2 having count(distinct case_id) >= %(most)s
) busy join account on account.id = busy.account_id
where %(hour)s::timestamptz is null or (busy.hour, busy.account_id) < (%(hour)s, %(account)s)
order by busy.hour desc, busy.account_id desc limit %(limit)s
"""


async def newest(conn: Connection, wanted: Wanted, limit: int, before: int | None = None) -> Sequence[Logged]:
    """Looks, the newest first, from behind the one whose id is ``before``."""
    filters, values = _filters(wanted)
    if before is not None:
        filters.append("audit.id < %(before)s")
    statement = _READ.format(filters=" and ".join(filters), order="desc", limit="limit %(limit)s")
    async with conn.cursor(row_factory=class_row(Logged)) as cursor:
        found = await cursor.execute(statement, values | {"before": before, "limit": limit})
        return await found.fetchall()


async def all_of(conn: Connection, wanted: Wanted, at_once: int = 2000) -> AsyncGenerator[Logged, None]:
    """Every look wanted, the oldest first, so many in memory at a time."""
    filters, values = _filters(wanted)
    statement = _READ.format(filters=" and ".join(filters), order="asc", limit="")
    async with conn.cursor("export", row_factory=class_row(Logged)) as cursor:
        await cursor.execute(statement, values)
        while rows := await cursor.fetchmany(at_once):
            for row in rows:
                yield row


async def busiest(
    conn: Connection,
    since: datetime,
    most: int,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
) -> Sequence[Busy]:
    """Hours since then in which somebody was at ``most`` cases or more, the latest first."""
    hour, account = before or (None, None)
    values = {"since": since, "most": most, "limit": limit, "hour": hour, "account": account}
    async with conn.cursor(row_factory=class_row(Busy)) as cursor:
        return await (await cursor.execute(_BUSY, values)).fetchall()


async def whose(conn: Connection, account_id: UUID) -> Whose | None:
    """The account of this id, be it that of somebody who has left."""
    statement = """
        select account.id, account.name, account.email, agency.name as agency
        from account join agency on agency.id = account.agency_id where account.id = %s
    """
    async with conn.cursor(row_factory=class_row(Whose)) as cursor:
        return await (await cursor.execute(statement, (account_id,))).fetchone()


async def account_named(conn: Connection, email: str) -> UUID | None:
    """The account with this address, be it that of somebody who has left."""
    found = await conn.execute("select id from account where email = lower(%s)", (email,))
    row = await found.fetchone()
    return row["id"] if row else None


def _filters(wanted: Wanted) -> tuple[list[str], dict[str, Any]]:
    asked = {name: value for name, value in asdict(wanted).items() if name in _FILTERS and value is not None}
    filters = [_FILTERS[name] for name in asked]
    if wanted.unusual is not None:
        filters.append(_UNUSUAL[wanted.unusual])
    bounds = {"early": wanted.early, "late": wanted.late, "everywhere": [str(role) for role in EVERYWHERE]}
    return filters or ["true"], asked | bounds
