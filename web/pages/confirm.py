"""Showing again that it is you, before what weighs most; and forms that waited for that, or for signing in."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.adapters.database import transaction
from iom.adapters.directory_settings import is_only_way
from iom.adapters.second_factor import is_right
from iom.adapters.sign_in_rules import patience
from iom.adapters.store import at_door, kept_forms, second_factors, sessions, tries
from iom.adapters.store.kept_forms import Kept
from iom.adapters.store.tries import Trying, TryKind
from iom.refusals import Refused
from web.deps import door_of, settings_of
from web.forms import Form
from web.kept import LASTS
from web.pages import directory
from web.pages.directory import Offer
from web.passwords import owner_of
from web.problems import status_of
from web.sessions import PageVisit, SignedIn, own_path

router = APIRouter()

WRONG = "This is not right. Type it once more."


@dataclass(frozen=True)
class ConfirmPage:
    """Asks for the password or a code, whichever this person has; ``offers`` lead to their agency's own directory."""

    form: Form
    next: str
    offers: tuple[Offer, ...]
    has_password: bool
    has_factor: bool
    minutes: int
    refusal: str = ""


@dataclass(frozen=True)
class KeptPage:
    """What somebody had typed, and where it goes when they send it."""

    form_id: UUID
    kept: Kept

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """Each field that says something, with its name as words."""
        typed = self.kept.fields.items()
        return tuple(
            (name.replace("_", " ").replace("-", " "), said) for name, said in typed if said and name != "key"
        )


@router.get("/confirm")
async def ask(visit: SignedIn) -> Response:
    """The form."""
    return await _ask(visit, visit.request.query_params.get("next", "/"))


@router.post("/confirm")
async def confirm(visit: SignedIn) -> Response:
    """For some minutes from now this session may do what weighs most."""
    door, leading_to = door_of(visit.request), visit.form["next"]
    try:
        if not await _is_they(visit):
            return await _ask(visit, leading_to, WRONG)
    except Refused as refused:
        return await _ask(visit, leading_to, refused.sentence, status_of(refused.code))
    async with transaction(door) as conn:
        await sessions.confirm(conn, visit.session_id, visit.now)
    return RedirectResponse(own_path(leading_to), 303)


async def _is_they(visit: PageVisit) -> bool:
    """Raises Refused(too_many_tries). Guesses count as they do at the door."""
    door, settings, actor = door_of(visit.request), settings_of(visit.request), visit.actor
    if visit.form["password"]:
        async with transaction(door) as conn:
            account = await at_door.by_id(conn, actor.account_id)
        if is_only_way(settings.directories, account.agency_code):
            return False
        owner = await owner_of(
            door, settings, actor.email, visit.form["password"], visit.by.address, visit.now
        )
        return owner == actor.account_id
    trying = Trying(TryKind.CODE, actor.email, visit.by.address)
    async with transaction(door) as conn:
        number = await tries.begin(conn, trying, patience(settings), visit.now)
    async with transaction(door) as conn:
        how = await is_right(conn, actor.account_id, visit.form["code"], visit.now)
        if how is not None:
            await tries.succeeded(conn, number, visit.now)
    return how is not None


async def _ask(visit: PageVisit, leading_to: str, refusal: str = "", status: int = 422) -> Response:
    async with transaction(door_of(visit.request)) as conn:
        account = await at_door.by_id(conn, visit.actor.account_id)
        factor = await second_factors.of(conn, visit.actor.account_id)
    settings = settings_of(visit.request)
    view = ConfirmPage(
        visit.form,
        own_path(leading_to),
        directory.offers_to_confirm(settings, account.agency_code, own_path(leading_to)),
        account.password_hash is not None and not is_only_way(settings.directories, account.agency_code),
        factor is not None,
        settings.confirm_minutes,
        refusal,
    )
    return visit.show("confirm.html", view, status if refusal else 200)


@router.get("/kept/{form_id}")
async def show(form_id: UUID, visit: SignedIn) -> Response:
    """A form that was kept, to send or to throw away."""
    return visit.show("kept.html", KeptPage(form_id, await _kept(visit, form_id)))


@router.post("/kept/{form_id}/forget")
async def forget(form_id: UUID, visit: SignedIn) -> Response:
    """Throws it away."""
    kept = await _kept(visit, form_id)
    await kept_forms.empty(visit.conn, form_id, visit.actor.account_id)
    return RedirectResponse(own_path(kept.path) if kept.path.startswith("/cases") else "/", 303)


async def _kept(visit: PageVisit, form_id: UUID) -> Kept:
    """Raises Refused(kept_form_not_found)."""
    kept = await kept_forms.one(visit.conn, form_id, visit.actor.account_id, visit.now - LASTS)
    if kept is None:
        raise Refused(
            "kept_form_not_found", "There is no form of yours here: it was sent, thrown away, or is too old."
        )
    return kept
