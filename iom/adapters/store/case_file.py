"""One case with all that stands in it: cover, person, needs, team, steps, reviews, interventions. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg.rows import class_row

from iom.access import Actor, Relation, Sight, Tier, sight
from iom.adapters.database import Connection
from iom.adapters.store import step_views
from iom.adapters.store.step_views import StepView
from iom.adapters.store.working_on import works_on
from iom.adapters.tables import Assessment
from iom.vocabulary import IN_PRISON, Role

Row = TypeVar("Row")


@dataclass(frozen=True)
class PersonView:
    """The human the case is about. All of it is personal."""

    surname: str
    forenames: str
    date_of_birth: date
    sex: str | None
    pnc_id: str | None
    crn: str | None
    noms_number: str | None
    postcode_district: str | None


@dataclass(frozen=True)
class Cover:
    """What stands on the cover of a case. ``on_team`` says whether the asker works on it.

    What they do not see of the case tier is None, as what nobody has recorded is.
    """

    id: UUID
    ref: str
    local_ref: str | None
    cohort: str | None
    basis: str
    rag: str | None
    police_area: str
    lead_agency: str | None
    custody_status: str
    establishment: str | None
    earliest_release_on: date | None
    index_offence_code: str | None
    index_offence: str | None
    sentence_start_on: date | None
    sentence_end_on: date | None
    arp_score: float | None
    csrp_score: float | None
    rosh: str | None
    last_contact_on: date | None
    notes: str | None
    opened_at: datetime
    adopted_on: date | None
    closed_at: datetime | None
    on_team: bool
    is_restricted: bool
    limited_at: datetime | None

    @property
    def relation(self) -> Relation:
        """How the asker stands to the case."""
        return Relation(self.on_team, self.is_restricted, self.custody_status in IN_PRISON)


@dataclass(frozen=True)
class Member:
    """Who holds a role on the case."""

    role: str
    account_id: UUID
    name: str
    email: str
    agency: str


@dataclass(frozen=True)
class HeldReview:
    """A review that was held: by whom, and what it came to."""

    step_id: UUID
    held_at: datetime
    held_by_name: str
    rag_before: str | None
    rag_after: str
    summary: str


@dataclass(frozen=True)
class InterventionView:
    """A piece of work on its own programme (``name@version``)."""

    id: UUID
    programme: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class NominationView:
    """Who put the person forward, and why."""

    nominated_at: datetime
    nominated_by_name: str
    why: str
    evidence: str


@dataclass(frozen=True)
class CaseFile:
    """What the asker sees of a case; ``assessed`` says whether that is the case tier too.

    ``steps`` are those open, soonest due first; ``reviews`` the latest first; ``person`` is None for those who see no
    names.
    """

    cover: Cover
    person: PersonView | None
    needs: tuple[str, ...]
    team: tuple[Member, ...]
    steps: tuple[StepView, ...]
    reviews: tuple[HeldReview, ...]
    interventions: tuple[InterventionView, ...]
    nomination: NominationView | None
    assessed: bool


ASSESSED = tuple(name for name in Assessment.model_fields if name != "case_id")
"""What on the cover is of the case tier."""

_SAID_OTHERWISE = ("id", "lead_agency", "on_team", "is_restricted", "limited_at")
_ON_COVER = ", ".join(field.name for field in fields(Cover) if field.name not in _SAID_OTHERWISE)
_OF_PERSON = ", ".join(f"person.{field.name}" for field in fields(PersonView))

_COVER = f"""
select cases.id, {_ON_COVER}, agency.name as lead_agency, restricted_at is not null as is_restricted,
       (select since from processing_restriction where case_id = cases.id and lifted_at is null) as limited_at,
       {works_on("cases.id")} as on_team
