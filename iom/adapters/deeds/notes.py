"""Reading and writing notes about a person. Who reads which is decided before a note is written (``iom.notes``)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from iom.access import Deed, Relation
from iom.adapters.database import Connection
from iom.adapters.deeds import looks
from iom.adapters.deeds.by import By
from iom.adapters.deeds.cases import held
from iom.adapters.store import notes
from iom.adapters.store.case_file import Cover
from iom.adapters.store.notes import NoteView
from iom.adapters.tables import Note
from iom.calendar import london_date
from iom.notes import KINDS, STATUSES, NoteKind, Source, kinds_of, may_write
from iom.refusals import Refused
from iom.vocabulary import IN_PRISON


@dataclass(frozen=True)
class NewNote:
    """What somebody writes. Its tier follows from its kind."""

    kind: NoteKind
    source: Source
    words: str


@dataclass(frozen=True)
class NotesOfCase:
    """What somebody reads of a case's notes, and which kinds they may write on it."""

    cover: Cover
    notes: tuple[NoteView, ...]
    kinds: tuple[NoteKind, ...]


async def at_notes(conn: Connection, by: By, ref: str) -> NotesOfCase:
    """The case's notes for this person. Raises Refused(case_not_found)."""
    cover = await looks.at_cover(conn, by, ref, "notes")
    found: Sequence[NoteView] = await notes.on_case(
        conn, cover.id, by.actor, cover.relation, london_date(by.now)
    )
    kinds = tuple(kind for kind in kinds_of(by.actor.role) if may_write(by.actor, kind, cover.relation))
    return NotesOfCase(cover, tuple(found), () if cover.closed_at else kinds)


async def write_note(conn: Connection, by: By, ref: str, new: NewNote) -> UUID:
    """Writes a note, once for each request. Returns its id.

    Raises Refused with case_not_found, case_closed, not_allowed, kind_not_yours, words_needed or status_unknown.
    """
    case = await held(conn, by, ref, Deed.WRITE_NOTE)
    relation = Relation(case.on_team, case.is_restricted, case.custody_status in IN_PRISON)
    if not may_write(by.actor, new.kind, relation):
        raise Refused("kind_not_yours", "Your role does not write this kind of note on this case.")
    if not new.words.strip():
        raise Refused("words_needed", "Write the note.")
    if new.kind is NoteKind.SUPPORT_STATUS and new.words not in STATUSES:
        raise Refused(
            "status_unknown",
            f"Of a navigator's support only this is shared: {', '.join(STATUSES)}. Write one of them.",
        )
    await notes.write(conn, _note(by, case.id, new))
    await by.note(conn, "collect", f"note:{by.request_id}", case.id, "note")
    return by.request_id


def _note(by: By, case_id: UUID, new: NewNote) -> Note:
    return Note(
        id=by.request_id,
        case_id=case_id,
        tier=KINDS[new.kind].tier,
        kind=new.kind,
        source=new.source,
        by_id=by.actor.account_id,
        agency_id=by.actor.agency_id,
        at=by.now,
        words=new.words,
    )
