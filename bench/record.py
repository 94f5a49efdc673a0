"""The record a bench works on: cases with open steps, one person who may answer them all, a token of theirs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from iom.access import Actor
from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.joining import NewAccount, add_account, make_token
from iom.adapters.programme_files import shared_ladders
from iom.adapters.store import accounts, programmes
from iom.adapters.store.cases import NewCase, open_case
from iom.adapters.store.rows import insert
from iom.adapters.tables import Assessment, Case, Person, StepRow
from iom.decisions import adopted
from iom.programme import Programme
from iom.programme_check import read_programme
from iom.vocabulary import Basis, Cohort, Outcome, Rag, Role

STEPS_A_CASE = 10
CHAIN = """
name = "bench"
version = 1
title = "Bench"
about = "One step opens the next."
[review]
cycle = { Red = "52w" }
[[steps]]
key = "first"
title = "First"
owner = "coordinator"
opens = [{ on = "enrolled" }]
due = "20wd"
[[steps]]
key = "second"
title = "Second"
owner = "coordinator"
opens = [{ after = "first" }]
due = "20wd"
"""


@dataclass(frozen=True)
class Answerer:
    """Who answers, and with what token."""

    actor: Actor
    token: str


async def an_answerer(pool: Pool) -> Answerer:
    """A coordinator with a token."""
    now = datetime.now(UTC)
    new = NewAccount("bench@police.example", "Bench", Role.COORDINATOR, "Police", "long enough for a bench")
    async with transaction(pool) as conn:
        joined = await add_account(conn, new, now)
        actor = await accounts.by_id(conn, joined.id)
        assert actor is not None
        return Answerer(actor, await make_token(conn, new.email, now))


async def open_steps(pool: Pool, count: int) -> list[UUID]:
    """So many open steps, ten a case, on cases without a plan: for measuring the request alone."""
    steps = [
        _step(case_id) for case_id in await _cases(pool, count // STEPS_A_CASE) for _ in range(STEPS_A_CASE)
    ]
    async with transaction(pool) as conn:
        await insert(conn, *steps)
    return [step.id for step in steps]


async def publish_chain(pool: Pool) -> Programme:
    """The programme in which one step opens the next."""
    programme = read_programme("bench", CHAIN, shared_ladders())
    async with transaction(pool) as conn:
        await programmes.publish(conn, programme, datetime.now(UTC))
    return programme


async def adopt(pool: Pool, by: Answerer, programme: Programme, count: int) -> list[UUID]:
    """So many cases on the programme, each for its plan to run."""
    now, opened = datetime.now(UTC), []
    async with transaction(pool) as conn:
        for _ in range(count):
            person, case = _person_and_case()
            entries = adopted(Cohort.FREE, Basis.VOLUNTARY, Rag.RED, uuid4(), programme)
            team = ((Role.COORDINATOR, by.actor.account_id),)
            await open_case(
                conn,
                NewCase(person, case, Assessment(case_id=case.id), adopted_on=now.date(), team=team),
                entries,
                now,
                by.actor.account_id,
            )
            opened.append(case.id)
    return opened


async def _cases(pool: Pool, count: int) -> list[UUID]:
    pairs = [_person_and_case() for _ in range(count)]
    async with transaction(pool) as conn:
        await insert(conn, *(person for person, _ in pairs))
        await insert(conn, *(case for _, case in pairs))
    return [case.id for _, case in pairs]


def _person_and_case() -> tuple[Person, Case]:
    now = datetime.now(UTC)
    person = Person(surname="Bench", forenames="Bench", date_of_birth=now.date() - timedelta(days=9000))
    ref = f"B-{uuid4().hex[:12]}"
    case = Case(ref=ref, person_id=person.id, basis=Basis.VOLUNTARY, opened_at=now)
    return person, case


def _step(case_id: UUID) -> StepRow:
    now = datetime.now(UTC)
    return StepRow(
        id=uuid4(), case_id=case_id, programme="bench@1", key="first", number=1, title="First", stage="", guidance="",
        form="step", owner=Role.COORDINATOR, clock="service_level", outcomes=list(Outcome), results=[],
        opened_at=now, due_at=now + timedelta(days=20),
    )  # fmt: skip
