"""Correcting a person's record, restricting its processing, and hearing of corrections. Erasing is by command only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.access import Deed
from iom.adapters.deeds import rights as deeds
from iom.adapters.store import rights
from iom.adapters.store.case_file import CaseFile
from iom.adapters.store.rights import Corrected, Notice, Restriction
from iom.corrections import CORRECTABLE, Field
from web.pages.case import Ref
from web.pages.on_case import OnCase
from web.sessions import PageVisit, SignedIn

router = APIRouter()

LABELS = {field: correctable.label for field, correctable in CORRECTABLE.items()}


@dataclass(frozen=True)
class Correcting:
    """What can be corrected, what was, and who outside the service has still to be told."""

    labels: Mapping[Field, str]
    corrected: Sequence[Corrected]
    outside: Sequence[Notice]


@dataclass(frozen=True)
class Heard:
    """Corrections of what this person was told, not acknowledged yet."""

    notices: Sequence[Notice]
    labels: Mapping[Field, str]
    key: str


async def _correcting(visit: PageVisit, case: CaseFile) -> Correcting:
    corrected = await rights.corrections_of(visit.conn, case.cover.id)
    return Correcting(LABELS, corrected, await rights.outside_of(visit.conn, case.cover.id))


async def _restriction(visit: PageVisit, case: CaseFile) -> Restriction | None:
    return await rights.restriction_of(visit.conn, case.cover.id)


OF_VALUE = dict.fromkeys(
    (
        "value_needed",
        "value_not_readable",
        "nothing_changed",
        "taken",
        "bad_pnc_check_letter",
        "pnc_wrong_pattern",
        "crn_wrong_pattern",
        "noms_number_wrong_pattern",
        "postcode_district_wrong_pattern",
    ),
    "value",
)
CORRECTION = OnCase(Deed.CORRECT_RECORD, "correction.html", "correction", OF_VALUE, _correcting)
PROCESSING = OnCase(
    Deed.RESTRICT_PROCESSING, "processing.html", "processing", {"reason_needed": "why"}, _restriction
)


@router.get("/cases/{ref}/correction")
async def ask_correction(ref: Ref, visit: SignedIn) -> Response:
    """The form, and what was corrected before."""
    return await CORRECTION.ask(visit, ref)


@router.post("/cases/{ref}/correction")
async def record_correction(ref: Ref, visit: SignedIn) -> Response:
    """Corrects one value, and lets those know who were told the old one."""
    field = visit.form.choice("field", Field, "Choose what is wrong.") or Field.NOTES
    value = visit.form.text("value", most=4000)
    reason = visit.form.text("reason", "Say how you know.", most=1000)
    return await CORRECTION.record(
        visit, ref, lambda: deeds.correct(visit.conn, visit.by, ref, field, value, reason)
    )


@router.get("/cases/{ref}/processing")
async def ask_processing(ref: Ref, visit: SignedIn) -> Response:
    """The form, to restrict processing or to lift that, as it stands."""
    return await PROCESSING.ask(visit, ref)


@router.post("/cases/{ref}/processing")
async def record_processing(ref: Ref, visit: SignedIn) -> Response:
    """Restricts processing, or lifts that."""
    deed = deeds.lift_restriction if visit.form["restricted"] == "no" else deeds.restrict
    why = visit.form.text("why", "Say why.", most=1000)
    return await PROCESSING.record(visit, ref, lambda: deed(visit.conn, visit.by, ref, why))


@router.get("/corrections")
async def heard(visit: SignedIn) -> Response:
    """Corrections of what this person was told."""
    notices = await rights.notices_of(visit.conn, visit.actor.account_id)
    if notices:
        refs = ",".join(dict.fromkeys(notice.ref for notice in notices))
        await visit.by.note(visit.conn, "consult", f"cases:{refs}", None, "corrections")
    return visit.show("corrections.html", Heard(notices, LABELS, visit.key))


@router.post("/corrections/{notice_id}")
async def acknowledge(notice_id: UUID, visit: SignedIn) -> Response:
    """What they hold themselves is put right; or somebody outside has been told."""
    await deeds.acknowledge(visit.conn, visit.by, notice_id)
    ref = visit.form["ref"]
    back = f"/cases/{ref}/correction" if ref.replace("-", "").isalnum() and len(ref) <= 20 else "/corrections"
    return RedirectResponse(f"{back}?done=acknowledged", 303)
