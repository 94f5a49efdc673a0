"""The daily digest: one workflow for the whole service, ``daily-digest``, that wakes each working morning. No I/O."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.records import Records
    from iom.calendar import london_date
    from iom.ladder import next_digest
    from workflows.course import UNTIL_IT_WORKS

DIGEST_ID = "daily-digest"
MORNINGS = 60
"""Mornings after which it continues as new."""


@workflow.defn
class DailyDigest:
    """Gathers what can wait into one letter a reader a day, at 07:30 London on working days."""

    @workflow.run
    async def run(self) -> None:
        """Runs for ever."""
        for _ in range(MORNINGS):
            moment = next_digest(workflow.now())
            await workflow.sleep(moment - workflow.now())
            await workflow.execute_activity_method(
                Records.write_digests,
                args=[london_date(moment), moment],
                start_to_close_timeout=timedelta(minutes=2),
                retry_policy=UNTIL_IT_WORKS,
            )
        workflow.continue_as_new()
