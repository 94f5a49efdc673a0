"""Whether an ID token may be believed: OpenID Connect Core 3.1.3.7, and what its libraries leave open. Asks nobody."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    JoseError,
    MissingClaimError,
)
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from iom.adapters.directory_wire import Untrusted

LEEWAY = 60
"""Seconds that the directory's clock and ours may differ."""

LONGEST_SUBJECT = 255
"""OpenID Connect Core 2: a subject is ASCII and no longer."""


@dataclass(frozen=True)
class Expected:
    """What the token has to say. ``began_at`` is when we sent somebody there, ``at`` is now."""

    issuer: str
    client_id: str
    algorithms: tuple[str, ...]
    nonce: str
    began_at: datetime
    at: datetime


def read_id_token(
    token: object, keys: KeySet, expected: Expected, access_token: object = None
) -> Mapping[str, Any]:
    """The claims of a token that is signed, meant for us, of now, and the answer to our own question.

    Raises Untrusted with key_unknown (it may have been changed since), or with what is wrong.
    """
    if not isinstance(token, str):
        raise Untrusted("token_missing")
    algorithm = _algorithm(token)
    if algorithm not in expected.algorithms:
        raise Untrusted("algorithm_not_allowed")
    claims = _signed(token, keys, algorithm)
    _check_registered(claims, expected)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise Untrusted("nonce_wrong")
    _check_party(claims, expected.client_id)
    _check_access_token(claims.get("at_hash"), access_token, algorithm)
    return claims


def _registry(algorithms: tuple[str, ...]) -> JWSRegistry:
    """Headers of the directory's own are left alone; those it calls critical must be understood."""
    return JWSRegistry(algorithms=algorithms, strict_check_header=False)


_UNREADABLE = (JoseError, ValueError, TypeError, KeyError, RecursionError)


def _algorithm(token: str) -> str:
    try:
        said = jws.extract_compact(token.encode(), registry=_registry(())).headers().get("alg")
    except _UNREADABLE:
        raise Untrusted("token_unreadable") from None
    return said if isinstance(said, str) else ""


def _signed(token: str, keys: KeySet, algorithm: str) -> dict[str, Any]:
    """Never with an empty list of algorithms: joserfc then takes those it recommends, HS256 among them."""
    try:
        return jwt.decode(token, keys, [algorithm], _registry((algorithm,))).claims
    except InvalidKeyIdError:
        raise Untrusted("key_unknown") from None
    except BadSignatureError:
        raise Untrusted("signature_wrong") from None
    except _UNREADABLE:
        raise Untrusted("token_unreadable") from None


def _check_registered(claims: dict[str, Any], expected: Expected) -> None:
    now = int(expected.at.timestamp())
    registry = jwt.JWTClaimsRegistry(
        now,
        LEEWAY,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        registry.validate(claims)
    except ExpiredTokenError:
        raise Untrusted("token_expired") from None
    except (InvalidClaimError, MissingClaimError) as wrong:
        raise Untrusted(_FAULT_OF_CLAIM.get(str(wrong.claim), "claim_wrong")) from None
    if claims["iat"] < expected.began_at.timestamp() - LEEWAY:
        raise Untrusted("issued_at_wrong")
    if len(claims["sub"]) > LONGEST_SUBJECT or not claims["sub"].isprintable():
        raise Untrusted("subject_wrong")


_FAULT_OF_CLAIM = {
    "iss": "issuer_wrong",
    "aud": "audience_wrong",
    "sub": "subject_wrong",
    "exp": "token_expired",
    "iat": "issued_at_wrong",
    "nbf": "not_yet_valid",
}


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """A token for several must say that it was made for us."""
    party, audience = claims.get("azp"), claims["aud"]
    meant_for_several = isinstance(audience, list) and len(audience) > 1
    if (party is not None or meant_for_several) and party != client_id:
        raise Untrusted("party_wrong")


def _check_access_token(hashed: object, access_token: object, algorithm: str) -> None:
    """Where the token names the access token that came with it, it is that one (Core 3.1.3.8)."""
    if hashed is None or not isinstance(access_token, str):
        return
    digest = hashlib.new(f"sha{algorithm[2:]}", access_token.encode()).digest()
    half = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    if hashed != half:
        raise Untrusted("access_token_wrong")
