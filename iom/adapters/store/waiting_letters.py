"""The letters that wait to be sent, and what became of each. Sends nothing and decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from iom.adapters.database import Connection
from iom.adapters.letters.render import LetterKind
from iom.adapters.store import events
from iom.events import Entry, EventKind
from iom.vocabulary import Role

_CLAIM = """
update letter set claimed_at = %(now)s, attempts = attempts + 1 where id = (
    select id from letter
    where not in_digest and sent_at is null and refused_at is null and unknown_at is null and withdrawn_at is null
      and claimed_at is null and (not_before is null or not_before <= %(now)s)
    order by written_at, id limit 1 for update skip locked
) returning id
"""

_ABANDONED = """
update letter set unknown_at = %(now)s, last_error = 'not_recorded'
where id in (
    select id from letter
    where not in_digest and sent_at is null and refused_at is null and unknown_at is null and withdrawn_at is null
      and claimed_at < %(before)s
    for update skip locked
) returning id
"""

_READ = """
select letter.id, letter.key, letter.kind, letter.account_id, letter.step_id, letter.attempts,
       account.email, account.left_at is not null as reader_left, mail_block.since is not null as address_blocked,
       cases.ref as case_ref, step.due_at, step.dating, step.paused_at is not null as step_paused,
       step.closed_at is not null as step_closed, link.until as link_until, link.used_at is not null as link_used
from letter join account on account.id = letter.account_id
left join mail_block on mail_block.account_id = letter.account_id
left join cases on cases.id = letter.case_id
left join step on step.id = letter.step_id
left join sign_in_link link
  on link.id = case letter.kind when 'sign_in_link' then split_part(letter.key, '/', 2)::uuid end
where letter.id = %s
"""

_CASES = """
select distinct case_id from letter where case_id is not null and (id = %(letter)s or digest_id = %(letter)s)
"""

_DISCLOSE = """
insert into audit (at, action, case_id, object, purpose, recipient, channel, address)
select %(now)s, 'disclose', letter.case_id,
       case when letter.case_id is null then 'cases:' || about.refs else 'letter:' || letter.id end,
       letter.kind, 'account:' || letter.account_id, 'mail', ''
from letter, lateral (
    select string_agg(distinct cases.ref, ',') as refs from letter entry join cases on cases.id = entry.case_id
    where entry.id = letter.id or entry.digest_id = letter.id
) about
where letter.id = %(letter)s and about.refs is not null
"""

_TELL = """
with informed as (
    select member.account_id, member.case_id from team_member member
    where member.case_id = any(%(cases)s) and member.role = %(coordinator)s
), others as (
    select account.id as account_id, (%(cases)s::uuid[])[1] as case_id from account
    where account.role = %(coordinator)s
), readers as (
    select * from informed where account_id <> %(account)s
    union all
    select * from others where account_id <> %(account)s
        and not exists (select from informed where account_id <> %(account)s)
)
insert into letter (id, key, kind, account_id, case_id, moment, written_at, in_digest, attempts)
select distinct on (account_id) gen_random_uuid(), %(kind)s || '/' || %(letter)s || '/' || account_id, %(kind)s,
       account_id, case_id, %(now)s, %(now)s, false, 0
