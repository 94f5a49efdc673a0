"""Restricting a case to its team, and lifting that."""

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import Deed
from iom.adapters.deeds.case_restriction import restrict_case
from web.pages.case import Ref
from web.pages.on_case import OnCase
from web.sessions import SignedIn

router = APIRouter()

FORM = OnCase(Deed.RESTRICT_CASE, "restriction.html", "restriction", {"reason_needed": "why"})


@router.get("/cases/{ref}/restriction")
async def ask(ref: Ref, visit: SignedIn) -> Response:
    """The form, to restrict a case or to lift that, as it stands."""
    return await FORM.ask(visit, ref)


@router.post("/cases/{ref}/restriction")
async def record(ref: Ref, visit: SignedIn) -> Response:
    """Restricts it, or lifts that."""
    restricted, why = visit.form["restricted"] == "yes", visit.form.text("why", "Say why.", most=1000)
    return await FORM.record(
        visit, ref, lambda: restrict_case(visit.conn, visit.by, ref, restricted=restricted, why=why)
    )
