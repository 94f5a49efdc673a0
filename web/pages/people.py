"""Accounts as they are kept: who signs in, joiners, movers, leavers. For administrators and points of contact."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import RedirectResponse, Response

from iom.adapters.database import Connection, transaction
from iom.adapters.deeds import staff
from iom.adapters.deeds.joining import NewAccount
from iom.adapters.deeds.staff import Keeper
from iom.adapters.sign_in_rules import terms
from iom.adapters.store import staff_accounts
from iom.adapters.store.staff_accounts import AgencyRow, Change, StaffAccount
from iom.refusals import Refused
from iom.standing import LOCK_LABELS, Terms
from iom.vocabulary import ROLE_LABELS, Role
from web.deps import door_of, settings_of
from web.forms import Form
from web.problems import status_of
from web.sessions import PageVisit, SignedIn

router = APIRouter(prefix="/accounts")

WAYS = {
    "password": "A password, and an app",
    "link": "A link by e-mail, and an app",
    "directory": "Their directory",
}
FIELD_OF_CODE = {
    "bad_email": "email",
    "account_exists": "email",
    "name_needed": "name",
    "not_allowed": "role",
    "agency_needed": "agency",
}


@dataclass(frozen=True)
class Keeping:
    """A visit by somebody who keeps accounts, and the door's transaction in which they do it."""

    visit: PageVisit
    conn: Connection
    keeper: Keeper

    @property
    def terms(self) -> Terms:
        """When accounts are due and when they lock."""
        return terms(settings_of(self.visit.request))

    @property
    def roles(self) -> list[Role]:
        """What they may make somebody."""
        return [role for role in Role if self.keeper.gives(role)]


async def _keeping(visit: SignedIn) -> AsyncIterator[Keeping]:
    """Raises Refused(not_allowed) for whoever keeps no accounts."""
    async with transaction(door_of(visit.request)) as conn:
        keeper = await staff.reach_of(conn, visit.actor)
        if keeper is None:
            raise Refused(
                "not_allowed",
                "Accounts are kept by administrators and by each agency's point of contact. Ask them.",
            )
        yield Keeping(visit, conn, keeper)


Kept = Annotated[Keeping, Depends(_keeping, scope="function")]


@dataclass(frozen=True)
class Line:
    """One account in the list."""

    account: StaffAccount
    state: str
    is_due: bool


@dataclass(frozen=True)
class PeoplePage:
    """Everybody this keeper keeps; ``agencies`` is empty for a point of contact."""

    lines: tuple[Line, ...]
    agencies: Sequence[AgencyRow]
    recertify_days: int

    @property
    def due(self) -> tuple[Line, ...]:
        """Those to recertify now."""
        return tuple(line for line in self.lines if line.is_due)


@dataclass(frozen=True)
class PersonPage:
    """One account and all that can be done to it. ``password`` is a new one, shown this once."""

    line: Line
    changes: Sequence[Change]
    roles: dict[str, str]
    may_change: bool
    moves_agency: bool
    form: Form
    refusal: str = ""
    password: str = ""


@dataclass(frozen=True)
class JoinPage:
    """The form for somebody new; ``names_agency`` if this keeper chooses it."""

    form: Form
    roles: dict[str, str]
    ways: dict[str, str]
    names_agency: bool
    refusal: str = ""


@router.get("")
async def show(kept: Kept) -> Response:
    """Everybody."""
    listed = await staff_accounts.listed(kept.conn, kept.keeper.agency_id)
    agencies = await staff_accounts.agencies(kept.conn) if kept.keeper.agency_id is None else ()
    lines = tuple(_line(kept, each) for each in listed)
    return kept.visit.show("people.html", PeoplePage(lines, agencies, kept.terms.recertify_days))


@router.get("/new")
async def ask(kept: Kept) -> Response:
    """The form for somebody new."""
    return _ask(kept, Form({"way": "password"}))


@router.post("/new")
async def join(kept: Kept) -> Response:
    """Somebody new. Their first password is shown once, to be handed over."""
    form, password = kept.visit.form, staff.new_password()
    role = form.choice("role", Role, "Choose what they are.")
    new = NewAccount(
        form.text("email", "Enter their e-mail address.", most=254),
        form.text("name", "Enter their name.", most=200),
        role or Role.MENTOR,
        form["agency"],
        password if form["way"] == "password" else None,
        by_link=form["way"] == "link",
    )
    if not form.holds:
        return _ask(kept, form)
    try:
        async with kept.conn.transaction():
            joined = await staff.join(kept.conn, kept.keeper, new, kept.visit.now)
    except Refused as refused:
        return _ask(kept, form, refused)
    return await _one(kept, joined.id, password=new.password or "")


