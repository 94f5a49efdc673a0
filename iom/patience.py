"""How long somebody waits who guessed wrong: longer after each guess, an hour at most. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

REMEMBERED = timedelta(hours=24)
"""Failures older than this are forgotten."""
LONGEST = timedelta(hours=1)
PER_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Patience:
    """``free`` tries at once, then a pause that doubles from ``first``.

    ``of_address`` failures an hour from one address, over all accounts; ``of_account`` codes an hour for one account,
    from wherever: only somebody who has its password or its mailbox gets that far.
    """

    free: int
    first: timedelta
    of_address: int
    of_account: int

    def again_at(self, failures: int, last: datetime | None) -> datetime | None:
        """From when another try is heard; None: at once."""
        if last is None or failures < self.free:
            return None
        doubled: int = 2 ** min(failures - self.free, 20)
        return last + min(LONGEST, self.first * doubled)
