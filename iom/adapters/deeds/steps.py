"""Answering a step: done, cannot be done yet, no longer needed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iom.access import Deed, may
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.store import events, steps
from iom.events import Entry, EventKind
from iom.refusals import Refused
from iom.step import Answer, Answered, Step, answer


@dataclass(frozen=True)
class Recorded:
    """What was recorded: the number of its entry in the case's log, its kind, and when."""

    step_id: UUID
    seq: int
    kind: EventKind
    at: datetime


async def answer_step(conn: Connection, by: By, step_id: UUID, said: Answer) -> Recorded:
    """Records one answer to one step.

    Raises Refused with step_not_found, not_allowed or what ``iom.step.answer`` refuses.
    """
    by.check_agreement()
    locked = await steps.lock(conn, step_id, by.actor.account_id)
    if locked is None or not may(
        by.actor.role, Deed.SEE_CASE, on_team=locked.on_team, is_restricted=locked.is_restricted
    ):
        raise Refused("step_not_found", "There is no such step among those you can see. Check the address.")
    by.check(Deed.ANSWER_STEP, on_team=locked.on_team)
    meant = answer(locked.step, said, by.now)
    seq = await _write(conn, by, locked.step, said, meant)
    return Recorded(step_id, seq, meant.kind, by.now)


async def _write(conn: Connection, by: By, step: Step, said: Answer, meant: Answered) -> int:
    """The step, the look and the log, in one trip to the database: this is the busiest write there is."""
    entry, who = _entry(step, said, meant), by.actor.account_id
    async with conn.pipeline():
        await steps.write_answer(conn, step, said, meant, by.now, by.actor)
        await by.note(conn, "alter", f"step:{step.id}", step.case_id, meant.kind)
        return await events.append(conn, step.case_id, [entry], by.now, who, by.request_id)


def _entry(step: Step, said: Answer, meant: Answered) -> Entry:
    written: dict[str, str | int | bool | None] = {"step": str(step.id)}
    if said.result:
        written["result"] = said.result
    if meant.due_at:
        written["due_at"] = meant.due_at.isoformat()
    return Entry(meant.kind, written)
