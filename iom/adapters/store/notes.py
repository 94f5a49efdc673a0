"""Notes about a person: those of one case that the asker reads, by the table of kinds, and writing one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from iom.access import Actor, Relation
from iom.adapters.database import Connection
from iom.adapters.tables import Note
from iom.notes import NoteKind, Written, reads


@dataclass(frozen=True)
class NoteView:
    """A note as it is read. ``source`` tells a fact from an opinion."""

    id: UUID
    kind: NoteKind
    tier: str
    source: str
    by_name: str
    by_role: str
    agency: str
    at: datetime
    words: str


_ON_CASE = """
select note.id, note.kind, note.tier, note.source, account.name as by_name, account.role as by_role,
       agency.name as agency, note.at, note.words, note.by_id, note.agency_id,
       (exists (select from consent where consent.case_id = note.case_id and consent.agency_id = note.agency_id
                and %(agency)s = any (consent.agencies) and withdrawn_at is null)
        or exists (select from public_interest_decision told where told.case_id = note.case_id
                   and told.agency_id = note.agency_id and %(agency)s = any (told.agencies)
                   and until_on >= %(today)s)) as told
from note join account on account.id = note.by_id join agency on agency.id = note.agency_id
where note.case_id = %(case)s order by note.at desc, note.id
"""

_WRITE = """
insert into note (id, case_id, tier, kind, source, by_id, agency_id, at, words)
values (%(id)s, %(case_id)s, %(tier)s, %(kind)s, %(source)s, %(by_id)s, %(agency_id)s, %(at)s, %(words)s)
on conflict (id) do nothing
"""


async def on_case(
    conn: Connection, case_id: UUID, asker: Actor, relation: Relation, today: date
) -> Sequence[NoteView]:
    """The notes that the asker reads, the newest first."""
    values = {"case": case_id, "agency": asker.agency_id, "today": today}
    found = await conn.execute(_ON_CASE, values)
    return [_view(row) async for row in found if reads(asker, _written(row, asker), relation)]


async def write(conn: Connection, note: Note) -> None:
    """Writes a note down; the same one again changes nothing."""
    await conn.execute(_WRITE, note.model_dump())


def _written(row: dict[str, Any], asker: Actor) -> Written:
    return Written(
        NoteKind(row["kind"]),
        row["by_id"] == asker.account_id,
        row["agency_id"] == asker.agency_id,
        row["told"],
    )


def _view(row: dict[str, Any]) -> NoteView:
    shown = {name: row[name] for name in NoteView.__dataclass_fields__}
    return NoteView(**shown | {"kind": NoteKind(row["kind"])})