from readers join account on account.id = account_id
where account.left_at is null
order by account_id, case_id
on conflict (key) do nothing
"""


@dataclass(frozen=True)
class WaitingLetter:
    """A claimed letter with all that decides about it, as the record stands now. ``due_at`` is the step's.

    ``link_until`` is when the link it brings closes, if it brings one that signs in.
    """

    id: UUID
    key: str
    kind: str
    account_id: UUID
    step_id: UUID | None
    attempts: int
    email: str
    reader_left: bool
    address_blocked: bool
    case_ref: str | None
    due_at: datetime | None
    dating: int | None
    step_paused: bool
    step_closed: bool
    link_until: datetime | None
    link_used: bool


async def claim(conn: Connection, now: datetime) -> UUID | None:
    """Takes the letter that has waited longest, so that no other worker does. None if none waits.

    Commit before sending: a crash then leaves a claimed letter without an outcome, and that is never sent again.
    """
    row = await (await conn.execute(_CLAIM, {"now": now})).fetchone()
    return row["id"] if row else None


async def read(conn: Connection, letter: UUID) -> WaitingLetter:
    """The letter as the record stands at this moment."""
    async with conn.cursor(row_factory=class_row(WaitingLetter)) as cursor:
        found = await (await cursor.execute(_READ, (letter,))).fetchone()
    assert found is not None, "letters are never deleted"
    return found


async def sent(conn: Connection, letter: UUID, now: datetime) -> None:
    """The mail server took it. Said late, it still corrects an ``unknown_at`` set in the meantime.

    If it is about cases, that is a disclosure to its reader, and noted as one.
    """
    await conn.execute(
        "update letter set sent_at = %s, unknown_at = null, last_error = null where id = %s", (now, letter)
    )
    await conn.execute(_DISCLOSE, {"letter": letter, "now": now})


async def put_off(conn: Connection, letter: UUID, not_before: datetime, code: str) -> None:
    """It certainly did not go out and waits again, at least until ``not_before``."""
    await conn.execute(
        "update letter set claimed_at = null, not_before = %s, last_error = %s where id = %s",
        (not_before, code, letter),
    )


async def withdraw(conn: Connection, letter: UUID, now: datetime, code: str) -> None:
    """It is not needed any more; ``code`` says why."""
    await conn.execute(
        "update letter set withdrawn_at = %s, last_error = %s where id = %s", (now, code, letter)
    )


async def unknown(conn: Connection, letter: UUID, now: datetime, code: str) -> None:
    """It may or may not have arrived. Each case it is about hears of it once."""
    await conn.execute(
        "update letter set unknown_at = %s, last_error = %s where id = %s", (now, code, letter)
    )
    await _log(conn, EventKind.LETTER_UNKNOWN, letter, now)


async def abandon(conn: Connection, claimed_before: datetime, now: datetime) -> int:
    """Letters claimed longer ago than any sending takes: their worker died, so their outcome is unknown. How many."""
    found = await conn.execute(_ABANDONED, {"now": now, "before": claimed_before})
    letters: Sequence[UUID] = [row["id"] async for row in found]
    for letter in letters:
        await _log(conn, EventKind.LETTER_UNKNOWN, letter, now)
    return len(letters)


async def refused(conn: Connection, letter: WaitingLetter, now: datetime, code: str) -> None:
    """The address takes no mail: nothing more goes to it, and the coordinators of its cases hear of it, once."""
    await conn.execute(
        "update letter set refused_at = %s, last_error = %s where id = %s", (now, code, letter.id)
    )
    blocked = await conn.execute(
        "insert into mail_block (account_id, since, reason) values (%s, %s, %s) on conflict do nothing",
        (letter.account_id, now, code),
    )
    if blocked.rowcount:
        cases = await _log(conn, EventKind.ADDRESS_REFUSED, letter.id, now, account=letter.account_id)
        await _tell_coordinators(conn, letter, cases, now)


async def _tell_coordinators(
    conn: Connection, letter: WaitingLetter, cases: Sequence[UUID], now: datetime
) -> None:
    """The coordinators of these cases; where that is nobody but the reader, every coordinator there is."""
    facts = {
        "kind": LetterKind.ADDRESS_REFUSED,
        "letter": str(letter.id),
        "account": letter.account_id,
        "cases": list(cases),
        "coordinator": Role.COORDINATOR,
        "now": now,
    }
    await conn.execute(_TELL, facts)


async def _log(
    conn: Connection, kind: EventKind, letter: UUID, now: datetime, account: UUID | None = None
) -> list[UUID]:
    """One entry in the log of each case the letter is about: of several, if it is a digest. Returns those cases."""
    found = await conn.execute(_CASES, {"letter": letter})
    cases = sorted([row["case_id"] async for row in found])
    about = {"letter": str(letter)} | ({"account": str(account)} if account else {})
    for case in cases:
        await events.append(conn, case, [Entry(kind, about)], now)
    return cases
