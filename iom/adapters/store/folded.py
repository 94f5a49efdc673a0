"""The plan as the record tells it: the log read whole and folded, without asking Temporal."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.store import events, programmes
from iom.events import Event, EventKind
from iom.fold import fold_all
from iom.forecast import Foreseen, forecast
from iom.plan import Plan


async def plan(conn: Connection, case_id: UUID) -> Plan:
    """The case's plan as it stands in the record."""
    return (await plans(conn, case_id))[0]


async def plans(conn: Connection, case_id: UUID) -> list[Plan]:
    """The case's plan, then that of each intervention running on it."""
    log = await events.read_after(conn, case_id, 0)
    library = {key: await programmes.get(conn, key) for key in programmes_named(log)}
    supervision = fold_all(Plan(case_id, programmes=library), log)
    interventions = (Plan(case_id, scope, programmes=library) for scope in supervision.interventions)
    return [supervision, *(fold_all(intervention, log) for intervention in interventions)]


async def foreseen(conn: Connection, case_id: UUID, until: datetime) -> list[Foreseen]:
    """What will happen on the case up to ``until`` if nobody does anything more, interventions included."""
    items: list[Foreseen] = []
    for each in await plans(conn, case_id):
        items += forecast(each, until)
    return sorted(items, key=lambda item: item.at)


def programmes_named(log: Sequence[Event]) -> set[str]:
    """The programme versions this part of the log begins."""
    return {event.text("programme") for event in log if event.kind is EventKind.ENROLLED}