from cases left join whereabouts on whereabouts.case_id = cases.id
left join adoption on adoption.case_id = cases.id left join assessment on assessment.case_id = cases.id
left join agency on agency.id = cases.lead_agency_id where cases.ref = %(ref)s
"""

_PERSON = (
    f"select {_OF_PERSON} from person join cases on cases.person_id = person.id where cases.id = %(case)s"
)

_TEAM = """
select member.role, account.id as account_id, account.name, account.email, agency.name as agency
from team_member member join account on account.id = member.account_id join agency on agency.id = account.agency_id
where member.case_id = %(case)s order by member.role
"""

_REVIEWS = """
select step_id, held_at, account.name as held_by_name, rag_before, rag_after, summary
from review join account on account.id = held_by_id where case_id = %(case)s order by held_at desc, step_id
"""

_INTERVENTIONS = """
select id, programme, started_at, ended_at from intervention where case_id = %(case)s order by started_at, id
"""

_NOMINATION = """
select nominated_at, account.name as nominated_by_name, why, evidence
from nomination join account on account.id = nominated_by_id where case_id = %(case)s
"""


async def cover(conn: Connection, ref: str, asker: Actor) -> Cover | None:
    """The cover of the case called ``ref``, without what the asker does not see of it; None if there is none."""
    async with conn.cursor(row_factory=class_row(Cover)) as cursor:
        found = await (await cursor.execute(_COVER, {"ref": ref, "account": asker.account_id})).fetchone()
    if found is None or sight(asker, Tier.CASE, found.relation) in (Sight.FULL, Sight.PSEUDONYM):
        return found
    blank: dict[str, Any] = dict.fromkeys(ASSESSED)
    return replace(found, **blank)


async def person(conn: Connection, front: Cover, asker: Actor) -> PersonView | None:
    """The human the case is about; None to somebody who does not see names."""
    if sight(asker, Tier.EXISTENCE, front.relation) is not Sight.FULL:
        return None
    return (await _rows(conn, PersonView, _PERSON, front.id))[0]


async def whole(conn: Connection, front: Cover, asker: Actor) -> CaseFile:
    """What this person sees of the case behind this cover."""
    on_case = sight(asker, Tier.CASE, front.relation)
    needs: list[str] = []
    if on_case in (Sight.FULL, Sight.PSEUDONYM):
        needs = await _needs(conn, front.id)
    told = on_case is Sight.FULL
    plans = sight(asker, Tier.LOGISTICS, front.relation) is Sight.FULL or on_case is Sight.PSEUDONYM
    nominations = await _rows(conn, NominationView, _NOMINATION, front.id) if told else []
    return CaseFile(
        cover=front,
        person=await person(conn, front, asker),
        needs=tuple(needs),
        team=tuple(_shown(await _rows(conn, Member, _TEAM, front.id), asker, plans=plans)),
        steps=tuple(await step_views.open_on(conn, front.id, asker, front.relation)),
        reviews=tuple(await _rows(conn, HeldReview, _REVIEWS, front.id)) if told else (),
        interventions=tuple(await _rows(conn, InterventionView, _INTERVENTIONS, front.id)) if plans else (),
        nomination=next(iter(nominations), None),
        assessed=on_case in (Sight.FULL, Sight.PSEUDONYM),
    )


def _shown(team: Sequence[Member], asker: Actor, *, plans: bool) -> Sequence[Member]:
    """Who else works here tells what with: of that, those with only their own part see themselves and whom to ask."""
    ask = (Role.LEAD_PROFESSIONAL, Role.COORDINATOR)
    return [each for each in team if plans or each.role in ask or each.account_id == asker.account_id]


async def _needs(conn: Connection, case_id: UUID) -> list[str]:
    found = await conn.execute("select need from case_need where case_id = %s order by need", (case_id,))
    return [row["need"] async for row in found]


async def _rows(conn: Connection, shape: type[Row], statement: str, case_id: UUID) -> Sequence[Row]:
    async with conn.cursor(row_factory=class_row(shape)) as cursor:
        return await (await cursor.execute(statement, {"case": case_id})).fetchall()
