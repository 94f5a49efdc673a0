"""Who sees and does what, as a table: read from the very data that pages, API and database go by."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from iom.access import ALLOWED, MATRIX, SIGHT_LABELS, TIER_LABELS, Deed, Sight, Tier
from iom.notes import KIND_LABELS, KINDS, NoteKind, readers
from iom.vocabulary import Role
from web.sessions import SignedIn

router = APIRouter()


@dataclass(frozen=True)
class KindLine:
    """A kind of note: its tier, who writes it, who reads it of another service's."""

    label: str
    tier: Tier
    writers: tuple[Role, ...]
    readers: tuple[Role, ...]
    told: bool


@dataclass(frozen=True)
class HelpPage:
    """The matrix by role, the deeds, and the kinds of notes. ``own`` is the reader's own role."""

    own: Role
    rows: tuple[tuple[Role, tuple[Sight, ...]], ...]
    deeds: tuple[tuple[Deed, tuple[Role, ...]], ...]
    kinds: tuple[KindLine, ...]
    tiers: tuple[tuple[Tier, str], ...] = tuple(TIER_LABELS.items())
    sights: tuple[tuple[Sight, str], ...] = tuple(SIGHT_LABELS.items())


@router.get("/help/access")
async def show(visit: SignedIn) -> Response:
    """The tables."""
    rows = tuple((role, tuple(sights[tier] for tier in Tier)) for role, sights in MATRIX.items())
    deeds = tuple((deed, _in_order(roles)) for deed, roles in ALLOWED.items())
    return visit.show(
        "help_access.html", HelpPage(visit.actor.role, rows, deeds, tuple(map(_line, NoteKind)))
    )


def _line(kind: NoteKind) -> KindLine:
    rule = KINDS[kind]
    return KindLine(KIND_LABELS[kind], rule.tier, _in_order(rule.writers), readers(kind), rule.told)


def _in_order(roles: frozenset[Role]) -> tuple[Role, ...]:
    return tuple(role for role in Role if role in roles)
