"""What people say of a step stays: why it was put off is not lost when it is done."""

from datetime import timedelta
from uuid import UUID

from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.steps import answer_step
from iom.adapters.store import folded
from iom.adapters.store.plans import record
from iom.agenda import acts_due
from iom.step import Answer
from iom.vocabulary import Outcome, Role
from tests.builders import START, a_scheme, an_adopted_case


async def test_the_reason_for_putting_off_outlives_the_doing(pool: Pool) -> None:
    scheme = await a_scheme(pool)
    case = await an_adopted_case(scheme)
    async with transaction(pool) as conn:
        await record(conn, case.id, None, acts_due(await folded.plan(conn, case.id), START))
        found = await conn.execute("select id from step where key = 'first_home_visit'")
        step = UUID(str((await found.fetchall())[0]["id"]))
        by = scheme.by(Role.POLICE_OFFENDER_MANAGER, START)
        later = START.date() + timedelta(days=5)
        await answer_step(conn, by, step, Answer(Outcome.CANNOT_YET, reason="No car", new_due_on=later))
        await answer_step(conn, by, step, Answer(Outcome.DONE, note="Sister was in"))
        found = await conn.execute("select reason, note from remark where step_id = %s", (step,))
        kept = [(row["reason"], row["note"]) async for row in found]
    assert sorted(kept, key=str) == [("No car", None), (None, "Sister was in")]
