"""Plans about to begin, for tests of the pure domain: ``a_plan().voluntary().amber().begins()`` is a story to go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Self
from uuid import UUID

from iom.adapters.programme_files import for_cohort, named, shared_ladders
from iom.decisions import Sentence, adopted, anchors, nominated, team
from iom.programme import Programme
from iom.programme_check import read_programme
from iom.vocabulary import Basis, Cohort, Rag, Role
from tests.unit.story import Story, somebody

START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
"""A Tuesday in summer time; the autumn change, Christmas and the spring change lie ahead."""

TEAM = (
    Role.COORDINATOR,
    Role.CHAIR,
    Role.LEAD_PROFESSIONAL,
    Role.POLICE_OFFENDER_MANAGER,
    Role.PROBATION_PRACTITIONER,
    Role.TREATMENT_WORKER,
)


def a_programme(text: str) -> Programme:
    """A programme for one test: ``text`` below a head that says nothing special."""
    head = 'name = "trial"\nversion = 1\ntitle = "Trial"\nabout = "For a test"\n'
    return read_programme("trial.toml", head + text, shared_ladders())


@dataclass(frozen=True)
class PlanBuilder:
    """A plan about to begin: ``a_plan().voluntary().amber().begins()``."""

    cohort: Cohort = Cohort.FIXED
    basis: Basis = Basis.STATUTORY
    rag: Rag = Rag.RED
    programme: Programme | None = None
    team: Mapping[str, UUID] = field(default_factory=lambda: {role: somebody(role) for role in TEAM})
    sentence: Sentence = field(default_factory=lambda: Sentence(None, None))
    at: datetime = START
    since: date | None = None

    def adopted(self, cohort: Cohort) -> Self:
        """In this cohort, on its programme."""
        return replace(self, cohort=cohort)

    def on(self, programme: Programme) -> Self:
        """On this programme, whatever the cohort."""
        return replace(self, programme=programme)

    def based(self, basis: Basis) -> Self:
        return replace(self, basis=basis)

    def voluntary(self) -> Self:
        """By agreement; so not in the Fixed cohort."""
        return self.adopted(Cohort.FLEX).based(Basis.VOLUNTARY)

    def graded(self, rag: Rag) -> Self:
        return replace(self, rag=rag)

    def red(self) -> Self:
        return self.graded(Rag.RED)

    def amber(self) -> Self:
        return self.graded(Rag.AMBER)

    def green(self) -> Self:
        return self.graded(Rag.GREEN)

    def with_team(self, members: Mapping[str, UUID]) -> Self:
        return replace(self, team=members)

    def sentenced(
        self, start_on: date | None, end_on: date | None, earliest_release_on: date | None = None
    ) -> Self:
        return replace(self, sentence=Sentence(start_on, end_on, earliest_release_on))

    def adopted_on(self, since: date) -> Self:
        """By a panel of that day, as an import brings it."""
        return replace(self, since=since)

    def beginning(self, at: datetime) -> Self:
        return replace(self, at=at)

    def begins(self) -> Story:
        """The story of this plan from its first day on."""
        story = Story(self.at)
        programme = self.programme or for_cohort(self.cohort)
        story.tell(
            *team(self.team.items()),
            *anchors(self.sentence),
            *adopted(self.cohort, self.basis, self.rag, story.fresh(), programme, self.since),
            programmes=(programme,),
        )
        return story


def a_nomination() -> Story:
    """Somebody is put forward on the first day; the team is known already."""
    story, programme = Story(START), named("nomination")
    members = team((role, somebody(role)) for role in TEAM)
    return story.tell(*members, *nominated(story.fresh(), programme), programmes=(programme,))


def a_plan() -> PlanBuilder:
    """A Red statutory plan in the Fixed cohort with a whole team."""
    return PlanBuilder()
