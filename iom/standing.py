"""Whether an account may still sign in: who vouched for it and when it was last used. Pure; dates in, a reason out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Lock(StrEnum):
    """Why an account is locked. Neither is kept anywhere: both follow from dates."""

    NOT_VOUCHED_FOR = "not_vouched_for"
    DORMANT = "dormant"


LOCK_LABELS = {
    Lock.NOT_VOUCHED_FOR: "Locked: not recertified",
    Lock.DORMANT: "Locked: not used for a long time",
}


@dataclass(frozen=True)
class Terms:
    """Days (domain.md §5.10): between recertifications, of grace after one is missed, and without signing in."""

    recertify_days: int
    grace_days: int
    dormant_days: int


@dataclass(frozen=True)
class Standing:
    """The moments that decide, aware UTC."""

    joined_at: datetime
    recertified_at: datetime | None = None
    unlocked_at: datetime | None = None
    signed_in_at: datetime | None = None

    def recertify_by(self, terms: Terms) -> datetime:
        """When their agency has to say again that they still do this work."""
        return (self.recertified_at or self.joined_at) + timedelta(days=terms.recertify_days)

    def lock(self, terms: Terms, now: datetime) -> Lock | None:
        """Why they cannot sign in, if they cannot."""
        if now >= self.recertify_by(terms) + timedelta(days=terms.grace_days):
            return Lock.NOT_VOUCHED_FOR
        used_at = max(filter(None, (self.joined_at, self.unlocked_at, self.signed_in_at)))
        if now >= used_at + timedelta(days=terms.dormant_days):
            return Lock.DORMANT
        return None


def vouched_since(terms: Terms, now: datetime) -> datetime:
    """An account vouched for before this moment is locked."""
    return now - timedelta(days=terms.recertify_days + terms.grace_days)
