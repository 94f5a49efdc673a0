"""Rows of cohort files that wait for a person to decide. Shows them; deciding comes later."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import Deed
from iom.adapters.store import held_rows
from iom.adapters.store.held_rows import HeldRowView
from web.sessions import SignedIn

router = APIRouter()

AT_ONCE = 200


@dataclass(frozen=True)
class ImportsPage:
    """The rows that wait."""

    rows: Sequence[HeldRowView]


@router.get("/imports")
async def show(visit: SignedIn) -> Response:
    """Every row that waits, the oldest first."""
    visit.by.check(Deed.DECIDE_ON_IMPORTS, on_team=True)
    rows = await held_rows.waiting(visit.conn, AT_ONCE)
    if rows:
        shown = ",".join(row.local_ref for row in rows)
        await visit.by.note(visit.conn, "consult", f"held_rows:{shown}", None, "import")
    return visit.show("imports.html", ImportsPage(rows))
