"""Rows of cohort files that wait for a person to decide. Shows them; deciding comes later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import Deed
from iom.adapters.store import held_rows
from iom.adapters.store.held_rows import HeldRowView
from iom.cohort_report import Doubt
from web.sessions import SignedIn

router = APIRouter()

AT_ONCE = 200
REASONS = {
    Doubt.POSSIBLE_DUPLICATE: "It has an identifier of somebody else",
    Doubt.DIFFERS_FROM_RECORD: "It was imported before, with other facts",
}


@dataclass(frozen=True)
class ImportsPage:
    """The rows that wait."""

    rows: Sequence[HeldRowView]
    reasons: Mapping[Doubt, str] = field(default_factory=lambda: REASONS)


@router.get("/imports")
async def show(visit: SignedIn) -> Response:
    """Every row that waits, the oldest first."""
    visit.by.check(Deed.DECIDE_ON_IMPORTS, on_team=True)
    rows = await held_rows.waiting(visit.conn, AT_ONCE)
    if rows:
        shown = ",".join(row.local_ref for row in rows)
        await visit.by.note(visit.conn, "consult", f"held_rows:{shown}", None, "import")
    return visit.show("imports.html", ImportsPage(rows))
