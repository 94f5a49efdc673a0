"""Codes of an authenticator app (RFC 6238) and recovery codes: made, shown, checked. Logs none of them."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
import segno

from iom.adapters.database import Connection
from iom.adapters.store import second_factors

STEP_SECONDS = 30
TOLERANCE = 1
"""Steps of 30 seconds that the app's clock may be off, either way."""
RECOVERY_CODES = 10
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""No letter that looks like another: people copy these by hand."""
GROUPS, GROUP_LENGTH = 3, 4


@dataclass(frozen=True)
class Enrolment:
    """A secret as somebody puts it into their app: a picture to scan, or letters to type."""

    picture: str
    typed: str


def new_secret() -> str:
    """A secret of 160 bits, as RFC 4226 recommends."""
    return pyotp.random_base32()


def enrolment(secret: str, service: str, email: str) -> Enrolment:
    """How the app is told the secret. The picture is SVG, without a style of its own."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=service)
    picture = segno.make(address, micro=False).svg_inline(
        scale=4, border=4, svgclass="iom-qr", lineclass=None
    )
    return Enrolment(picture, " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)))


def counter_of(secret: str, code: str, at: datetime) -> int | None:
    """The half-minute this code belongs to, now or one step either way; None if it is no code of this app."""
    now = int(at.timestamp()) // STEP_SECONDS
    made = pyotp.HOTP(secret)
    fitting = [
        counter
        for counter in range(now - TOLERANCE, now + TOLERANCE + 1)
        if hmac.compare_digest(made.at(counter).encode(), code.encode())
    ]
    return fitting[0] if fitting else None


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 58 bits each, to be shown once."""
    return tuple(
        "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
        for _ in range(RECOVERY_CODES)
    )


async def is_right(conn: Connection, account_id: UUID, typed: str, at: datetime) -> str | None:
    """How the typed code is right, "code" or "recovery"; None if it is wrong or was used before. Uses it up."""
    plain = typed.replace(" ", "").upper()
    if plain.isdigit():
        factor = await second_factors.of(conn, account_id)
        counter = counter_of(factor.secret, plain, at) if factor else None
        used = counter is not None and await second_factors.use_up(conn, account_id, counter)
        return "code" if used else None
    letters = plain.replace("-", "")
    grouped = "-".join(
        letters[start : start + GROUP_LENGTH] for start in range(0, len(letters), GROUP_LENGTH)
    )
    return "recovery" if await second_factors.use_recovery_code(conn, account_id, grouped, at) else None


async def renew_recovery_codes(conn: Connection, account_id: UUID, at: datetime) -> tuple[str, ...]:
    """New recovery codes in the place of all earlier ones."""
    codes = new_recovery_codes()
    await second_factors.replace_recovery_codes(conn, account_id, codes, at)
    return codes
