"""Signing in with an agency's own directory: where to send somebody, and what the answer says. Knows no account."""

import hashlib
import hmac
import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from joserfc.jwk import KeySet

from iom.adapters import directory_wire
from iom.adapters.directory_kept import Bearings, Kept, bearings_of, keys_from
from iom.adapters.directory_settings import Directory, Needed
from iom.adapters.directory_token import LEEWAY, Expected, read_id_token
from iom.adapters.directory_wire import Untrusted
from iom.refusals import Refused


@dataclass(frozen=True)
class Attempt:
    """One try at signing in. ``state`` travels through the directory; ``secret`` stays in the browser's cookie.

    What proves that an answer belongs to this try is made from both, so neither the record nor an address holds it.
    """

    state: str
    secret: str

    @classmethod
    def new(cls) -> "Attempt":
        """One that nobody can guess."""
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32))

    @property
    def nonce(self) -> str:
        """What the ID token must repeat."""
        return self._made_for("nonce")

    @property
    def verifier(self) -> str:
        """What only we can show for the code (RFC 7636)."""
        return self._made_for("verifier")

    @property
    def challenge(self) -> str:
        """Its S256."""
        return _base64url(hashlib.sha256(self.verifier.encode()).digest())

    def _made_for(self, use: str) -> str:
        return _base64url(hmac.digest(self.secret.encode(), f"{use} {self.state}".encode(), "sha256"))


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Told:
    """Who the directory says this is. ``email`` is empty unless it is vouched for.

    ``was_asked_anew``: they showed there that it is they after we had sent them, and were not let through as known.
    """

    issuer: str
    subject: str
    email: str
    name: str
    second_factor_shown: bool
    was_asked_anew: bool


@dataclass(frozen=True)
class Return:
    """What a browser brought back: a code, or none, and who says so (RFC 9207)."""

    code: str
    issuer: str | None
    began_at: datetime
    redirect_uri: str


def way_back(public_url: str, directory: Directory) -> str:
    """Where the directory sends people back: its own address for each, so that no answer counts as another's."""
    return f"{public_url}/sign-in/directory/{directory.code}/return"


class Provider:
    """One directory, with what it said of itself lately."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._bearings: Kept[Bearings] = Kept(bearings_of(directory))
        self._keys: Kept[KeySet] = Kept(self._ask_for_keys)

    async def address(self, attempt: Attempt, redirect_uri: str, at: datetime, *, anew: bool) -> str:
        """Where to send somebody; ``anew`` to be asked even if known there. Raises OutOfReach or Untrusted."""
        bearings = await self._bearings.get(at)
        asked = {
            "response_type": "code",
            "client_id": self.directory.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.directory.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            **({"prompt": "login", "max_age": "0"} if anew else {}),
            **({"acr_values": self.directory.acr_values} if self.directory.acr_values else {}),
        }
        authorize = bearings.endpoints.authorize
        return f"{authorize}{'&' if urlsplit(authorize).query else '?'}{urlencode(asked)}"

    async def told(self, attempt: Attempt, brought: Return, at: datetime) -> Told:
        """Who it is. Raises OutOfReach, Untrusted, or Refused(directory_not_for_you)."""
        bearings = await self._bearings.get(at)
        self._check_sender(brought.issuer, bearings)
        tokens = await self._exchange(bearings.endpoints.token, attempt, brought)
        expected = Expected(
            self.directory.issuer,
            self.directory.client_id,
            self.directory.algorithms,
            attempt.nonce,
            brought.began_at,
            at,
        )
        claims = await self._claims(tokens, expected, at)
        if self.directory.asks_userinfo:
            claims = await self._with_userinfo(claims, bearings.endpoints.userinfo, tokens)
        return told_by(claims, self.directory, brought.began_at)

    async def count_keys(self, at: datetime) -> int:
        """How many keys it may sign with, asked for if need be. Raises OutOfReach or Untrusted."""
        return len((await self._keys.get(at)).keys)

    def _check_sender(self, issuer: str | None, bearings: Bearings) -> None:
        """An answer that names somebody else, or nobody where it must name itself, is another directory's."""
        if issuer != self.directory.issuer and (issuer is not None or bearings.names_itself):
            raise Untrusted("sender_wrong")

    async def _exchange(self, address: str, attempt: Attempt, brought: Return) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": brought.code,
            "redirect_uri": brought.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        more, headers = client_authentication(self.directory)
        answer = await directory_wire.post(address, form | more, headers)
        if "error" in answer.said or answer.status != 200:
            raise Untrusted("code_refused")
        return answer.said

    async def _claims(self, tokens: Mapping[str, Any], expected: Expected, at: datetime) -> Mapping[str, Any]:
        token, access_token = tokens.get("id_token"), tokens.get("access_token")
        try:
            return read_id_token(token, await self._keys.get(at), expected, access_token)
        except Untrusted as untrusted:
            if untrusted.fault != "key_unknown":
                raise
        return read_id_token(token, await self._keys.get(at, anew=True), expected, access_token)

    async def _ask_for_keys(self, at: datetime) -> KeySet:
        bearings = await self._bearings.get(at)
        return keys_from(await directory_wire.get(bearings.endpoints.jwks))

    async def _with_userinfo(
        self, claims: Mapping[str, Any], address: str | None, tokens: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """What the token says goes before what is said here; both must speak of the same person (Core 5.3.2)."""
        access_token = tokens.get("access_token")
        if address is None or not isinstance(access_token, str) or not access_token.isascii():
            raise Untrusted("token_missing")
        more = await directory_wire.get(address, access_token)
        if more.get("sub") != claims["sub"]:
            raise Untrusted("userinfo_of_another")
        return {**more, **claims}


def client_authentication(directory: Directory) -> tuple[dict[str, str], dict[str, str]]:
    """Fields and headers by which the directory knows us. In the header both are form-encoded (RFC 6749 2.3.1)."""
    client, secret = directory.client_id, directory.client_secret.get_secret_value()
    if directory.client_authentication == "client_secret_post":
        return {"client_id": client, "client_secret": secret}, {}
    pair = f"{quote_plus(client)}:{quote_plus(secret)}"
    return {}, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def told_by(claims: Mapping[str, Any], directory: Directory, began_at: datetime) -> Told:
    """The claims in our words. Raises Untrusted(subject_wrong) or Refused(directory_not_for_you)."""
    names = directory.claims
    subject = claims.get(names.subject)
    if not isinstance(subject, str) or not subject or not subject.isprintable():
        raise Untrusted("subject_wrong")
    if directory.required is not None and not _has(claims, directory.required):
        raise Refused(
            "directory_not_for_you",
            f"{directory.name} knows you, but does not say that you may use this service. Ask those who look after "
            "it there to add you.",
        )
    is_vouched_for = directory.vouches_for_emails or claims.get(names.email_verified) is True
    return Told(
        directory.issuer,
        subject,
        _text(claims.get(names.email)).lower() if is_vouched_for else "",
        _text(claims.get(names.name)),
        directory.second_factor is not None and _has(claims, directory.second_factor),
        _is_since(claims.get("auth_time"), began_at),
    )


def _is_since(moment: object, began_at: datetime) -> bool:
    """Whether a NumericDate says so, given that the directory's clock may be behind."""
    return isinstance(moment, int | float) and moment >= began_at.timestamp() - LEEWAY


def _has(claims: Mapping[str, Any], needed: Needed) -> bool:
    said = claims.get(needed.claim)
    return any(each in needed.any_of for each in (said if isinstance(said, list) else [said]))


def _text(said: object) -> str:
    return said if isinstance(said, str) and said.isprintable() and len(said) <= 254 else ""
