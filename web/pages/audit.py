"""The record of looks, for who may read it: who was at one case, a search, what one account was at. Changes nothing."""

from dataclasses import dataclass
from datetime import time, timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from iom.adapters.deeds import log_reading
from iom.adapters.store import audit_reads
from iom.adapters.store.audit_reads import Wanted, Whose
from iom.calendar import at_london
from iom.refusals import Refused
from iom.vocabulary import Role
from web.forms import Form
from web.pages.audit_lines import ACTIONS, AT_ONCE, Action, Before, LookLine, of_case, of_log
from web.pages.case import Ref
from web.sessions import PageVisit, SignedIn

router = APIRouter()

FIELDS = ("email", "case", "action", "terms", "first-day", "first-month", "first-year",
          "last-day", "last-month", "last-year")  # fmt: skip


@dataclass(frozen=True)
class CaseLooksPage:
    """Who has looked at one person. ``further`` leads to the looks before; ``from_log`` for who sees logs, no case."""

    ref: str
    from_log: bool
    lines: tuple[LookLine, ...]
    further: str | None


@dataclass(frozen=True)
class AuditPage:
    """A search of the record of looks. ``before`` is where the next page begins, if there is one."""

    form: Form
    lines: tuple[LookLine, ...]
    before: int | None
    fields: tuple[str, ...] = FIELDS
    actions: tuple[tuple[Action, str], ...] = tuple(ACTIONS.items())


@dataclass(frozen=True)
class AccountLooksPage:
    """What one account was at."""

    whose: Whose
    lines: tuple[LookLine, ...]
    further: str | None


@router.get("/cases/{ref}/looks")
async def at_case(ref: Ref, visit: SignedIn, before: Before = None) -> Response:
    """Who has looked at this person, and why."""
    found = await log_reading.at_case(visit.conn, visit.by, ref, AT_ONCE, before)
    further = f"/cases/{ref}/looks?before={found.rows[-1].id}" if found.more else None
    return visit.show(
        "looks.html", CaseLooksPage(ref, visit.actor.role is Role.AUDITOR, of_case(found.rows), further)
    )


@router.get("/audit")
async def show(visit: SignedIn) -> Response:
    """The newest looks of all, and the form to narrow them."""
    return await _page(visit, Form())


@router.post("/audit")
async def search(visit: SignedIn) -> Response:
    """A search. It may hold a name, so it is posted and no address has it."""
    return await _page(visit, visit.form)


@router.get("/audit/accounts/{account_id}")
async def of_account(account_id: UUID, visit: SignedIn, before: Before = None) -> Response:
    """What one account was at."""
    wanted = Wanted(account_id=account_id)
    found = await log_reading.at_log(visit.conn, visit.by, wanted, "account_looks", AT_ONCE, before)
    whose = await audit_reads.whose(visit.conn, account_id)
    if whose is None:
        raise Refused("account_not_found", "There is no such account. Check the address.")
    further = f"/audit/accounts/{account_id}?before={found.rows[-1].id}" if found.more else None
    return visit.show("audit_account.html", AccountLooksPage(whose, of_log(found.rows), further))


async def _page(visit: PageVisit, form: Form) -> Response:
    wanted, before = await _read(visit, form), form["before"]
    place = int(before) if before.isdecimal() and len(before) < 19 else None
    if not form.holds:
        return visit.show("audit.html", AuditPage(form, (), None), 422)
    found = await log_reading.at_log(visit.conn, visit.by, wanted, "log_search", AT_ONCE, place)
    return visit.show(
        "audit.html", AuditPage(form, of_log(found.rows), found.rows[-1].id if found.more else None)
    )


async def _read(visit: PageVisit, form: Form) -> Wanted:
    """What to look for; what cannot be is noted in the form, and then nobody may use the answer."""
    first, last = form.day("first", "the first day"), form.day("last", "the last day")
    email = form.text("email", most=254)
    account_id = await audit_reads.account_named(visit.conn, email) if email else None
    if email and account_id is None:
        form.refuse("email", "Nobody signs in, or did, with this address.")
    return Wanted(
        since=at_london(first, time.min) if first else None,
        until=at_london(last + timedelta(days=1), time.min) if last else None,
        account_id=account_id,
        case_ref=form.text("case", most=20).upper() or None,
        action=form.choice("action", Action),
        terms=form.text("terms", most=200) or None,
    )
