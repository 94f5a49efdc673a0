"""A programme: what a practitioner would write on a whiteboard, as data. Pure: reads no file, knows no case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cached_property

from pydantic import ConfigDict

from iom.duration import Duration
from iom.events import EventKind
from iom.vocabulary import Anchor, Basis, Clock, Cohort, Outcome, Rag, Role

STRICT = ConfigDict(extra="forbid")
OPENED = "opened"
HALFWAY = "halfway"
EACH_PARTNER = "each_partner"
REVIEW = "review"
PARTNER_UPDATE = "partner_update"
ANY_DAY = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""Only to tell which of two times in different units is longer."""


@dataclass(frozen=True)
class Rung:
    """One letter of a reminder ladder (domain.md §4, R1).

    ``at`` is ``opened``, ``halfway`` between opening and due, or a duration counted from the due moment.
    ``to`` names readers by their relation to the step: owner, point_of_contact, manager, coordinator, chair or team.
    A ``digest`` letter waits for the reader's daily digest; one said ``again`` goes once more when the date moves.
    """

    __pydantic_config__ = STRICT
    name: str
    at: str
    letter: str
    to: tuple[str, ...]
    digest: bool = False
    again: bool = False

    @property
    def offset(self) -> Duration | None:
        """How long after the due moment (negative: before); None for a rung that does not hang on it."""
        return None if self.at in (OPENED, HALFWAY) else Duration.parse(self.at)


@dataclass(frozen=True)
class Trigger:
    """What opens a step. Exactly one of ``on`` (an event), ``after`` (another step closing) and ``anchor`` is given.

    ``results`` narrows ``after`` to some results; ``wait`` delays the opening; ``before`` counts back from the anchor.
    """

    __pydantic_config__ = STRICT
    on: EventKind | None = None
    after: str | None = None
    results: tuple[str, ...] = ()
    wait: Duration | None = None
    anchor: Anchor | None = None
    before: Duration | None = None


@dataclass(frozen=True)
class StepSpec:
    """One step of a programme: who owns it, when it opens and is due, on which clock, and how it may end.

    ``due`` counts from the opening, or from the anchor on an anchored clock; it may differ by RAG.
    ``where`` is community, custody or anywhere: a community step rests while the person is in custody.
    ``while_new`` is for the first weeks: it does not open for somebody adopted longer ago, as an import brings them.
    ``while_recent`` is the same for an anchor: the step does not open where that date lay further back when the
    programme began. ``until`` is an event after which nobody needs the step any more: it lapses.
    """

    __pydantic_config__ = STRICT
    key: str
    title: str
    owner: str
    opens: tuple[Trigger, ...]
    due: Duration | Mapping[Rag, Duration]
    stage: str = ""
    guidance: str = ""
    clock: Clock = Clock.SERVICE_LEVEL
    ladder: str = "standard"
    form: str = "step"
    where: str = "anywhere"
    while_new: Duration | None = None
    while_recent: Duration | None = None
    until: EventKind | None = None
    basis: Basis | None = None
    repeats: bool = False
    results: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = tuple(Outcome)
    source: str = ""

    def due_in(self, rag: Rag | None) -> Duration:
        """The time allowed at this grade; without a grade, or at one not named, the longest of those named."""
        if isinstance(self.due, Duration):
            return self.due
        if rag is not None and rag in self.due:
            return self.due[rag]
        return max(self.due.values(), key=lambda allowed: allowed.after(ANY_DAY))

    @property
    def anchor(self) -> Anchor | None:
        """The anchor this step hangs on, if any."""
        return next((trigger.anchor for trigger in self.opens if trigger.anchor), None)


@dataclass(frozen=True)
class ReviewCycle:
    """How often the case is reviewed at each grade, and what goes before (domain.md §1.6, all ``[D]``)."""

    __pydantic_config__ = STRICT
    cycle: Mapping[Rag, Duration]
    title: str = "Review"
    owner: str = Role.COORDINATOR
    called: Duration = Duration.parse("-5wd")
    updates_due: Duration = Duration.parse("-2wd")
    at: time = time(14, 0)
    ladder: str = "review"
    update_title: str = "One-line update for the review"
    update_ladder: str = "update"
    update_results: tuple[str, ...] = ("attending", "engaging", "concern", "nothing_to_report")

    @property
    def steps(self) -> tuple[StepSpec, StepSpec]:
        """The review, and the update asked of each partner for it."""
        review = StepSpec(
            key=REVIEW,
            title=self.title,
            owner=self.owner,
            opens=(),
            due=dict(self.cycle),
            ladder=self.ladder,
            form=REVIEW,
            outcomes=(Outcome.CANNOT_YET,),
        )
        update = StepSpec(
            key=PARTNER_UPDATE,
            title=self.update_title,
            owner=EACH_PARTNER,
            opens=(),
            due=self.updates_due,
            ladder=self.update_ladder,
            form=PARTNER_UPDATE,
            results=self.update_results,
            until=EventKind.REVIEW_HELD,
        )
        return review, update


@dataclass(frozen=True)
class Ending:
    """What ends the programme: an event, or a step closing with one of some results."""

    __pydantic_config__ = STRICT
    on: EventKind | None = None
    after: str | None = None
    results: tuple[str, ...] = ()


@dataclass(frozen=True)
class Programme:
    """A checked programme. ``name@version`` never changes its meaning: a plan keeps the version it began on."""

    __pydantic_config__ = STRICT
    name: str
    version: int
    title: str
    about: str
    steps: tuple[StepSpec, ...]
    ladders: Mapping[str, tuple[Rung, ...]] = field(default_factory=dict)
    review: ReviewCycle | None = None
    ends: Ending | None = None
    cohort: Cohort | None = None
    sets_rag: Rag | None = None
    source: str = ""

    @property
    def key(self) -> str:
        """``name@version``, the form an enrolment remembers."""
        return f"{self.name}@{self.version}"

    def step(self, key: str) -> StepSpec:
        """The step called ``key``, the review and its partner updates included; KeyError if there is none."""
        return self._by_key[key]

    @cached_property
    def opened_on(self) -> Mapping[EventKind, tuple[tuple[StepSpec, Trigger], ...]]:
        """The steps that each kind of event opens, with the trigger that does it."""
        pairs = [(spec, trigger) for spec in self.steps for trigger in spec.opens if trigger.on]
        return {
            kind: tuple(pair for pair in pairs if pair[1].on is kind)
            for kind in {t.on for _, t in pairs if t.on}
        }

    @cached_property
    def _by_key(self) -> dict[str, StepSpec]:
        return {spec.key: spec for spec in (*self.steps, *self.review_steps)}

    @cached_property
    def review_steps(self) -> tuple[StepSpec, ...]:
        """The review and the partners' updates for it, as the steps they are."""
        return self.review.steps if self.review else ()
