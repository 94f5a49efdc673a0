"""Cursors: where a page of a list ended, packed so that nobody builds on what is inside. Not secret, not trusted."""

import base64
import binascii
import json
from datetime import datetime
from uuid import UUID

from iom.refusals import Refused

LONGEST = 300


def pack(*parts: str) -> str:
    """The cursor made of these parts."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def unpack(cursor: str, count: int) -> list[str]:
    """The ``count`` parts of a cursor. Raises Refused(page_not_found)."""
    try:
        parts = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise _bad() from None
    if not isinstance(parts, list) or len(parts) != count:
        raise _bad()
    if not all(isinstance(part, str) and part.isprintable() for part in parts):
        raise _bad()
    return parts


def at_moment(cursor: str) -> tuple[datetime, str]:
    """A moment (aware) and what orders things at it. Raises Refused(page_not_found)."""
    moment, place = unpack(cursor, 2)
    try:
        read = datetime.fromisoformat(moment)
    except ValueError:
        raise _bad() from None
    if read.tzinfo is None or not 1900 < read.year < 2200:
        raise _bad()
    return read, place


def at_moment_of(cursor: str) -> tuple[datetime, UUID]:
    """A moment (aware) and the id of what is there. Raises Refused(page_not_found)."""
    moment, place = at_moment(cursor)
    try:
        return moment, UUID(place)
    except ValueError:
        raise _bad() from None


def _bad() -> Refused:
    return Refused(
        "page_not_found", "This list has no such page. Use next_cursor of the page before, unchanged."
    )
