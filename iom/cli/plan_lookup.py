"""What `iom plans` asks of the record and of Temporal. Asks with a short patience: a command should not hang."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from iom.adapters.database import transaction
from iom.adapters.store import folded, plan_views
from iom.adapters.store.plan_views import PlanRow
from iom.adapters.temporal import connect_once
from iom.agenda import next_act
from iom.cli.record import the_record
from iom.plan import Plan
from iom.refusals import Refused
from workflows.intervention import intervention_id
from workflows.postman import Postman
from workflows.supervision import plan_id
from workflows.worker import TASK_QUEUE

PATIENCE = timedelta(seconds=5)
UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class StepShown:
    """An open step of a plan."""

    key: str
    title: str
    owner: str
    due_at: datetime


@dataclass(frozen=True)
class InTemporal:
    """What Temporal holds: ``state`` is unreachable, missing, or the workflow's own; ``seq`` what it has read."""

    state: str
    workflow_id: str
    seq: int | None = None
    history_length: int | None = None


@dataclass(frozen=True)
class PlanShown:
    """One plan, by the record and by Temporal."""

    ref: str
    grade: str | None
    programmes: tuple[str, ...]
    last_seq: int
    acknowledged_seq: int
    steps: tuple[StepShown, ...]
    next_kind: str | None
    next_at: datetime | None
    temporal: InTemporal
    interventions: tuple[InTemporal, ...] = ()


async def open_plans() -> Sequence[PlanRow]:
    """The plan of every open case."""
    async with the_record() as pool, transaction(pool) as conn:
        return await plan_views.open_ones(conn)


async def look_up(ref: str) -> PlanShown:
    """The plan of the case called ``ref``. Raises Refused(case_not_found)."""
    async with the_record() as pool, transaction(pool) as conn:
        row = await plan_views.of_case(conn, ref.strip().upper())
        if row is None:
            raise Refused("case_not_found", f"There is no case {ref}. See those there are: iom plans list.")
        plan, *interventions = await folded.plans(conn, row.case_id)
    held = await _in_temporal(plan_id(row.case_id))
    names = map(intervention_id, plan.interventions) if held.state != UNREACHABLE else ()
    shown = _shown(row, plan, interventions, held)
    return replace(shown, interventions=tuple([await _in_temporal(name) for name in names]))


def _shown(row: PlanRow, plan: Plan, interventions: Sequence[Plan], temporal: InTemporal) -> PlanShown:
    every = (plan, *interventions)
    acts = [act for each in every if (act := next_act(each)) is not None]
    soonest = min(acts, key=lambda act: act.at, default=None)
    steps = [StepShown(s.key, each.spec(s).title, s.owner, s.due_at) for each in every for s in each.steps]
    return PlanShown(
        ref=row.ref,
        grade=plan.rag,
        programmes=tuple(enrolment.programme for each in every for enrolment in each.running),
        last_seq=row.last_seq,
        acknowledged_seq=row.acknowledged_seq,
        steps=tuple(sorted(steps, key=lambda step: step.due_at)),
        next_kind=soonest.kind if soonest else None,
        next_at=soonest.at if soonest else None,
        temporal=temporal,
    )


async def rebuild_all() -> int:
    """Starts or wakes the plan of every open case; how many. Raises Refused(temporal_unreachable)."""
    async with the_record() as pool:
        postman = Postman(pool, await _client(), TASK_QUEUE)
        try:
            return await postman.nudge_all()
        except (RPCError, RuntimeError):
            raise _unreachable() from None
        except ExceptionGroup as group:
            if group.split((RPCError, RuntimeError))[1] is not None:
                raise
            raise _unreachable() from None


async def _in_temporal(workflow_id: str) -> InTemporal:
    try:
        handle = (await _client()).get_workflow_handle(workflow_id)
        found = await handle.describe(rpc_timeout=PATIENCE)
    except Refused:
        return InTemporal(UNREACHABLE, workflow_id)
    except RPCError as error:
        missing = error.status is RPCStatusCode.NOT_FOUND
        return InTemporal("missing" if missing else UNREACHABLE, workflow_id)
    state = found.status.name.lower() if found.status else "unknown"
    if found.status is not WorkflowExecutionStatus.RUNNING:
        return InTemporal(state, workflow_id, history_length=found.history_length)
    try:
        plan = await handle.query("plan", result_type=Plan, rpc_timeout=PATIENCE)
    except RPCError:
        return InTemporal(state, workflow_id, history_length=found.history_length)
    return InTemporal(state, workflow_id, plan.seq, found.history_length)


async def _client() -> Client:
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            return await connect_once()
    except (RPCError, RuntimeError, TimeoutError):
        raise _unreachable() from None


def _unreachable() -> Refused:
    sentence = "Temporal does not answer. Start it, or correct TEMPORAL_ADDRESS; then run this again."
    return Refused("temporal_unreachable", sentence)
