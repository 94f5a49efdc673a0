"""Somebody's own account: where they are signed in, recovery codes made anew, the password changed. Nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.adapters import second_factor
from iom.adapters.database import transaction
from iom.adapters.deeds import joining, staff
from iom.adapters.store import second_factors, sessions
from iom.adapters.store.sessions import OwnSession
from iom.refusals import Refused
from web.cookies import take_cookie
from web.deps import door_of, settings_of
from web.forms import Form
from web.sessions import Confirmed, PageVisit, SignedIn

router = APIRouter(prefix="/account")


@dataclass(frozen=True)
class AccountPage:
    """``here`` is the session this page was asked in; ``codes_left`` is None without a second factor."""

    sessions: Sequence[OwnSession]
    here: UUID
    codes_left: int | None
    keeps_accounts: bool


@dataclass(frozen=True)
class NewPassword:
    """The form for another password."""

    form: Form
    shortest: int
    refusal: str = ""


@dataclass(frozen=True)
class RecoveryPage:
    """Recovery codes, this once; ``next`` is where to go on."""

    codes: tuple[str, ...]
    next: str


@router.get("")
async def show(visit: SignedIn) -> Response:
    """Everything about it."""
    mine = visit.actor.account_id
    async with transaction(door_of(visit.request)) as conn:
        factor = await second_factors.of(conn, mine)
        left = await second_factors.recovery_codes_left(conn, mine) if factor else None
        reach = await staff.reach_of(conn, visit.actor)
    listed = await sessions.listed(visit.conn, mine, visit.now)
    return visit.show("account.html", AccountPage(listed, visit.session_id, left, reach is not None))


@router.post("/sessions/{session_id}/end")
async def end(session_id: UUID, visit: SignedIn) -> Response:
    """Ends one of their sessions."""
    await sessions.end(visit.conn, session_id, visit.actor.account_id, visit.now)
    return (
        _left(visit)
        if session_id == visit.session_id
        else RedirectResponse("/account?done=session_ended", 303)
    )


@router.post("/sessions/end-all")
async def end_all(visit: SignedIn) -> Response:
    """Signs out everywhere, here too."""
    await sessions.end_all(visit.conn, visit.actor.account_id, visit.now)
    return _left(visit)


def _left(visit: PageVisit) -> Response:
    answer = RedirectResponse("/sign-in?signed_out=", 303)
    take_cookie(answer, settings_of(visit.request))
    return answer


@router.get("/recovery-codes")
async def about_codes(visit: Confirmed) -> Response:
    """Asks first: earlier codes stop working."""
    return visit.show("recovery_codes_ask.html", None)


@router.post("/recovery-codes")
async def renew_codes(visit: Confirmed) -> Response:
    """Ten new recovery codes, shown this once."""
    mine = visit.actor.account_id
    async with transaction(door_of(visit.request)) as conn:
        if await second_factors.of(conn, mine) is None:
            raise Refused("no_second_factor", "Set up your app first: sign out and sign in again.")
        codes = await second_factor.renew_recovery_codes(conn, mine, visit.now)
    return visit.show("recovery_codes.html", RecoveryPage(codes, "/account"))


@router.get("/password")
async def ask_password(visit: Confirmed) -> Response:
    """The form."""
    return visit.show("new_password.html", NewPassword(visit.form, joining.SHORTEST_PASSWORD))


@router.post("/password")
async def set_password(visit: Confirmed) -> Response:
    """Another password. Every other session of theirs ends."""
    new = visit.form.text("new_password", "Enter a new password.", most=500)
    if visit.form.holds:
        try:
            async with transaction(door_of(visit.request)) as conn:
                await staff.change_own_password(conn, visit.actor, new, visit.session_id, visit.now)
            return RedirectResponse("/account?done=password_changed", 303)
        except Refused as refused:
            visit.form.refuse("new_password", refused.sentence)
    return visit.show("new_password.html", NewPassword(visit.form, joining.SHORTEST_PASSWORD), 422)
