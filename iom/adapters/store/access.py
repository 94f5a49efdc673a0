"""Who is known on the scheme, who asked to be let into a case and who was, until when. Decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from iom.access import Actor
from iom.adapters.database import Connection

REQUEST, BREAK_GLASS = "request", "break_glass"


@dataclass(frozen=True)
class Sought:
    """Exactly whom somebody looks for: by full name and date of birth, or by one number in its canonical form."""

    surname: str | None = None
    forenames: str | None = None
    date_of_birth: date | None = None
    pnc_id: str | None = None
    crn: str | None = None
    noms_number: str | None = None


@dataclass(frozen=True)
class Known:
    """That somebody is known on the scheme, and whom to ask. ``surname`` is None where the name stays away."""

    case_id: UUID
    ref: str
    surname: str | None
    forenames: str | None
    lead_agency: str | None
    ask: str | None
    is_restricted: bool
    is_open: bool


@dataclass(frozen=True)
class ToAsk:
    """A case that somebody may ask to be let into; ``is_open`` if they see it already."""

    id: UUID
    is_restricted: bool
    is_open: bool


@dataclass(frozen=True)
class Waiting:
    """A request that somebody has to decide on."""

    id: UUID
    case_id: UUID
    case_ref: str
    account_id: UUID
    name: str
    role: str
    agency: str
    why: str
    asked_at: datetime


@dataclass(frozen=True)
class Asked:
    """One's own request, and what became of it."""

    case_ref: str
    asked_at: datetime
    decision: str | None
    words: str
    until_at: datetime | None


_KNOWN = """
select * from fence.known_on_scheme(
    %(surname)s, %(forenames)s, %(date_of_birth)s, %(pnc_id)s, %(crn)s, %(noms_number)s)
"""

_WAITING = """
select asked.id, asked.case_id, cases.ref as case_ref, asked.account_id, account.name, account.role,
       agency.name as agency, asked.why, asked.asked_at
from access_request asked join cases on cases.id = asked.case_id
join account on account.id = asked.account_id join agency on agency.id = account.agency_id
where asked.decided_at is null and asked.account_id <> %(account)s
  and (exists (select from team_member where case_id = asked.case_id and account_id = %(account)s
               and role in ('lead_professional', 'coordinator'))
       or (%(role)s = 'coordinator' and cases.restricted_at is null))
  and (%(case)s::uuid is null or asked.case_id = %(case)s) and (%(id)s::uuid is null or asked.id = %(id)s)
order by asked.asked_at, asked.id
"""

_MINE = """
select coalesce(fence.asked_ref(case_id), '') as case_ref, asked_at, decision, words, until_at from access_request
where account_id = %s and (decided_at is null or decided_at > %s) order by asked_at desc
"""

_GRANT = """
insert into access_grant
  (id, case_id, account_id, from_at, until_at, why, kind, request_id, granted_by_id, review_words)
values (%(id)s, %(case)s, %(account)s, least(%(now)s, now()), %(until)s, %(why)s, %(kind)s, %(request)s, %(by)s, '')
"""

_GLASS_OVER = """
select max(until_at) as until_at from access_grant
where account_id = %(account)s and kind = 'break_glass' and from_at <= now() and now() < until_at
  and case_id in (select id from cases where ref = %(ref)s union all select case_id from step where id = %(step)s)
"""


async def known(conn: Connection, sought: Sought) -> Sequence[Known]:
    """Open cases of exactly this person, also those that the asker does not see."""
    async with conn.cursor(row_factory=class_row(Known)) as cursor:
        return await (await cursor.execute(_KNOWN, vars(sought))).fetchall()


async def to_ask(conn: Connection, ref: str) -> ToAsk | None:
    """The open case of this reference, for somebody who may ask for it."""
    async with conn.cursor(row_factory=class_row(ToAsk)) as cursor:
        return await (await cursor.execute("select * from fence.case_to_ask(%s)", (ref,))).fetchone()


async def ask(
    conn: Connection, request_id: UUID, case_id: UUID, account_id: UUID, why: str, at: datetime
) -> bool:
    """Writes a request down, unless one of theirs waits already. Returns whether it is new."""
    written = await conn.execute(
        "insert into access_request (id, case_id, account_id, why, asked_at, words) values (%s, %s, %s, %s, %s, '')"
        " on conflict do nothing",
        (request_id, case_id, account_id, why, at),
    )
    return written.rowcount == 1


async def waiting(
    conn: Connection, decider: Actor, case_id: UUID | None = None, request_id: UUID | None = None
) -> Sequence[Waiting]:
    """Requests that this person decides on, the oldest first: all, those for one case, or one."""
    who = {"account": decider.account_id, "role": decider.role}
    async with conn.cursor(row_factory=class_row(Waiting)) as cursor:
        found = await cursor.execute(_WAITING, {**who, "case": case_id, "id": request_id})
        return await found.fetchall()


async def mine(conn: Connection, account_id: UUID, since: datetime) -> Sequence[Asked]:
    """One's own requests that wait, or were decided since then; the newest first."""
    async with conn.cursor(row_factory=class_row(Asked)) as cursor:
        return await (await cursor.execute(_MINE, (account_id, since))).fetchall()


async def decide(
    conn: Connection, asked: UUID, by: UUID, at: datetime, words: str, until: datetime | None
) -> bool:
    """Closes a request: granted until then, or refused. Returns False if somebody else has just done so."""
    decision = "granted" if until else "refused"
    written = await conn.execute(
        "update access_request set decided_at = %s, decided_by_id = %s, decision = %s, words = %s, until_at = %s"
        " where id = %s and decided_at is null",
        (at, by, decision, words, until, asked),
    )
    return written.rowcount == 1


async def let_in(
    conn: Connection,
    grant_id: UUID,
    case_id: UUID,
    account_id: UUID,
    now: datetime,
    until: datetime,
    why: str,
    by: UUID,
    request_id: UUID | None = None,
) -> None:
    """Lets somebody into a case until then: on their request, or by their own hand."""
    kind = REQUEST if request_id else BREAK_GLASS
    values: dict[str, Any] = {
        "id": grant_id,
        "case": case_id,
        "account": account_id,
        "now": now,
        "until": until,
    }
    await conn.execute(_GRANT, {**values, "why": why, "kind": kind, "request": request_id, "by": by})


async def glass_over(
    conn: Connection, account_id: UUID, ref: str | None, step_id: UUID | None
) -> datetime | None:
    """Until when this person has broken the glass over the case of this reference or step, if they have."""
    found = await conn.execute(_GLASS_OVER, {"account": account_id, "ref": ref, "step": step_id})
    row = await found.fetchone()
    return row["until_at"] if row else None


async def restrict(conn: Connection, case_id: UUID, at: datetime | None) -> None:
    """Closes the case to all but its team, or opens it again."""
    await conn.execute("select fence.restrict(%s, %s)", (case_id, at))
