"""One intervention on a plan, such as treatment keywork: child workflow ``intervention-<id>``, on its own programme."""

from dataclasses import replace
from uuid import UUID

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from iom.plan import Plan
    from workflows.course import Course, Start


def intervention_id(intervention: UUID) -> str:
    """The workflow id of an intervention."""
    return f"intervention-{intervention}"


@workflow.defn
class Intervention:
    """Follows the same log as its case's plan, for the steps of its own programme."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        self._course = Course(start)

    @workflow.run
    async def run(self, start: Start) -> None:
        """Ends when its programme has ended, or the person has left the scheme."""
        while True:
            await self._course.catch_up()
            if self._course.plan.ended_at is not None:
                return
            if self._course.should_renew and not self._course.has_news:
                workflow.continue_as_new(replace(start, plan=self._course.plan))
            await self._course.wait()

    @workflow.signal
    def news(self) -> None:
        """There is something new in the case's log."""
        self._course.has_news = True

    @workflow.query
    def plan(self) -> Plan:
        """The plan of this intervention as the workflow holds it."""
        return self._course.plan
