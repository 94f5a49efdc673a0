"""Notes on a case, and restricting it to its team. Each parses, does one deed or look, answers."""

from http import HTTPStatus
from typing import Self
from uuid import UUID

from fastapi import APIRouter

from iom.access import Tier
from iom.adapters.deeds.case_restriction import restrict_case
from iom.adapters.deeds.notes import NewNote, NotesOfCase, at_notes, write_note
from iom.notes import KINDS, NoteKind, Source, readers
from iom.vocabulary import Role
from web.api.bodies import Body, CaseReference, Words
from web.api.described import ALWAYS, DEED, FOUND, SECURED
from web.api.shapes import Moment, Shape
from web.deps import ApiVisit
from web.once import KeyedVisit, OnceRoute

router = APIRouter(prefix="/cases", tags=["access"], route_class=OnceRoute)


class NoteBody(Body):
    """A note. Its kind decides its tier, and so who reads it: ``GET`` says that before anything is written."""

    kind: NoteKind
    source: Source
    words: Words


class RestrictionBody(Body):
    """Whether only the team shall see the case, and why."""

    restricted: bool
    reason: Words


class NoteShape(Shape):
    """A note that you can read."""

    id: UUID
    kind: NoteKind
    tier: Tier
    source: Source
    by_name: str
    by_role: str
    agency: str
    at: Moment
    words: str


class KindShape(Shape):
    """A kind of note that you may write here: its tier, and which roles of other services read it on this case."""

    kind: NoteKind
    tier: Tier
    read_by: tuple[Role, ...]
    opened_by_consent: bool


class NotesShape(Shape):
    """What you read, the newest first, and what you may write."""

    notes: tuple[NoteShape, ...]
    may_write: tuple[KindShape, ...]

    @classmethod
    def of(cls, found: NotesOfCase) -> Self:
        """From the notes of a case."""
        kinds = tuple(
            KindShape(
                kind=kind, tier=KINDS[kind].tier, read_by=readers(kind), opened_by_consent=KINDS[kind].told
            )
            for kind in found.kinds
        )
        return cls(notes=tuple(NoteShape.model_validate(note) for note in found.notes), may_write=kinds)


class NoteWritten(Shape):
    """The note that was written, and its tier."""

    id: UUID
    tier: Tier


class RestrictionShape(Shape):
    """Since when only the team sees the case; null while it is not restricted."""

    ref: str
    restricted_at: Moment | None


@router.get("/{ref}/notes", responses=ALWAYS | FOUND, openapi_extra=SECURED)
async def notes(visit: ApiVisit, ref: CaseReference) -> NotesShape:
    """The notes on a case that you can read, and the kinds you may write, each with its readers."""
    return NotesShape.of(await at_notes(visit.conn, visit.by, ref))


@router.post("/{ref}/notes", status_code=HTTPStatus.CREATED, responses=ALWAYS | DEED, openapi_extra=SECURED)
async def note(visit: KeyedVisit, ref: CaseReference, body: NoteBody) -> NoteWritten:
    """Write a note."""
    written = await write_note(visit.conn, visit.by, ref, NewNote(body.kind, body.source, body.words.strip()))
    return NoteWritten(id=written, tier=KINDS[body.kind].tier)


@router.post("/{ref}/restriction", responses=ALWAYS | DEED, openapi_extra=SECURED)
async def restriction(visit: KeyedVisit, ref: CaseReference, body: RestrictionBody) -> RestrictionShape:
    """Close a case to all but its team, or open it again."""
    since = await restrict_case(
        visit.conn, visit.by, ref, restricted=body.restricted, why=body.reason.strip()
    )
    return RestrictionShape(ref=ref, restricted_at=since)
