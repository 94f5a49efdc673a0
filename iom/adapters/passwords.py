"""Passwords: argon2id, slow on purpose. Keeps none and logs none."""

import asyncio
from functools import cache

from pwdlib import PasswordHash

_ARGON2ID = PasswordHash.recommended()


def hashed(password: str) -> str:
    """How a password is kept."""
    return _ARGON2ID.hash(password)


async def fits(password: str, kept: str | None) -> bool:
    """Whether this password was kept so. With nothing kept it takes as long: so nobody learns who is known."""
    return await asyncio.to_thread(_fits, password, kept)


def _fits(password: str, kept: str | None) -> bool:
    right = _ARGON2ID.verify(password, kept or _nobodys())
    return right and kept is not None


@cache
def _nobodys() -> str:
    return hashed("nobody has this password")
