"""A programme tried on nobody: the plan it would make from a given morning on. Pure; decides nothing itself."""

from dataclasses import dataclass, field
from datetime import date, time
from uuid import UUID, uuid5

from iom.calendar import at_london
from iom.decisions import Sentence, anchors, enrolled, team
from iom.events import Event
from iom.fold import fold_all
from iom.plan import Plan
from iom.programme import EACH_PARTNER, Programme
from iom.vocabulary import Basis, Rag, Role

NOBODY = UUID(int=0)
MORNING = time(9, 0)


@dataclass(frozen=True)
class Circumstances:
    """What the programme is tried on. Without ``team``, every role that owns one of its steps is on the team."""

    began_on: date
    basis: Basis = Basis.STATUTORY
    rag: Rag = Rag.RED
    team: tuple[Role, ...] = ()
    sentence: Sentence = field(default_factory=lambda: Sentence(None, None))


def preview(programme: Programme, tried_on: Circumstances) -> Plan:
    """The plan of a case that begins this programme at 09:00 London; in custody if the programme takes place there."""
    at = at_london(tried_on.began_on, MORNING)
    plan = Plan(
        NOBODY,
        programmes={programme.key: programme},
        basis=tried_on.basis,
        rag=programme.sets_rag or tried_on.rag,
        custody_since=at if any(spec.where == "custody" for spec in programme.steps) else None,
    )
    members = [(role, uuid5(NOBODY, role)) for role in tried_on.team or _owners(programme)]
    entries = (*team(members), *anchors(tried_on.sentence), enrolled(NOBODY, programme))
    return fold_all(plan, (Event(n, entry.kind, at, entry.data) for n, entry in enumerate(entries, 1)))


def _owners(programme: Programme) -> list[str]:
    return sorted({spec.owner for spec in programme.steps} - {EACH_PARTNER})
