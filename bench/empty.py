"""The engine's floor: an empty workflow, alone in its module so that the sandbox imports nothing else."""

from datetime import timedelta

from temporalio import workflow


@workflow.defn
class Empty:
    """Waits for a signal, runs one activity, and again."""

    def __init__(self) -> None:
        self._called = 0

    @workflow.run
    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            await workflow.wait_condition(lambda: self._called > 0)
            self._called -= 1
            await workflow.execute_activity("bench_touch", start_to_close_timeout=timedelta(seconds=5))

    @workflow.signal
    def call(self) -> None:
        """One more time."""
        self._called += 1
