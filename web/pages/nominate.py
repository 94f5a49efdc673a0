"""Nominating a person: who it is, why, and on what basis. Opens the case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.access import Deed
from iom.adapters.deeds.nominations import NewNomination
from iom.adapters.deeds.nominations import nominate as nominate_person
from iom.adapters.store import cases, events
from iom.identifiers import PncId, read_crn, read_noms_number
from iom.refusals import Refused
from iom.vocabulary import Basis
from web.forms import Form
from web.problems import status_of
from web.sessions import PageVisit, SignedIn

router = APIRouter()


@dataclass(frozen=True)
class NominatePage:
    """The form for a nomination."""

    form: Form
    key: str
    refusal: str = ""


@router.get("/nominate")
async def ask(visit: SignedIn) -> Response:
    """The form."""
    visit.by.check(Deed.NOMINATE, on_team=True)
    return visit.show("nominate.html", NominatePage(visit.form, visit.key))


@router.post("/nominate")
async def record(visit: SignedIn) -> Response:
    """Opens the case and goes to it."""
    new = read_nomination(visit.form)
    if not visit.form.holds:
        return visit.show("nominate.html", NominatePage(visit.form, visit.key), 422)
    refused = await visit.attempt(lambda: nominate_person(visit.conn, visit.by, new))
    if refused is None:
        return RedirectResponse(f"/cases/{await _opened(visit)}?done=nominated", 303)
    if refused.code.startswith("date_of_birth_"):
        visit.form.refuse("date_of_birth-day", refused.sentence)
    sentence = "" if visit.form.errors else refused.sentence
    return visit.show("nominate.html", NominatePage(visit.form, visit.key, sentence), status_of(refused.code))


def read_nomination(form: Form) -> NewNomination:
    """Who is put forward; what is missing or wrong is noted in the form, and then nobody may use the answer."""
    return NewNomination(
        forenames=form.text("forenames", "Enter the forenames.", most=200),
        surname=form.text("surname", "Enter the surname.", most=200),
        date_of_birth=form.day("date_of_birth", "the date of birth", needed=True) or date.min,
        pnc_id=_identifier(form, "pnc_id", lambda typed: str(PncId.parse(typed))),
        crn=_identifier(form, "crn", read_crn),
        noms_number=_identifier(form, "noms_number", read_noms_number),
        basis=form.choice("basis", Basis, "Say whether they are on an order or licence.") or Basis.VOLUNTARY,
        police_area=form.text("police_area", most=100),
        why=form.text("why", "Say why this person should be on the scheme."),
        evidence=form.text("evidence"),
    )


def _identifier(form: Form, name: str, read: Callable[[str], str]) -> str | None:
    if not form[name]:
        return None
    try:
        return read(form[name])
    except Refused as refused:
        form.refuse(name, refused.sentence)
        return None


async def _opened(visit: PageVisit) -> str:
    """The reference of the case this form opened, now or when it was first sent."""
    written = await events.by_request(visit.conn, visit.by.request_id)
    assert written is not None, "it was written just now"
    return await cases.ref_of(visit.conn, written.case_id)
