"""The loop that a supervision plan and an intervention share: read the log, act on what is due, wait. No I/O."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.records import Advance, News, Records
    from iom.agenda import Act, acts_due, next_act
    from iom.fold import fold_all
    from iom.plan import Plan

RENEW_AFTER = 500
"""History events after which a plan continues as new: replaying more would make every wake slow."""

UNTIL_IT_WORKS = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30)
)
A_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Start:
    """What a run begins with: nothing but the case at first; at a continue-as-new, all that the run before knew.

    Fields are only ever added, with defaults: runs started by an older release must still be read.
    """

    case: UUID
    scope: UUID | None = None
    plan: Plan | None = None
    begun: tuple[UUID, ...] = ()
    renew_after: int = RENEW_AFTER


class Course:
    """A plan kept in step with its log. The state changes only by folding what the record gave."""

    def __init__(self, start: Start) -> None:
        self.plan = start.plan or Plan(start.case, start.scope)
        self.has_news = True
        self._reviews_before = self.plan.reviews_held
        self._renew_after = start.renew_after

    async def catch_up(self) -> bool:
        """Reads what is new and does what is due, until there is neither; True if people had written something."""
        heard = False
        while True:
            acts = () if self.has_news else acts_due(self.plan, workflow.now())
            if not acts and not self.has_news:
                return heard
            self.has_news = False
            news = await self._advance(acts)
            heard = heard or any(event.by is not None for event in news.events)
            self.has_news = self.has_news or news.more

    async def wait(self) -> None:
        """Sleeps until there is news or the next act's moment has come. The one wait of a plan."""
        act = next_act(self.plan)
        timeout = max(act.at - workflow.now(), timedelta()) + A_MOMENT if act else None
        try:
            await workflow.wait_condition(lambda: self.has_news, timeout=timeout)
        except TimeoutError:
            return

    @property
    def should_renew(self) -> bool:
        """Whether to continue as new: after a held review, or when the history grows long."""
        info = workflow.info()
        return (
            self.plan.reviews_held > self._reviews_before
            or info.get_current_history_length() >= self._renew_after
            or info.is_continue_as_new_suggested()
        )

    async def _advance(self, acts: tuple[Act, ...]) -> News:
        """Local, for it only asks the record: half the history and half the wait of an activity by way of the server.

        Run again after a crash, it finds its acts in the log and writes nothing twice.
        """
        news = await workflow.execute_local_activity_method(
            Records.advance,
            Advance(self.plan.case, self.plan.seq, self.plan.scope, acts),
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=UNTIL_IT_WORKS,
        )
        plan = replace(self.plan, programmes={**self.plan.programmes, **news.programmes})
        self.plan = fold_all(plan, news.events)
        return news
