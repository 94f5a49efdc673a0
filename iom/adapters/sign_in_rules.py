"""The settings of signing in, as the rules they set. Reads no environment and no record."""

from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from iom.adapters.directory_settings import is_only_way
from iom.adapters.settings import Settings
from iom.patience import Patience
from iom.refusals import Refused
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


def check_ours_will_do(settings: Settings, agency_code: str, agency: str) -> None:
    """Raises Refused(directory_only) where the agency's people sign in with their own directory and in no other way."""
    if is_only_way(settings.directories, agency_code):
        raise Refused(
            "directory_only",
            f"People of {agency} sign in with their own directory. Choose it on the sign-in page.",
        )


def check_second_factor(settings: Settings, host: str = "127.0.0.1") -> None:
    """Raises Refused(second_factor_needed) where people could skip their second factor from other machines.

    ``host`` is what the web listens on.
    """
    reached_at = (urlsplit(settings.public_url).hostname or "", host)
    if settings.second_factor == "skippable" and not all(map(_is_this_machine, reached_at)):
        raise Refused(
            "second_factor_needed",
            "IOM_SECOND_FACTOR=skippable is for a demo on this machine, and this service would be reached from others. "
            "Leave IOM_SECOND_FACTOR out, or set IOM_PUBLIC_URL and --host to 127.0.0.1.",
        )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
