"""Finding out who is known on the scheme, asking to be let into a case, and deciding on that (domain.md §5.10)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from iom.access import Deed
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.store import access
from iom.adapters.store.access import Asked, Known, Sought, ToAsk, Waiting
from iom.calendar import at_london, london_date
from iom.refusals import Refused

REMEMBERED = timedelta(days=14)
"""How long somebody is shown what became of their requests."""


async def find(conn: Connection, by: By, sought: Sought, terms: str) -> Sequence[Known]:
    """Whether exactly this person is known on the scheme, and whom to ask. ``terms`` is what was typed.

    Raises Refused(not_allowed). An attempt at a restricted record is noted as such, on that record.
    """
    by.check(Deed.ASK_ACCESS, on_team=True)
    found = await access.known(conn, sought)
    plain = [each.ref for each in found if each.is_open or not each.is_restricted]
    for each in found:
        if each.is_restricted and not each.is_open:
            await by.note(conn, "consult", f"case:{each.ref}", each.case_id, "restricted", terms=terms)
    if plain or not found:
        await by.note(conn, "consult", f"cases:{','.join(plain)}", None, "find", terms=terms)
    return found


async def ask(conn: Connection, by: By, ref: str, why: str) -> None:
    """Asks whoever leads on the case to be let into it. Asked again while that waits, nothing changes.

    Raises Refused with not_allowed, case_not_found, reason_needed or already_open.
    """
    case = await _to_ask(conn, by, ref, Deed.ASK_ACCESS, why)
    if await access.ask(conn, by.request_id, case.id, by.actor.account_id, why, by.now):
        purpose = "restricted" if case.is_restricted else "access_request"
        await by.note(conn, "collect", f"access_request:{by.request_id}", case.id, purpose, justification=why)


async def to_decide(conn: Connection, by: By, case_id: UUID | None = None) -> Sequence[Waiting]:
    """Requests that wait for this person's decision. Whoever shows them notes whose they are."""
    return await access.waiting(conn, by.actor, case_id)


async def asked(conn: Connection, by: By) -> Sequence[Asked]:
    """This person's own requests of the last fortnight."""
    return await access.mine(conn, by.actor.account_id, by.now - REMEMBERED)


async def at_request(conn: Connection, by: By, request_id: UUID) -> Waiting:
    """One request that waits for this person. Raises Refused(request_not_found)."""
    found = await _waiting(conn, by, request_id)
    await by.note(conn, "consult", f"case:{found.case_ref}", found.case_id, "access_request")
    return found


async def grant(conn: Connection, by: By, request_id: UUID, until: date) -> Waiting:
    """Lets whoever asked into the case until the end of this London day, with what their role sees and no more.

    Raises Refused with request_not_found, not_allowed, date_not_ahead or date_too_far.
    """
    if until < london_date(by.now):
        raise Refused("date_not_ahead", "This day is over. Choose today or a day to come.")
    if until > london_date(by.now) + timedelta(days=366):
        raise Refused("date_too_far", "Let somebody in for a year at most. Choose an earlier day.")
    end = at_london(until, time.max)
    request = await _decide(conn, by, request_id, "", end)
    why, who = request.why, request.account_id
    key = uuid5(request_id, "grant")
    await access.let_in(conn, key, request.case_id, who, by.now, end, why, by.actor.account_id, request_id)
    await by.note(
        conn,
        "disclose",
        f"access_request:{request_id}",
        request.case_id,
        "access_granted",
        recipient=f"account:{who}",
    )
    return request


async def refuse(conn: Connection, by: By, request_id: UUID, words: str = "") -> Waiting:
    """Says no, with words for whoever asked. Raises Refused with request_not_found or not_allowed."""
    request = await _decide(conn, by, request_id, words, None)
    await by.note(conn, "alter", f"access_request:{request_id}", request.case_id, "access_refused")
    return request


async def break_glass(conn: Connection, by: By, ref: str, why: str, hours: int) -> None:
    """Opens a case at once, be it restricted, for so many hours; a reviewer looks at it afterwards.

    Raises Refused with not_allowed, case_not_found, reason_needed or already_open.
    """
    case = await _to_ask(conn, by, ref, Deed.BREAK_GLASS, why)
    who, until = by.actor.account_id, by.now + timedelta(hours=hours)
    await access.let_in(conn, by.request_id, case.id, who, by.now, until, why, who)
    await by.note(conn, "consult", f"case:{ref}", case.id, "break_glass", justification=why)


async def _to_ask(conn: Connection, by: By, ref: str, deed: Deed, why: str) -> ToAsk:
    by.check(deed, on_team=True)
    case = await access.to_ask(conn, ref)
    if case is None:
        raise Refused(
            "case_not_found", "There is no such case that you could ask for. Speak to the coordinator."
        )
    if not why.strip():
        raise Refused("reason_needed", "Say why you need this case.")
    if case.is_open:
        raise Refused("already_open", "This case is open to you already.")
    return case


async def _decide(conn: Connection, by: By, request_id: UUID, words: str, until: datetime | None) -> Waiting:
    by.check(Deed.DECIDE_ACCESS, on_team=True)
    request = await _waiting(conn, by, request_id)
    if not await access.decide(conn, request_id, by.actor.account_id, by.now, words, until):
        raise _gone()
    return request


async def _waiting(conn: Connection, by: By, request_id: UUID) -> Waiting:
    found = await access.waiting(conn, by.actor, request_id=request_id)
    if not found:
        raise _gone()
    return found[0]


def _gone() -> Refused:
    return Refused(
        "request_not_found", "No such request waits for you: it was decided, or is not yours to decide."
    )
