"""A subject access pack: everything held on one person, with what somebody has to decide before it goes out.

It releases nothing: third parties are marked, not removed, and each item says who must be asked first.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

from iom.adapters.database import Connection
from iom.adapters.deeds import retention as keeping
from iom.adapters.deeds.by import By
from iom.adapters.fences.rules import RULES
from iom.adapters.holdings import HOLDINGS, Owner
from iom.adapters.store import holdings, third_parties
from iom.adapters.store.holdings import Subject
from iom.adapters.store.third_parties import Others
from iom.refusals import Refused

PURPOSES = (
    "supervising and supporting people who offend most, jointly (domain.md §1.1)",
    "law enforcement, where police, probation or a prison process it: Data Protection Act 2018 Part 3",
    "health and support, where others do: UK GDPR Articles 6, 9 and 10",
)
RIGHTS = "rectification (s.46), erasure or restriction (s.47), a complaint to the Information Commissioner"


@dataclass(frozen=True)
class Item:
    """One row on the person. ``ask`` is who must agree first; ``third_parties`` are people it names besides."""

    table: str
    what: str
    tier: str
    ask: str
    values: Mapping[str, Any]
    third_parties: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """What the person may ask for (s.45), and what the one who answers has to decide on."""

    ref: str
    made_at: datetime
    items: tuple[Item, ...]
    recipients: tuple[str, ...]
    retention: Mapping[str, Any]
    looks: int
    purposes: tuple[str, ...] = PURPOSES
    rights: str = RIGHTS
    tables_without_rows: tuple[str, ...] = field(default=())


async def gather(conn: Connection, by: By, ref: str, recipient: str) -> Pack:
    """Everything held on the person of this case. Leaves a disclosure to ``recipient`` in the record of looks.

    Raises Refused(case_not_found).
    """
    whose = await holdings.subject(conn, ref)
    if whose is None:
        raise Refused("case_not_found", "There is no such case. Check the reference.")
    others = await third_parties.known(conn, whose)
    items: list[Item] = []
    empty = []
    for table in SQLModel.metadata.sorted_tables:
        if table.name in HOLDINGS:
            found = [
                _item(table.name, row, others) for row in await holdings.rows_of(conn, table.name, whose)
            ]
            items += found
            empty += [] if found else [table.name]
    pack = Pack(
        ref,
        by.now,
        tuple(items),
        await _recipients(conn, whose, others),
        await _retention(conn, ref),
        sum(item.table == "audit" for item in items),
        tables_without_rows=tuple(empty),
    )
    await by.note(conn, "disclose", f"case:{ref}", whose.case_id, "subject_access", recipient=recipient)
    return pack


def _item(table: str, row: Mapping[str, Any], others: Others) -> Item:
    holding, tier = HOLDINGS[table], row.get("tier") or RULES[table].tier
    named: dict[str, None] = {}
    values = {column: _plain(value, others, named) for column, value in row.items()}
    return Item(table, holding.what, str(tier or ""), _ask(holding.owner, row, others), values, tuple(named))


def _ask(owner: Owner, row: Mapping[str, Any], others: Others) -> str:
    """Health's and a navigator's words, and what police hold as intelligence, go out only with their service's word."""
    by_tier = {"T3": Owner.POLICE, "T4": Owner.HEALTH, "T5": Owner.NAVIGATOR}.get(str(row.get("tier")), owner)
    agency = others.agencies.get(row["agency_id"]) if row.get("agency_id") else None
    return f"{by_tier}: {agency}" if agency and by_tier is not Owner.SCHEME else str(by_tier)


def _plain(value: Any, others: Others, named: dict[str, None]) -> Any:
    """The value as JSON has it; ids of accounts become names that are marked for redaction."""
    match value:
        case UUID():
            name = others.accounts.get(value)
            if name is None:
                return others.agencies.get(value, str(value))
            named[name] = None
            return f"[third party: {name}]"
        case datetime() | date():
            return value.isoformat()
        case str():
            named |= dict.fromkeys(others.in_text(value))
            return value
        case dict():
            return {key: _plain(_as_id(each), others, named) for key, each in value.items()}
        case list() | tuple():
            return [_plain(_as_id(each), others, named) for each in value]
        case _:
            return value


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _as_id(value: Any) -> Any:
    return UUID(value) if isinstance(value, str) and _ID.fullmatch(value) else value


async def _recipients(conn: Connection, whose: Subject, others: Others) -> tuple[str, ...]:
    """Who has been told: disclosures on record, the agencies of the team, of readers of letters, and of lookers."""
    told: Iterable[str] = await third_parties.told(conn, whose.case_id)
    return tuple(
        sorted({others.named(each) for each in told} | set(await third_parties.readers(conn, whose)))
    )


async def _retention(conn: Connection, ref: str) -> Mapping[str, Any]:
    at = (await keeping.standing(conn, ref)).clock
    if at is None:
        return {"clock": "starts when they leave the scheme"}
    return {
        "group": at.rule.number,
        "rule": at.rule.title,
        "group_assumed": at.is_assumed,
        "left_on": at.left_on.isoformat(),
        "review_on": at.review_on.isoformat(),
        "dispose_on": at.dispose_on.isoformat(),
        "items": {key: day.isoformat() for key, day in at.items.items()},
        "on_hold": at.on_hold,
    }
