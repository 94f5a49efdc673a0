"""What each decision about a case writes in its log. Pure: the caller keeps the words, the log has codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from iom.events import Entry, EventKind, Scalar
from iom.programme import Programme
from iom.refusals import Refused
from iom.vocabulary import Anchor, Basis, Cohort, Rag


class PanelOutcome(StrEnum):
    """What a panel can decide (domain.md §1.4, §1.9 deselection)."""

    ADOPT = "adopt"
    REJECT = "reject"
    DEFER = "defer"
    DESELECT = "deselect"


@dataclass(frozen=True)
class Sentence:
    """The dates of an order or sentence that steps hang on."""

    start_on: date | None
    end_on: date | None
    earliest_release_on: date | None = None

    @property
    def final_third_on(self) -> date | None:
        """Two thirds of the way from start to end (§1.9, Probation Reset)."""
        if self.start_on is None or self.end_on is None:
            return None
        return self.start_on + timedelta(days=(self.end_on - self.start_on).days * 2 // 3)


def anchors(sentence: Sentence) -> tuple[Entry, ...]:
    """The anchors a sentence sets."""
    dated = (
        (Anchor.SENTENCE_END, sentence.end_on),
        (Anchor.FINAL_THIRD, sentence.final_third_on),
        (Anchor.EARLIEST_RELEASE, sentence.earliest_release_on),
    )
    return tuple(anchor(name, on) for name, on in dated if on is not None)


def anchor(name: Anchor, on: date | None) -> Entry:
    """A date that steps hang on is set, moved, or (None) no longer known."""
    return Entry(EventKind.ANCHOR_SET, {"anchor": name, "on": on.isoformat() if on else None})


def team(members: Iterable[tuple[str, UUID]]) -> tuple[Entry, ...]:
    """Who holds which role from now on."""
    return tuple(
        Entry(EventKind.TEAM_CHANGED, {"role": role, "account": str(account)}) for role, account in members
    )


def nominated(enrolment: UUID, programme: Programme) -> tuple[Entry, ...]:
    """A person is put forward: the nomination programme begins."""
    return Entry(EventKind.NOMINATED), enrolled(enrolment, programme)


def enrolled(
    enrolment: UUID, programme: Programme, intervention: UUID | None = None, adopted_on: date | None = None
) -> Entry:
    """A case, or an intervention on it, begins a programme. ``adopted_on`` is given where that was earlier."""
    begun: dict[str, Scalar] = {"enrolment": str(enrolment), "programme": programme.key}
    begun |= {"scope": str(intervention)} if intervention else {}
    begun |= {"adopted_on": adopted_on.isoformat()} if adopted_on else {}
    return Entry(EventKind.ENROLLED, begun)


def adopted(
    cohort: Cohort,
    basis: Basis,
    rag: Rag,
    enrolment: UUID,
    programme: Programme,
    adopted_on: date | None = None,
) -> tuple[Entry, ...]:
    """The panel adopts: cohort, basis and grade are set and the cohort's programme begins.

    ``adopted_on`` is given where the panel decided earlier, as an import brings it.
    Raises Refused(fixed_is_statutory): the Fixed cohort is under statutory supervision by definition (§1.3).
    """
    if cohort is Cohort.FIXED and basis is Basis.VOLUNTARY:
        raise Refused(
            "fixed_is_statutory", "The Fixed cohort is statutory. Choose Flex or Free, or correct the basis."
        )
    return (
        Entry(EventKind.ADOPTED, {"cohort": cohort, "basis": basis}),
        regraded(rag),
        enrolled(enrolment, programme, adopted_on=adopted_on),
    )


def regraded(rag: Rag) -> Entry:
    """The grade of current concern changes."""
    return Entry(EventKind.RAG_CHANGED, {"rag": rag})


def taken_into_custody(release_on: date | None, enrolment: UUID, programme: Programme) -> tuple[Entry, ...]:
    """Custody begins: community steps rest, the custody programme runs, the grade is the programme's (Blue)."""
    dated = (anchor(Anchor.EARLIEST_RELEASE, release_on),) if release_on else ()
    return (Entry(EventKind.CUSTODY_BEGAN), *dated, *_graded_by(programme), enrolled(enrolment, programme))


def released(enrolment: UUID, programme: Programme) -> tuple[Entry, ...]:
    """Custody ends: community steps resume, the release programme runs, the grade is the programme's (Red)."""
    return (
        Entry(EventKind.RELEASED),
        anchor(Anchor.EARLIEST_RELEASE, None),
        *_graded_by(programme),
        enrolled(enrolment, programme),
    )


def intervention_started(intervention: UUID, enrolment: UUID, programme: Programme) -> tuple[Entry, ...]:
    """A piece of work with its own programme begins."""
    begun = Entry(
        EventKind.INTERVENTION_STARTED, {"intervention": str(intervention), "programme": programme.key}
    )
    return begun, enrolled(enrolment, programme, intervention)


def deselected(enrolment: UUID, programme: Programme) -> tuple[Entry, ...]:
    """The panel decides that the person leaves the scheme: everything open lapses, the exit programme begins."""
    return Entry(EventKind.DESELECTED), enrolled(enrolment, programme)


def _graded_by(programme: Programme) -> tuple[Entry, ...]:
    return (regraded(programme.sets_rag),) if programme.sets_rag else ()
