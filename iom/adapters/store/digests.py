"""Daily digests: gathers each reader's entries into one letter a day. Sends nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from psycopg.rows import class_row

from iom.adapters.database import Connection
from iom.adapters.letters.render import LetterKind
from iom.adapters.store.letters import WAITING

ONE_AT_A_TIME = 7_235_002
"""Advisory lock: of two who gather at once, the second finds everything gathered, not half of it."""

_WITHDRAW_CLOSED = """
update letter entry set withdrawn_at = %(now)s, last_error = 'step_closed' from step
where step.id = entry.step_id and step.closed_at is not null
  and entry.in_digest and entry.digest_id is null and entry.withdrawn_at is null
"""

_WRITE = """
with due as (
    select entry.id, entry.account_id, entry.moment
    from letter entry join step on step.id = entry.step_id join account on account.id = entry.account_id
    where entry.in_digest and entry.digest_id is null and entry.withdrawn_at is null and entry.moment <= %(now)s
      and step.closed_at is null and step.paused_at is null and account.left_at is null
      and not exists (select from mail_block where mail_block.account_id = entry.account_id)
), digest as (
    insert into letter (id, key, kind, account_id, moment, written_at, in_digest, attempts)
    select gen_random_uuid(), %(kind)s || '/' || account_id || '/' || %(day)s, %(kind)s, account_id,
           max(moment), %(now)s, false, 0
    from due group by account_id
    on conflict (key) do nothing
    returning id, account_id
), carried as (
    update letter entry set digest_id = digest.id
    from due join digest using (account_id) where entry.id = due.id
)
select count(*) as written, pg_notify(%(channel)s, '') from digest
"""

_ENTRIES = """
select entry.kind, cases.ref as case_ref, entry.step_id, step.due_at
from letter entry join step on step.id = entry.step_id join cases on cases.id = step.case_id
where entry.digest_id = %s and step.closed_at is null and step.paused_at is null
order by step.due_at, cases.ref, entry.id
"""


@dataclass(frozen=True)
class CarriedEntry:
    """One step that a digest tells of, as it stands now."""

    kind: str
    case_ref: str
    step_id: UUID
    due_at: datetime


async def write(conn: Connection, day: date, now: datetime) -> int:
    """Writes at most one digest per reader for this London day; returns how many. Safe to run again and by several.

    Entries for a step closed meanwhile are withdrawn. Those for a resting step or a blocked address go on waiting,
    and so do those written after the day's digest.
    """
    await conn.execute("select pg_advisory_xact_lock(%s)", (ONE_AT_A_TIME,))
    await conn.execute(_WITHDRAW_CLOSED, {"now": now})
    facts = {"now": now, "day": day.isoformat(), "kind": LetterKind.DIGEST, "channel": WAITING}
    row = await (await conn.execute(_WRITE, facts)).fetchone()
    assert row is not None
    return int(row["written"])


async def entries(conn: Connection, digest: UUID) -> list[CarriedEntry]:
    """What a digest carries that is still open."""
    async with conn.cursor(row_factory=class_row(CarriedEntry)) as cursor:
        return await (await cursor.execute(_ENTRIES, (digest,))).fetchall()
