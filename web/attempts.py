"""Attempts at a case that is closed to whoever asks: refused as if there were none, and noted all the same."""

import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request

from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.store import access
from iom.refusals import Refused

LIKE_A_REFERENCE = re.compile(r"[A-Z0-9-]{1,20}")


async def note_attempt(
    request: Request, conn: Connection, by: By, refused: Refused, enter: Callable[[], Awaitable[object]]
) -> None:
    """Undoes what the refused request did, and notes that a restricted case was asked for, in a transaction of its own.

    ``enter`` puts that transaction in the name of whoever asks.
    """
    ref = str(request.path_params.get("ref", "")).upper()
    if refused.code != "case_not_found" or not LIKE_A_REFERENCE.fullmatch(ref):
        return
    await conn.rollback()
    await enter()
    asked = await access.to_ask(conn, ref)
    if asked and asked.is_restricted and not asked.is_open:
        await by.note(conn, "consult", f"case:{ref}", asked.id, "restricted")
    await conn.commit()
