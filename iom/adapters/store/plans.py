"""What the plan writes: its acts become log entries, steps and letters in one transaction. Decides nothing."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.store import events, letters, programmes
from iom.adapters.store.rows import insert
from iom.adapters.tables import StepRow
from iom.agenda import Act
from iom.events import Entry, EventKind


@dataclass(frozen=True)
class Behind:
    """How far the log of a case has come, and how far its plan has read it."""

    last_seq: int
    acknowledged_seq: int


async def lock_log(conn: Connection, case_id: UUID) -> Behind | None:
    """Holds the case's log still until the transaction ends; None if there is no such case."""
    found = await conn.execute(
        "select last_seq, acknowledged_seq from cases where id = %s for update", (case_id,)
    )
    row = await found.fetchone()
    return Behind(**row) if row else None


async def acknowledge(conn: Connection, case_id: UUID, seq: int) -> None:
    """Notes that the plan has been handed the log up to ``seq``."""
    await conn.execute(
        "update cases set acknowledged_seq = %s where id = %s and acknowledged_seq < %s", (seq, case_id, seq)
    )


async def is_behind(conn: Connection, case_id: UUID) -> bool:
    """Whether the case's log has grown beyond what its plan has read."""
    found = await conn.execute(
        "select last_seq > acknowledged_seq as behind from cases where id = %s", (case_id,)
    )
    row = await found.fetchone()
    return row is not None and bool(row["behind"])


async def with_news(conn: Connection, most: int) -> list[UUID]:
    """Cases whose log has grown beyond what their plan has read."""
    found = await conn.execute("select id from cases where last_seq > acknowledged_seq limit %s", (most,))
    return [row["id"] async for row in found]


async def open_cases(conn: Connection) -> list[UUID]:
    """Every case whose plan should be running."""
    found = await conn.execute("select id from cases where closed_at is null order by opened_at, id")
    return [row["id"] async for row in found]


async def record(conn: Connection, case_id: UUID, scope: UUID | None, acts: Sequence[Act]) -> None:
    """Writes the plan's acts: one log entry each, and what each does to steps, letters, intervention and case."""
    opened = [await _step(conn, case_id, scope, act) for act in acts if act.kind is EventKind.STEP_OPENED]
    await insert(conn, *opened)
    for act in acts:
        if act.kind in _EFFECTS:
            await _EFFECTS[act.kind](conn, case_id, act)
    await letters.write(conn, case_id, [letter for act in acts for letter in act.letters], acts[0].at)
    for at, entries in _by_moment(acts).items():
        await events.append(conn, case_id, entries, at, tell=scope is not None)


def _by_moment(acts: Sequence[Act]) -> Mapping[datetime, list[Entry]]:
    grouped: dict[datetime, list[Entry]] = {}
    for act in acts:
        grouped.setdefault(act.at, []).append(Entry(act.kind, act.data))
    return grouped


async def _step(conn: Connection, case_id: UUID, scope: UUID | None, act: Act) -> StepRow:
    opened = act.event(0)
    spec = (await programmes.get(conn, opened.text("programme"))).step(opened.text("key"))
    return StepRow(
        id=opened.uuid("step"),
        case_id=case_id,
        intervention_id=scope,
        programme=opened.text("programme"),
        key=spec.key,
        number=opened.number("number"),
        title=spec.title,
        stage=spec.stage,
        guidance=spec.guidance,
        form=spec.form,
        owner=opened.text("owner"),
        clock=spec.clock,
        outcomes=list(spec.outcomes),
        results=list(spec.results),
        opened_at=act.at,
        due_at=opened.moment("due_at"),
    )


async def _pause(conn: Connection, _: UUID, act: Act) -> None:
    await conn.execute("update step set paused_at = %s where id = %s", (act.at, act.data["step"]))


async def _redate(conn: Connection, _: UUID, act: Act) -> None:
    await conn.execute(
        "update step set due_at = %s, dating = dating + 1, paused_at = null where id = %s",
        (act.data["due_at"], act.data["step"]),
    )


async def _lapse(conn: Connection, _: UUID, act: Act) -> None:
    await conn.execute(
        "update step set closed_at = %s, outcome = 'lapsed', paused_at = null where id = %s",
        (act.at, act.data["step"]),
    )


async def _end_intervention(conn: Connection, _: UUID, act: Act) -> None:
    await conn.execute(
        "update intervention set ended_at = %s where id = %s", (act.at, act.data["intervention"])
    )


async def _end_plan(conn: Connection, case_id: UUID, act: Act) -> None:
    await conn.execute("update cases set closed_at = %s where id = %s", (act.at, case_id))


_EFFECTS: Mapping[EventKind, Callable[[Connection, UUID, Act], Awaitable[None]]] = {
    EventKind.STEP_PAUSED: _pause,
    EventKind.STEP_REDATED: _redate,
    EventKind.STEP_LAPSED: _lapse,
    EventKind.INTERVENTION_ENDED: _end_intervention,
    EventKind.PLAN_ENDED: _end_plan,
}
