"""Changes to a plan that no step asks for: start an intervention, propose an exit, give a role."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import Deed
from iom.adapters.deeds.plans import give_role, propose_exit, start_intervention
from iom.adapters.programme_files import interventions
from iom.adapters.store import staff
from iom.adapters.store.case_file import CaseFile
from iom.adapters.store.staff import Colleague
from iom.programme import Programme
from iom.vocabulary import ON_A_CASE, Role
from web.pages.case import Ref
from web.pages.on_case import OnCase
from web.sessions import PageVisit, SignedIn

router = APIRouter()


async def _interventions(_: PageVisit, __: CaseFile) -> tuple[Programme, ...]:
    return interventions()


@dataclass(frozen=True)
class Hands:
    """The roles there are, and who could hold them."""

    roles: tuple[Role, ...]
    colleagues: Sequence[Colleague]


async def _hands(visit: PageVisit, _: CaseFile) -> Hands:
    return Hands(ON_A_CASE, await staff.everybody(visit.conn))


NOT_THAT_ONE = {"programme_unknown": "programme", "not_an_intervention": "programme"}
INTERVENTION = OnCase(Deed.HOLD_REVIEW, "intervention.html", "intervention", NOT_THAT_ONE, _interventions)
EXIT = OnCase(Deed.HOLD_REVIEW, "exit.html", "exit", {})
TEAM = OnCase(Deed.CHANGE_TEAM, "team.html", "team", {"account_unknown": "email"}, _hands)


@router.get("/cases/{ref}/interventions")
async def ask_intervention(ref: Ref, visit: SignedIn) -> Response:
    """The form."""
    return await INTERVENTION.ask(visit, ref)


@router.post("/cases/{ref}/interventions")
async def record_intervention(ref: Ref, visit: SignedIn) -> Response:
    """Starts an intervention."""
    name = visit.form.text("programme", "Choose the intervention to start.", most=100)
    return await INTERVENTION.record(visit, ref, lambda: start_intervention(visit.conn, visit.by, ref, name))


@router.get("/cases/{ref}/exit")
async def ask_exit(ref: Ref, visit: SignedIn) -> Response:
    """The form."""
    return await EXIT.ask(visit, ref)


@router.post("/cases/{ref}/exit")
async def record_exit(ref: Ref, visit: SignedIn) -> Response:
    """Proposes the exit."""
    return await EXIT.record(visit, ref, lambda: propose_exit(visit.conn, visit.by, ref))


@router.get("/cases/{ref}/team")
async def ask_team(ref: Ref, visit: SignedIn) -> Response:
    """The form."""
    return await TEAM.ask(visit, ref)


@router.post("/cases/{ref}/team")
async def record_team(ref: Ref, visit: SignedIn) -> Response:
    """Gives a role to somebody."""
    role = visit.form.choice("role", Role, "Choose the role.") or Role.LEAD_PROFESSIONAL
    email = visit.form.text("email", "Choose who takes it.", most=254)
    return await TEAM.record(visit, ref, lambda: give_role(visit.conn, visit.by, ref, role, email))
