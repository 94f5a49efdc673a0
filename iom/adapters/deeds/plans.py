"""Changes to a plan that no step asks for: an intervention begins, an exit is proposed, a role changes hands."""

from uuid import UUID, uuid4

from iom.access import Deed
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.deeds.cases import held
from iom.adapters.programme_files import named
from iom.adapters.store import accounts, cases, events
from iom.adapters.store.rows import insert
from iom.adapters.tables import Intervention
from iom.decisions import intervention_started, team
from iom.events import Entry, EventKind
from iom.refusals import Refused
from iom.vocabulary import Role


async def start_intervention(conn: Connection, by: By, ref: str, programme_name: str) -> UUID:
    """Begins an intervention on its own programme. Returns its id.

    Raises Refused with case_not_found, not_allowed, case_closed, not_adopted, programme_unknown or not_an_intervention.
    """
    case = await held(conn, by, ref, Deed.HOLD_REVIEW)
    if not case.adopted:
        raise Refused("not_adopted", "Interventions belong to a plan. Decide at panel first.")
    programme = named(programme_name)
    if programme.ends is None or programme.ends.after is None:
        raise Refused("not_an_intervention", f"{programme.title} is not an intervention. Choose one that is.")
    begun = Intervention(case_id=case.id, programme=programme.key, started_at=by.now)
    await insert(conn, begun)
    entries = intervention_started(begun.id, uuid4(), programme)
    await events.append(conn, case.id, entries, by.now, by.actor.account_id, by.request_id)
    await by.note(conn, "alter", f"case:{ref}", case.id, "intervention")
    return begun.id


async def propose_exit(conn: Connection, by: By, ref: str) -> None:
    """Asks for exit assessment, partners' views and the panel (domain.md §4.7).

    Raises Refused with case_not_found, not_allowed, case_closed or not_adopted.
    """
    case = await held(conn, by, ref, Deed.HOLD_REVIEW)
    if not case.adopted:
        raise Refused("not_adopted", "This person is not on the scheme, so there is nothing to leave.")
    entry = Entry(EventKind.EXIT_PROPOSED)
    await events.append(conn, case.id, [entry], by.now, by.actor.account_id, by.request_id)
    await by.note(conn, "alter", f"case:{ref}", case.id, "exit")


async def give_role(conn: Connection, by: By, ref: str, role: Role, email: str) -> None:
    """Gives a role on the case to the account with this address.

    Raises Refused with case_not_found, not_allowed, case_closed or account_unknown.
    """
    case = await held(conn, by, ref, Deed.CHANGE_TEAM)
    account_id = await accounts.id_of(conn, email)
    if account_id is None:
        raise Refused(
            "account_unknown", "Nobody signs in here with that address. Add them first: iom user add."
        )
    await cases.set_member(conn, case.id, role, account_id)
    await events.append(conn, case.id, team([(role, account_id)]), by.now, by.actor.account_id, by.request_id)
    await by.note(conn, "alter", f"case:{ref}", case.id, "team")