@router.get("/{account_id}")
async def one(account_id: UUID, kept: Kept) -> Response:
    """One account."""
    return await _one(kept, account_id)


@router.post("/{account_id}/move")
async def move(account_id: UUID, kept: Kept) -> Response:
    """Another role or agency."""
    role = kept.visit.form.choice("role", Role, "Choose what they are now.")
    if role is None:
        return await _one(kept, account_id, status=422)
    agency = kept.visit.form["agency"]
    return await _do(
        kept, account_id, lambda: staff.move(kept.conn, kept.keeper, account_id, role, agency, kept.visit.now)
    )


@router.post("/{account_id}/password")
async def password(account_id: UUID, kept: Kept) -> Response:
    """A new password, shown once, to be handed over."""
    made = staff.new_password()
    return await _do(
        kept,
        account_id,
        lambda: staff.set_password(kept.conn, kept.keeper, account_id, made, kept.visit.now),
        made,
    )


DEEDS = {
    "leave": staff.leave,
    "recertify": staff.recertify,
    "unlock": staff.unlock,
    "reset-factor": staff.reset_factor,
    "end-sessions": staff.end_sessions,
}
"""What is done to an account with one button."""


@router.post("/{account_id}/{deed}")
async def do(account_id: UUID, deed: str, kept: Kept) -> Response:
    """One of ``DEEDS``."""
    if deed not in DEEDS:
        raise Refused("deed_not_found", "There is nothing at this address. Check it.")
    return await _do(
        kept, account_id, lambda: DEEDS[deed](kept.conn, kept.keeper, account_id, kept.visit.now)
    )


async def to_recertify(visit: PageVisit) -> int:
    """How many accounts this person, as a point of contact, has to speak for now."""
    mine = visit.actor
    if await staff_accounts.contact_of(visit.conn, mine.agency_id) != mine.account_id:
        return 0
    days = terms(settings_of(visit.request))
    async with transaction(door_of(visit.request)) as conn:
        listed = await staff_accounts.listed(conn, mine.agency_id)
    return sum(each.is_due(days, visit.now) and each.id != mine.account_id for each in listed)


async def _do(
    kept: Keeping, account_id: UUID, doing: Callable[[], Coroutine[Any, Any, None]], password: str = ""
) -> Response:
    try:
        async with kept.conn.transaction():
            await doing()
    except Refused as refused:
        if refused.code == "account_not_found":
            raise
        return await _one(kept, account_id, refused.sentence, status_of(refused.code))
    if password:
        return await _one(kept, account_id, password=password)
    return RedirectResponse("/accounts?done=account_changed", 303)


async def _one(
    kept: Keeping, account_id: UUID, refusal: str = "", status: int = 200, password: str = ""
) -> Response:
    account = await staff_accounts.one(kept.conn, account_id)
    if account is None or kept.keeper.agency_id not in (None, account.agency_id):
        raise Refused("account_not_found", "There is no such account among those you keep.")
    view = PersonPage(
        _line(kept, account),
        await staff_accounts.changes(kept.conn, account_id),
        _labels(kept.roles),
        account.left_at is None and kept.keeper.gives(account.role),
        kept.keeper.agency_id is None,
        kept.visit.form,
        refusal,
        password,
    )
    return kept.visit.show("person.html", view, status)


def _line(kept: Keeping, account: StaffAccount) -> Line:
    now = kept.visit.now
    lock = account.lock(kept.terms, now)
    state = "Has left" if account.left_at else LOCK_LABELS[lock] if lock else "Can sign in"
    return Line(account, state, account.is_due(kept.terms, now))


def _ask(kept: Keeping, form: Form, refused: Refused | None = None) -> Response:
    refusal = ""
    if refused and refused.code in FIELD_OF_CODE:
        form.refuse(FIELD_OF_CODE[refused.code], refused.sentence)
    elif refused:
        refusal = refused.sentence
    status = 422 if refused or form.errors else 200
    names = kept.keeper.agency_id is None
    return kept.visit.show("join.html", JoinPage(form, _labels(kept.roles), WAYS, names, refusal), status)


def _labels(roles: Sequence[Role]) -> dict[str, str]:
    return {role.value: ROLE_LABELS[role] for role in roles}
