"""The notes on a case, and writing one: before it is saved, each kind says its tier and who can read it."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.access import MATRIX, TIER_LABELS, Deed, Sight, Tier, may, sight
from iom.adapters.deeds.notes import NewNote, at_notes, write_note
from iom.adapters.store import case_file
from iom.adapters.store.case_file import Cover, PersonView
from iom.adapters.store.notes import NoteView
from iom.notes import KIND_LABELS, KINDS, SOURCE_LABELS, STATUSES, NoteKind, Source, readers
from iom.refusals import Refused
from iom.vocabulary import ROLE_LABELS, Role
from web.forms import Form
from web.pages.case import Ref
from web.problems import status_of
from web.sessions import PageVisit, SignedIn

router = APIRouter()

MOST = 4000


@dataclass(frozen=True)
class Choice:
    """A kind of note that may be written: its tier, and who reads it."""

    value: str
    text: str
    hint: str


@dataclass(frozen=True)
class NotesPage:
    """The notes, and the form for one more if there is a kind to choose."""

    cover: Cover
    person: PersonView | None
    notes: tuple[NoteView, ...]
    kinds: tuple[Choice, ...]
    shares: bool
    form: Form
    key: str
    refusal: str = ""
    sources: tuple[tuple[Source, str], ...] = tuple(SOURCE_LABELS.items())


@router.get("/cases/{ref}/notes")
async def show(ref: Ref, visit: SignedIn) -> Response:
    """What this person reads, and what they may write."""
    return await _page(visit, ref)


@router.post("/cases/{ref}/notes")
async def record(ref: Ref, visit: SignedIn) -> Response:
    """Writes one."""
    form = visit.form
    kind = form.choice("kind", NoteKind, "Choose what the note is about: that decides who reads it.")
    source = form.choice("source", Source, "Say whether it is a fact or an opinion.")
    words = form.text("words", "Write the note.", most=MOST)
    if kind is None or source is None or not form.holds:
        return await _page(visit, ref, status=422)
    refused = await visit.attempt(lambda: write_note(visit.conn, visit.by, ref, NewNote(kind, source, words)))
    if refused is None:
        return RedirectResponse(f"/cases/{ref}/notes?done=note", 303)
    if refused.code == "status_unknown":
        form.refuse("words", refused.sentence)
    return await _page(visit, ref, refused, status_of(refused.code))


def who_reads(kind: NoteKind, writer: Role) -> str:
    """A kind's tier and readers, in words, before somebody of this role writes one."""
    rule = KINDS[kind]
    own = "your own service" if MATRIX[writer][rule.tier] is Sight.OWN else "you"
    who = [ROLE_LABELS[role] for role in readers(kind)]
    told = ["agencies that a consent or a public-interest decision names"] if rule.told else []
    others = f" and, on this case: {', '.join([*who, *told])}" if who or told else " and nobody else"
    form = f" Write one of: {', '.join(STATUSES)}." if kind is NoteKind.SUPPORT_STATUS else ""
    return f"{rule.tier}, {TIER_LABELS[rule.tier].split(':')[0].lower()}. Read by {own}{others}.{form}"


async def _page(visit: PageVisit, ref: str, refused: Refused | None = None, status: int = 200) -> Response:
    found = await at_notes(visit.conn, visit.by, ref)
    cover, role = found.cover, visit.actor.role
    refusal = refused.sentence if refused and visit.form.holds else ""
    kinds = tuple(Choice(kind, KIND_LABELS[kind], who_reads(kind, role)) for kind in found.kinds)
    shares = may(role, Deed.SHARE_HEALTH, on_team=cover.on_team) or (
        sight(visit.actor, Tier.HEALTH, cover.relation) is Sight.CONSENTED
    )
    person = await case_file.person(visit.conn, cover, visit.actor)
    view = NotesPage(cover, person, found.notes, kinds, shares, visit.form, visit.key, refusal)
    return visit.show("notes.html", view, status)
