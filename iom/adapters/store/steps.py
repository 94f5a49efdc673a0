"""Steps as people see and answer them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from iom.access import Actor, tier_of_words
from iom.adapters.database import Connection
from iom.adapters.store.asker import Asker
from iom.adapters.store.rows import insert
from iom.adapters.store.working_on import MY_CASES, works_on
from iom.adapters.tables import Remark
from iom.step import Answer, Answered, Step
from iom.vocabulary import Clock, Outcome

LOCK = """
select restricted_at is not null as is_restricted from cases
where id = (select case_id from step where id = %s) for update
"""
"""Whoever writes on a case holds its row first, the plan too: so nobody waits for each other in a circle."""

READ = f"""
select id, case_id, key, title, form, owner, clock, outcomes, results, due_at, closed_at,
       {works_on("step.case_id", "%s")} as on_team
from step where id = %s
"""

CLOSE = """
update step set closed_at = %(at)s, closed_by_id = %(by)s, outcome = %(outcome)s, result = %(result)s, paused_at = null
where id = %(step)s
"""

_REDATE = "update step set due_at = %(due_at)s, dating = dating + 1 where id = %(step)s"


@dataclass(frozen=True)
class Locked:
    """A step held until the transaction ends, and whether the asker is on the case's team."""

    step: Step
    on_team: bool
    is_restricted: bool


async def lock(conn: Connection, step_id: UUID, account_id: UUID) -> Locked | None:
    """Holds a step's case, then reads the step as it stands; None if there is none."""
    async with conn.pipeline():
        held = await conn.execute(LOCK, (step_id,))
        found = await conn.execute(READ, (account_id, step_id))
        case, row = await held.fetchone(), await found.fetchone()
    return Locked(_step(row), row["on_team"], case["is_restricted"]) if case and row else None


async def write_answer(
    conn: Connection, step: Step, said: Answer, meant: Answered, at: datetime, by: Actor
) -> None:
    """Closes the step, or gives it its new date. What was said with it is kept, whatever is said later."""
    if meant.closes:
        closing = {"step": step.id, "at": at, "by": by.account_id}
        await conn.execute(CLOSE, {**closing, "outcome": said.outcome, "result": said.result})
    else:
        await conn.execute(_REDATE, {"step": step.id, "due_at": meant.due_at})
    if said.reason or said.note:
        await insert(conn, _remark(step, said, at, by))


def _remark(step: Step, said: Answer, at: datetime, by: Actor) -> Remark:
    return Remark(
        step_id=step.id,
        case_id=step.case_id,
        tier=tier_of_words(step.owner, step.form),
        owner=step.owner,
        agency_id=by.agency_id,
        by_id=by.account_id,
        at=at,
        reason=said.reason,
        note=said.note,
    )


async def close(conn: Connection, step_id: UUID, at: datetime, by: UUID, outcome: Outcome) -> None:
    """Closes a step that a decision elsewhere has settled."""
    await conn.execute(CLOSE, {"step": step_id, "at": at, "by": by, "outcome": outcome, "result": None})


async def open_of_form(conn: Connection, case_id: UUID, form: str) -> UUID | None:
    """The case's open step of this form, the oldest if there are several."""
    found = await conn.execute(
        "select id from step where case_id = %s and form = %s and closed_at is null order by opened_at limit 1",
        (case_id, form),
    )
    row = await found.fetchone()
    return row["id"] if row else None


def _step(row: dict[str, Any]) -> Step:
    return Step(
        id=row["id"],
        case_id=row["case_id"],
        key=row["key"],
        title=row["title"],
        form=row["form"],
        owner=row["owner"],
        clock=Clock(row["clock"]),
        outcomes=tuple(row["outcomes"]),
        results=tuple(row["results"]),
        due_at=row["due_at"],
        closed_at=row["closed_at"],
    )


@dataclass(frozen=True)
class ListedStep:
    """An open step in a list of work, with as much of its case as the list shows."""

    id: UUID
    case_ref: str
    person_name: str | None
    title: str
    owner: str
    form: str
    clock: str
    outcomes: list[str]
    results: list[str]
    due_at: datetime
    opened_at: datetime
    paused_at: datetime | None
    rag: str | None
    mine: bool


_LIST = f"""
select step.id, cases.ref as case_ref, person.forenames || ' ' || person.surname as person_name, step.title,
       step.owner, step.form, step.clock, step.outcomes, step.results, step.due_at, step.opened_at, step.paused_at,
       assessment.rag,
       coalesce(member.account_id = %(account)s, false) as mine
from step
join cases on cases.id = step.case_id
left join person on person.id = cases.person_id and %(named)s
left join assessment on assessment.case_id = step.case_id and %(assessed)s
left join team_member member on member.case_id = step.case_id and member.role = step.owner
where step.closed_at is null and step.paused_at is null
  and (%(everywhere)s and cases.restricted_at is null or step.case_id in {MY_CASES})
  and (not %(own_only)s or coalesce(member.account_id = %(account)s, step.owner = %(role)s and %(everywhere)s))
  and (step.owner <> 'mentor' or %(navigator)s or member.account_id = %(account)s)
  and (not %(mine)s or member.account_id = %(account)s
       or (member.account_id is null and step.owner = %(role)s and %(everywhere)s))
  and (%(due_before)s::timestamptz is null or step.due_at < %(due_before)s)
  and (%(after_due)s::timestamptz is null or (step.due_at, step.id) > (%(after_due)s, %(after_id)s::uuid))
order by step.due_at, step.id
limit %(limit)s
"""


async def listed(
    conn: Connection,
    asker: Asker,
    *,
    mine: bool,
    due_before: datetime | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 100,
) -> Sequence[ListedStep]:
    """Open steps the asker may see, soonest due first; ``after`` is the last row of the page before."""
    after_due, after_id = after or (None, None)
    asked = {
        "mine": mine,
        "due_before": due_before,
        "after_due": after_due,
        "after_id": after_id,
        "limit": limit,
    }
    found = await conn.execute(_LIST, {**asker.asked(), **asked})
    return [ListedStep(**row) async for row in found]
