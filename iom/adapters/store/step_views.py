"""Steps with all that people read of them: a case's, or one. Answering them is ``steps``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from iom.access import EVERYWHERE, Actor, Relation, sees_step
from iom.adapters.database import Connection
from iom.adapters.store.working_on import works_on


@dataclass(frozen=True)
class StepView:
    """A step as it stands. ``owner`` is the role, ``owner_name`` who holds it on the case, if anybody does."""

    id: UUID
    case_id: UUID
    case_ref: str
    person_name: str | None
    programme: str
    intervention_id: UUID | None
    key: str
    number: int
    title: str
    stage: str
    guidance: str
    form: str
    owner: str
    owner_name: str | None
    owner_agency: str | None
    clock: str
    outcomes: tuple[str, ...]
    results: tuple[str, ...]
    opened_at: datetime
    due_at: datetime
    dating: int
    paused_at: datetime | None
    closed_at: datetime | None
    closed_by_name: str | None
    outcome: str | None
    result: str | None
    reason: str | None
    note: str | None
    is_mine: bool
    on_team: bool
    is_restricted: bool

    @property
    def relation(self) -> Relation:
        """How the asker stands to the step's case."""
        return Relation(self.on_team, self.is_restricted)


_READ = f"""
select step.id, step.case_id, cases.ref as case_ref, person.forenames || ' ' || person.surname as person_name,
       step.programme, step.intervention_id, step.key, step.number, step.title, step.stage, step.guidance, step.form,
       step.owner, owner.name as owner_name, agency.name as owner_agency, step.clock, step.outcomes, step.results,
       step.opened_at, step.due_at, step.dating, step.paused_at, step.closed_at, closer.name as closed_by_name,
       step.outcome, step.result, remarks.reason, remarks.note,
       coalesce(member.account_id = %(account)s, step.owner = %(role)s and %(everywhere)s) as is_mine,
       {works_on("step.case_id")} as on_team,
       cases.restricted_at is not null as is_restricted
from step
join cases on cases.id = step.case_id
left join person on person.id = cases.person_id
left join lateral (
    select string_agg(reason, E'\\n' order by at, id) as reason, string_agg(note, E'\\n' order by at, id) as note
    from remark where step_id = step.id
) remarks on true
left join team_member member on member.case_id = step.case_id and member.role = step.owner
left join account owner on owner.id = member.account_id
left join agency on agency.id = owner.agency_id
left join account closer on closer.id = step.closed_by_id
"""


async def one(conn: Connection, step_id: UUID, asker: Actor) -> StepView | None:
    """The step, open or closed; None if there is none that the asker sees."""
    found = await conn.execute(f"{_READ} where step.id = %(step)s", {"step": step_id, **_asked_by(asker)})
    row = await found.fetchone()
    step = _view(row) if row else None
    return step if step and sees_step(asker, step.owner, step.relation, is_mine=step.is_mine) else None


async def open_on(conn: Connection, case_id: UUID, asker: Actor, relation: Relation) -> Sequence[StepView]:
    """The case's open steps the asker sees, those that rest among them, soonest due first."""
    found = await conn.execute(
        f"{_READ} where step.case_id = %(case)s and step.closed_at is null order by step.due_at, step.id",
        {"case": case_id, **_asked_by(asker)},
    )
    steps = [_view(row) async for row in found]
    return [step for step in steps if sees_step(asker, step.owner, relation, is_mine=step.is_mine)]


def _asked_by(asker: Actor) -> dict[str, Any]:
    return {"account": asker.account_id, "role": asker.role, "everywhere": asker.role in EVERYWHERE}


def _view(row: dict[str, Any]) -> StepView:
    return StepView(**{**row, "outcomes": tuple(row["outcomes"]), "results": tuple(row["results"])})
