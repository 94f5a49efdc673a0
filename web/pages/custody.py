"""Recording where somebody is: custody, a release, a release date that moved, or elsewhere."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import Deed
from iom.adapters.deeds.custody import Custody, record_custody
from iom.adapters.store.case_file import CaseFile
from iom.vocabulary import IN_PRISON, CustodyStatus
from web.pages.case import Ref
from web.pages.on_case import OnCase
from web.sessions import PageVisit, SignedIn

router = APIRouter()

PRISON = (CustodyStatus.REMAND, CustodyStatus.SENTENCED, CustodyStatus.RECALLED)
OUTSIDE = tuple(status for status in CustodyStatus if status not in IN_PRISON)


async def _choices(_: PageVisit, case: CaseFile) -> tuple[tuple[CustodyStatus, ...], ...]:
    """In prison, and out of it: there, all but where they are already."""
    return PRISON, tuple(status for status in OUTSIDE if status != case.cover.custody_status)


FIELD_OF_CODE = {
    "release_date_passed": "earliest_release_on-day",
    "release_needs_custody": "status",
    "nothing_changed": "status",
}
FORM = OnCase(Deed.RECORD_CUSTODY, "custody.html", "custody", FIELD_OF_CODE, _choices)


@router.get("/cases/{ref}/custody")
async def ask(ref: Ref, visit: SignedIn) -> Response:
    """The form."""
    return await FORM.ask(visit, ref)


@router.post("/cases/{ref}/custody")
async def record(ref: Ref, visit: SignedIn) -> Response:
    """Records where the person is now. Prison and release date count only while they are in prison."""
    status = visit.form.choice("status", CustodyStatus, "Choose where the person is now.")
    custody = Custody(status or CustodyStatus.COMMUNITY)
    if status in IN_PRISON:
        prison = visit.form.text("establishment", most=200) or None
        release_on = visit.form.day("earliest_release_on", "the earliest release date")
        custody = replace(custody, establishment=prison, earliest_release_on=release_on)
    return await FORM.record(visit, ref, lambda: record_custody(visit.conn, visit.by, ref, custody))
