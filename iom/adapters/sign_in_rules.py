"""The settings of signing in, as the rules they set. Reads no environment and no record."""

from datetime import timedelta

from iom.adapters.settings import Settings
from iom.patience import Patience
from iom.standing import Terms


def terms(settings: Settings) -> Terms:
    """When accounts are due for recertification, and when they lock."""
    return Terms(settings.recertify_days, settings.recertify_grace_days, settings.dormant_days)


def patience(settings: Settings) -> Patience:
    """How many wrong tries are heard, and how long the next has to wait."""
    return Patience(
        settings.tries_before_pause,
        timedelta(seconds=settings.pause_seconds),
        settings.tries_of_address,
        settings.tries_of_account,
    )


def idle_minutes(settings: Settings, role: str) -> int:
    """How long a session of this role may rest."""
    strict = role in settings.session_strict_roles.split(",")
    return settings.session_idle_minutes_strict if strict else settings.session_idle_minutes
