"""One person's supervision plan, open for years: workflow ``plan-<case id>``. Holds ids, codes and dates only."""

from dataclasses import replace
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

    @workflow.run
    async def run(self, start: Start) -> None:
        """Ends when the plan has ended; continues as new at every held review and whenever the history grows long."""
        while True:
            heard = await self._course.catch_up()
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

    @workflow.query
    def plan(self) -> Plan:
        """The plan as the workflow holds it."""
        return self._course.plan

    async def _tend_interventions(self, heard: bool) -> None:
        """Starts the child of each new intervention; tells the others that people have written something."""
        running = self._course.plan.interventions
        for intervention in running:
            if intervention not in self._begun:
                await self._begin(intervention)
            elif heard:
                await self._tell(intervention)
        self._begun = running

    async def _begin(self, intervention: UUID) -> None:
        child = Start(self._start.case, scope=intervention, renew_after=self._start.renew_after)
        try:
            await workflow.start_child_workflow(
                Intervention.run,
                child,
                id=intervention_id(intervention),
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            )
        except WorkflowAlreadyStartedError:
            await self._tell(intervention)

    async def _tell(self, intervention: UUID) -> None:
        try:
            await workflow.get_external_workflow_handle(intervention_id(intervention)).signal("news")
        except ApplicationError:
            return  # it has just ended, and has written so in the log
