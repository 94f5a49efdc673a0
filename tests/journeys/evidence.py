"""What the record and Temporal say of a journey's case. Asks only; moves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from temporalio.client import WorkflowExecutionStatus, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from iom.adapters.database import Pool, transaction
from iom.adapters.tables import Case
from tests.personal import forbidden_in, found_in, personal_values
from workflows.digest import DIGEST_ID
from workflows.intervention import intervention_id
from workflows.supervision import plan_id

LEAST_VALUES = 30


@dataclass
class Evidence:
    """Questions about one case."""

    pool: Pool
    case: Case
    environment: WorkflowEnvironment

    async def count(self, key: str) -> int:
        """How many times this step has opened."""
        return int(await self._one("select count(*) from step where case_id = %s and key = %s", key))

    async def lapsed(self, key: str) -> int:
        """How many steps with this key ended because nobody waited for them any more."""
        return int(
            await self._one(
                "select count(*) from step where case_id = %s and key = %s and outcome = 'lapsed'", key
            )
        )

    async def holder(self, role: str) -> UUID | None:
        """The account that holds this role on the case."""
        found = await self._rows("select account_id from team_member where case_id = %s and role = %s", role)
        return found[0]["account_id"] if found else None

    async def opened_on(self, key: str) -> datetime:
        """When the one step with this key opened."""
        opened: datetime = await self._one("select opened_at from step where case_id = %s and key = %s", key)
        return opened

    async def deselected_on(self) -> datetime:
        """When the panel let the person go."""
        at: datetime = await self._one("select at from event where case_id = %s and kind = %s", "deselected")
        return at

    async def is_over(self) -> bool:
        """Whether the case is closed and its workflow has ended."""
        description = await self.environment.client.get_workflow_handle(plan_id(self.case.id)).describe()
        closed = await self._one("select closed_at is not null from cases where id = %s")
        return bool(closed) and description.status is WorkflowExecutionStatus.COMPLETED

    async def letters_sent(self) -> int:
        """How many letters went out, digests included: the case is the only one there is."""
        return int(
            await self._one("select count(*) from letter where sent_at is not null and %s::uuid is not null")
        )

    async def paused(self) -> set[str]:
        """The keys of the steps that rest."""
        found = await self._rows(
            "select key from step where case_id = %s and paused_at is not null and closed_at is null"
        )
        return {row["key"] for row in found}

    async def moments(self) -> list[datetime]:
        """When each letter was written."""
        return [
            row["written_at"] for row in await self._rows("select written_at from letter where case_id = %s")
        ]

    async def readers_of(self, step: UUID) -> list[tuple[str, str]]:
        """Which letters went about a step, in order, and to whom; the point of contact after the owner."""
        found = await self._rows(
            "select kind, email from letter join account on account.id = account_id"
            " where case_id = %s and step_id = %s order by written_at, (email like 'contact%%')",
            step,
        )
        return [(row["kind"], row["email"]) for row in found]

    async def histories(self) -> list[WorkflowHistory]:
        """The history of every run of the case's workflows, its interventions' too, newest first."""
        found = await self._rows("select id from intervention where case_id = %s")
        names = [plan_id(self.case.id), *(intervention_id(row["id"]) for row in found)]
        return [history for name in names for history in await self._runs(name)]

    async def telling_runs(self) -> list[WorkflowHistory]:
        """Says most when replayed: the longest run of the plan and of an intervention, the digest's present one."""
        longest: dict[str, WorkflowHistory] = {}
        for run in sorted(await self.histories(), key=lambda run: len(run.events)):
            longest[run.workflow_id.split("-")[0]] = run
        return [
            *longest.values(),
            await self.environment.client.get_workflow_handle(DIGEST_ID).fetch_history(),
        ]

    async def leaks(self) -> set[str]:
        """Personal values of the whole record that stand anywhere in the histories, payloads included."""
        async with transaction(self.pool) as conn:
            values = await personal_values(conn)
        assert len(values) > LEAST_VALUES, "there is something to leak"
        content = b"".join(
            event.SerializeToString() for run in await self.histories() for event in run.events
        )
        assert str(self.case.id).encode() in content, "what is searched is what was written"
        return found_in(content, values)

    async def leaks_in(self, letters: Sequence[EmailMessage]) -> set[str]:
        """What may not stand in a letter and does: of the whole record, of what steps are called, of domain.md §5.7."""
        async with transaction(self.pool) as conn:
            values = await personal_values(conn)
            titles = await (await conn.execute("select distinct title from step")).fetchall()
        values |= {row["title"] for row in titles}
        return set().union(*(forbidden_in(letter, values) for letter in letters))

    async def _runs(self, workflow_id: str) -> list[WorkflowHistory]:
        runs: list[WorkflowHistory] = []
        run_id: str | None = None
        while run_id != "":
            handle = self.environment.client.get_workflow_handle(workflow_id, run_id=run_id)
            runs.append(await handle.fetch_history())
            run_id = runs[-1].events[0].workflow_execution_started_event_attributes.continued_execution_run_id
        return runs

    async def _one(self, query: str, *values: object) -> Any:
        (row,) = await self._rows(query, *values)
        return next(iter(row.values()))

    async def _rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        async with transaction(self.pool) as conn:
            return await (await conn.execute(query, (self.case.id, *values))).fetchall()
