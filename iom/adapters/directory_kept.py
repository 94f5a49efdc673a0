"""What a directory says of itself: where it answers and which keys it signs with. Asked for seldom, whoever asks us."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key

from iom.adapters import directory_wire
from iom.adapters.directory_settings import DISCOVERY, Directory, Endpoints, is_safe_address
from iom.adapters.directory_wire import OutOfReach, Untrusted

KEPT = timedelta(hours=1)
ANEW_AFTER = timedelta(seconds=30)
"""Nothing is asked for more often: not for a key nobody knows, and not because the last answer was none."""

SHORTEST_RSA_BITS = 2048

Said = TypeVar("Said")


class Kept(Generic[Said]):
    """One answer, asked for by one of us at a time."""

    def __init__(self, ask: Callable[[datetime], Awaitable[Said]]) -> None:
        self._ask, self._lock = ask, asyncio.Lock()
        self._asked_at: datetime | None = None
        self._kept: tuple[datetime, Said] | None = None

    async def get(self, at: datetime, *, anew: bool = False) -> Said:
        """The answer, at most an hour old, or of this moment if ``anew``. Raises OutOfReach or Untrusted."""
        async with self._lock:
            if self._kept is not None and at - self._kept[0] > KEPT:
                self._kept = None
            may_ask = self._asked_at is None or at - self._asked_at >= ANEW_AFTER
            if may_ask and (anew or self._kept is None):
                self._asked_at = at
                self._kept = (at, await self._ask(at))
            if self._kept is None:
                raise OutOfReach("did_not_answer_just_now")
            return self._kept[1]


@dataclass(frozen=True)
class Bearings:
    """Where the directory answers, and whether its answers say who it is."""

    endpoints: Endpoints
    names_itself: bool


def bearings_of(directory: Directory) -> Callable[[datetime], Awaitable[Bearings]]:
    """How to find out where this directory answers."""

    async def ask(at: datetime) -> Bearings:
        if directory.endpoints is not None:
            return Bearings(directory.endpoints, directory.names_itself)
        said = await directory_wire.get(directory.issuer.rstrip("/") + DISCOVERY)
        return _discovered(said, directory)

    return ask


def _discovered(said: Mapping[str, Any], directory: Directory) -> Bearings:
    """The document must be this issuer's, letter for letter (OpenID Connect Discovery 4.3)."""
    if said.get("issuer") != directory.issuer:
        raise Untrusted("issuer_wrong")
    names = {
        "authorize": "authorization_endpoint",
        "token": "token_endpoint",
        "jwks": "jwks_uri",
        **({"userinfo": "userinfo_endpoint"} if directory.asks_userinfo else {}),
    }
    found = {ours: said.get(theirs) for ours, theirs in names.items()}
    if not all(isinstance(address, str) and is_safe_address(address) for address in found.values()):
        raise Untrusted("endpoint_unsafe")
    says_so = said.get("authorization_response_iss_parameter_supported") is True
    return Bearings(Endpoints.model_validate(found), directory.names_itself or says_so)


def keys_from(said: Mapping[str, Any]) -> KeySet:
    """The public keys that may sign. What is of another kind, for another use or too weak is left out.

    Raises Untrusted(keys_unreadable) if none is left.
    """
    listed = said.get("keys")
    keys = [key for each in listed if (key := _key(each))] if isinstance(listed, list) else []
    if not keys:
        raise Untrusted("keys_unreadable")
    return KeySet(keys)


def _key(said: Any) -> Key | None:
    """Never a symmetric one: published, it is no secret."""
    if not isinstance(said, dict) or said.get("kty") not in ("RSA", "EC") or said.get("use", "sig") != "sig":
        return None
    public = {name: value for name, value in said.items() if name not in _PRIVATE}
    try:
        return (
            import_key(public) if public["kty"] == "EC" or _bits(public["n"]) >= SHORTEST_RSA_BITS else None
        )
    except (JoseError, ValueError, TypeError, KeyError):
        return None


_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth"})


def _bits(modulus: str) -> int:
    return int.from_bytes(urlsafe_b64decode(modulus + "==")).bit_length()
