"""One person's supervision plan, open for years: workflow ``plan-<case id>``. Holds ids, codes and dates only."""

from asyncio import Task
from dataclasses import replace
from functools import partial
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from iom.plan import Plan
    from workflows.course import Course, Start
    from workflows.intervention import Intervention, intervention_id


def plan_id(case_id: UUID) -> str:
    """The workflow id of a case's plan."""
    return f"plan-{case_id}"


@workflow.defn
class SupervisionPlan:
    """Follows the case's log to its end, and has a child follow each intervention on it."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        self._start = start
        self._course = Course(start)
        self._begun = start.begun
        self._is_woken = True

    @workflow.run
    async def run(self, start: Start) -> None:
        """Ends when the plan has ended; continues as new at every held review and whenever the history grows long."""
        while True:
            heard = await self._course.catch_up() or self._is_woken
            self._is_woken = False
            await self._tend_interventions(heard)
            if self._course.plan.ended_at is not None:
                return
            if self._course.should_renew and not self._course.has_news:
                workflow.continue_as_new(replace(start, plan=self._course.plan, begun=self._begun))
            await self._course.wait()

    @workflow.signal
    def news(self) -> None:
        """There is something new in the case's log. Never says what: the plan reads the log, in order."""
        self._course.has_news = True

    @workflow.signal
    def wake(self) -> None:
        """Everything that should run for this plan is to run, its interventions too: after a release, or a loss."""
        self._is_woken = True
        self._course.has_news = True

    @workflow.query
    def plan(self) -> Plan:
        """The plan as the workflow holds it."""
        return self._course.plan

    async def _tend_interventions(self, heard: bool) -> None:
        """Starts the child of each intervention that has none; tells the others that people have written something."""
        running = self._course.plan.interventions
        self._begun = tuple(intervention for intervention in self._begun if intervention in running)
        for intervention in running:
            if intervention not in self._begun:
                await self._begin(intervention)
            elif heard:
                await self._tell(intervention)

    async def _begin(self, intervention: UUID) -> None:
        self._begun = (*self._begun, intervention)
        try:
            child = await workflow.start_child_workflow(
                Intervention.run,
                Start(self._start.case, scope=intervention, renew_after=self._start.renew_after),
                id=intervention_id(intervention),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            )
        except WorkflowAlreadyStartedError:
            await self._tell(intervention)
        else:
            child.add_done_callback(partial(self._closed, intervention))

    async def _tell(self, intervention: UUID) -> None:
        try:
            await workflow.get_external_workflow_handle(intervention_id(intervention)).signal("news")
        except ApplicationError:
            self._lose(intervention)

    def _closed(self, intervention: UUID, child: Task[None]) -> None:
        """A child that came to its own end has written so in the log; one that was ended has not."""
        if not child.cancelled() and child.exception() is not None:
            self._lose(intervention)

    def _lose(self, intervention: UUID) -> None:
        """No run follows it any more. The log says whether it has ended; if it has not, it is begun again."""
        self._begun = tuple(other for other in self._begun if other != intervention)
        self._course.has_news = True
