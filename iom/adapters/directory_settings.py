"""An agency's own directory of people, as ``IOM_DIRECTORIES`` describes it. Checks what is written; asks nobody."""

from ipaddress import ip_address
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

DISCOVERY = "/.well-known/openid-configuration"


def is_safe_address(address: str) -> bool:
    """Whether this may be asked: by https, or on this machine itself. No password, no part after ``#``."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    plain = bool(host) and parts.username is None and not parts.fragment and address.isascii()
    return plain and (parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host)))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _safe(address: str) -> str:
    if not is_safe_address(address):
        raise ValueError("an address of a directory must begin with https://")
    return address


Address = Annotated[str, AfterValidator(_safe)]
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures with a private key only. Never ``none``, never HS*: whoever knows a public key could make those."""


class Part(BaseModel):
    """What all parts of the setting have in common: a word nobody knows is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Endpoints(Part):
    """Where the directory answers, for one that publishes no discovery document."""

    authorize: Address
    token: Address
    jwks: Address
    userinfo: Address | None = None


class ClaimMap(Part):
    """What the directory calls what we need. The subject must never be given to somebody else later."""

    subject: str = "sub"
    email: str = "email"
    email_verified: str = "email_verified"
    name: str = "name"


class Needed(Part):
    """A claim that must be one of these values, or a list that holds one of them."""

    claim: str = Field(min_length=1)
    any_of: tuple[str, ...] = Field(min_length=1)


class Directory(Part):
    """One directory that people of one agency sign in with, by OpenID Connect."""

    code: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    """Stands in the address the directory sends people back to: ``/sign-in/directory/CODE/return``."""
    agency: str = Field(min_length=1)
    """The code of the agency. Nobody of another agency comes in this way."""
    name: str = Field(min_length=1, max_length=60)
    """As the button says it."""
    issuer: Address
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = Field(min_length=1)
    client_authentication: Literal["client_secret_basic", "client_secret_post"] = "client_secret_basic"
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    algorithms: tuple[Algorithm, ...] = Field(default=("RS256",), min_length=1)
    endpoints: Endpoints | None = None
    """None: the issuer's discovery document says them."""
    asks_userinfo: bool = False
    """For a directory whose tokens hold little: name and e-mail address are asked for at its userinfo address."""
    names_itself: bool = False
    """Whether its answers must carry ``iss`` (RFC 9207). One that says so in its discovery document must anyway."""
    acr_values: str = ""
    claims: ClaimMap = ClaimMap()
    required: Needed | None = None
    second_factor: Needed | None = None
    """What says that a second factor was shown there. None: ours is asked for."""
    vouches_for_emails: bool = False
    """For a directory that says no ``email_verified`` but in which only administrators of the agency set addresses."""
    is_only_way: bool = False
    """Whether the agency's people can no longer sign in with a password of ours."""

    @model_validator(mode="after")
    def _can_work(self) -> Self:
        if "openid" not in self.scopes:
            raise ValueError("scopes must name openid")
        if self.asks_userinfo and self.endpoints is not None and self.endpoints.userinfo is None:
            raise ValueError("asks_userinfo needs endpoints.userinfo")
        return self


def is_only_way(directories: list[Directory], agency: str) -> bool:
    """Whether people of the agency with this code sign in with a directory and in no other way."""
    return any(directory.agency == agency and directory.is_only_way for directory in directories)
