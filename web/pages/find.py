"""Whether a person is known on the scheme: an exact search, posted, so that no address holds a name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import Deed
from iom.adapters.deeds import access
from iom.adapters.store.access import Known, Sought
from iom.identifiers import PncId, read_crn, read_noms_number
from iom.refusals import Refused
from web.deps import settings_of
from web.forms import Form
from web.sessions import SignedIn

router = APIRouter()

READERS: Sequence[Callable[[str], Sought]] = (
    lambda typed: Sought(pnc_id=str(PncId.parse(typed))),
    lambda typed: Sought(crn=read_crn(typed)),
    lambda typed: Sought(noms_number=read_noms_number(typed)),
)
NO_NUMBER = "This is no PNC id (2003/0261170A), CRN (X123456) or NOMS number (A1234BC). Check it."


@dataclass(frozen=True)
class FindPage:
    """The form, and who was found; ``found`` is None before anybody was looked for."""

    form: Form
    found: tuple[Known, ...] | None
    hours: int


@router.get("/find")
async def ask(visit: SignedIn) -> Response:
    """The form."""
    visit.by.check(Deed.ASK_ACCESS, on_team=True)
    return visit.show("find.html", FindPage(visit.form, None, settings_of(visit.request).break_glass_hours))


@router.post("/find")
async def find(visit: SignedIn) -> Response:
    """Looks for exactly this person. The search is noted with what was typed."""
    form, hours = visit.form, settings_of(visit.request).break_glass_hours
    sought, terms = read_sought(form)
    if not form.holds:
        return visit.show("find.html", FindPage(form, None, hours), 422)
    found = await access.find(visit.conn, visit.by, sought, terms)
    return visit.show("find.html", FindPage(form, tuple(found), hours))


def read_sought(form: Form) -> tuple[Sought, str]:
    """Who is looked for, and that in words. What is missing is noted in the form; then nobody may use the answer."""
    if form["number"]:
        return _numbered(form)
    forenames = " ".join(form.text("forenames", "Enter all forenames, or a number above.", most=200).split())
    surname = " ".join(form.text("surname", "Enter the whole surname.", most=200).split())
    born = form.day("date_of_birth", "the date of birth", needed=True)
    return Sought(surname, forenames, born), f"{forenames} {surname} {born}"


def _numbered(form: Form) -> tuple[Sought, str]:
    for read in READERS:
        try:
            return read(form["number"]), form["number"]
        except Refused:
            continue
    form.refuse("number", NO_NUMBER)
    return Sought(), ""
