"""Answering steps through the API: the three outcomes, refusals by code, and many people at the same moment."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from iom.adapters.database import transaction
from iom.adapters.store import folded, plans
from iom.adapters.tables import Case
from iom.agenda import Act
from iom.events import EventKind, Scalar
from iom.plan import Opening
from iom.vocabulary import Role
from tests.integration.api_house import ApiHouse

COORDINATOR, PRACTITIONER, POLICE = (
    Role.COORDINATOR,
    Role.PROBATION_PRACTITIONER,
    Role.POLICE_OFFENDER_MANAGER,
)
DONE = {"outcome": "done", "result": "attended"}
NOT_NEEDED = {"outcome": "not_needed", "reason": "Moved away"}


async def test_a_step_is_done_once_and_its_log_says_by_whom(api: ApiHouse) -> None:
    case = await api.a_case()
    step = await api.a_step(case, Role.LEAD_PROFESSIONAL)
    before = await api.looks()

    reply = await api.post(
        Role.LEAD_PROFESSIONAL, f"/steps/{step}/outcome", {"outcome": "done", "note": "Keys given"}
    )

    assert reply.status_code == 200, reply.text
    assert reply.json() == {
        "step_id": str(step),
        "seq": reply.json()["seq"],
        "kind": "step_done",
        "at": "2026-09-01T10:00:00Z",
    }
    [event] = await api.rows("select * from event where case_id = %s and kind = 'step_done'", case.id)
    assert event["by_id"] == api.scheme.id_of(Role.LEAD_PROFESSIONAL)
    assert event["data"] == {"step": str(step)}
    [row] = await api.rows("select * from step join remark on step_id = step.id where step.id = %s", step)
    assert (row["outcome"], row["note"], row["closed_at"]) == ("done", "Keys given", api.wall)
    [line] = (await api.looks())[len(before) :]
    assert (line["action"], line["object"], line["channel"]) == ("alter", f"step:{step}", "api")


async def test_what_cannot_be_done_yet_gets_a_new_date_at_the_same_hour(api: ApiHouse) -> None:
    case = await api.a_case()
    step = await api.a_step(case, POLICE)
    body = {"outcome": "cannot_yet", "reason": "In hospital", "new_due_on": "2026-11-02"}

    reply = await api.post(POLICE, f"/steps/{step}/outcome", body)

    assert reply.json()["kind"] == "step_cannot_yet"
    [row] = await api.rows("select due_at, closed_at, dating from step where id = %s", step)
    assert row["due_at"].isoformat() == "2026-11-02T17:00:00+00:00"
    assert (row["closed_at"], row["dating"]) == (None, 2)


async def test_what_is_no_longer_needed_is_closed_with_its_reason(api: ApiHouse) -> None:
    case = await api.a_case()
    step = await api.a_step(case, POLICE)

    reply = await api.post(COORDINATOR, f"/steps/{step}/outcome", NOT_NEEDED)

    assert reply.json()["kind"] == "step_not_needed"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"outcome": "not_needed"}, 422, "reason_needed"),
        ({"outcome": "cannot_yet", "reason": "Ill"}, 422, "date_needed"),
        ({"outcome": "cannot_yet", "reason": "Ill", "new_due_on": "2026-08-31"}, 422, "date_not_ahead"),
        ({"outcome": "cannot_yet", "reason": "Ill", "new_due_on": "2099-12-31"}, 422, "date_too_far"),
        ({"outcome": "cannot_yet", "reason": "Ill", "new_due_on": "9999-12-31"}, 422, "invalid_request"),
        ({"outcome": "cannot_yet", "reason": "Ill", "new_due_on": "2026-02-30"}, 422, "invalid_request"),
        ({"outcome": "cannot_yet", "reason": "Ill", "new_due_on": 1790000000}, 422, "invalid_request"),
        ({"outcome": "done", "result": "no such result"}, 422, "result_unknown"),
        ({"outcome": "finished"}, 422, "invalid_request"),
        ({"outcome": "done", "notes": "misspelt"}, 422, "invalid_request"),
        ({}, 422, "invalid_request"),
    ],
)
async def test_an_answer_that_lacks_something_is_refused_by_code(
    api: ApiHouse, body: dict[str, Any], status: int, code: str
) -> None:
    case = await api.a_case()
    step = await api.a_step(case, POLICE)

    reply = await api.post(POLICE, f"/steps/{step}/outcome", body)

    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert (
        await api.rows("select 1 from step where id = %s and (closed_at is not null or dating > 1)", step)
        == []
    )


async def test_a_step_that_is_closed_or_decided_elsewhere_is_refused(api: ApiHouse) -> None:
    case = await api.a_case()
    step = await api.a_step(case, POLICE)
    await api.post(POLICE, f"/steps/{step}/outcome", NOT_NEEDED)
    review = await _a_review(api, case)

    again = await api.post(POLICE, f"/steps/{step}/outcome", NOT_NEEDED)
    held = await api.post(COORDINATOR, f"/steps/{review}/outcome", {"outcome": "done"})

    assert (again.status_code, again.json()["code"]) == (409, "step_already_closed")
    assert (held.status_code, held.json()["code"]) == (409, "decided_elsewhere")


async def test_a_step_of_somebody_elses_case_is_not_there(api: ApiHouse) -> None:
    case = await api.a_case(team=(COORDINATOR, POLICE))
    step = await api.a_step(case, POLICE)

    for identity in (step, uuid4()):
        reply = await api.post(PRACTITIONER, f"/steps/{identity}/outcome", NOT_NEEDED)
        assert (reply.status_code, reply.json()["code"]) == (404, "step_not_found")
    unknown = await api.client.post(f"/api/v1/steps/{step}/outcome", json=NOT_NEEDED)
    assert unknown.status_code == 401


async def test_of_two_people_at_the_same_moment_one_succeeds_and_one_hears_it_is_closed(
    api: ApiHouse,
) -> None:
    case = await api.a_case()
    steps = await _more_steps(api, case, 40)

    for step in steps:
        replies = await asyncio.gather(
            api.post(POLICE, f"/steps/{step}/outcome", {"outcome": "done"}),
            api.post(COORDINATOR, f"/steps/{step}/outcome", NOT_NEEDED),
        )
        assert sorted(reply.status_code for reply in replies) == [200, 409]
        [second] = [reply for reply in replies if reply.status_code == 409]
        assert second.json()["code"] == "step_already_closed"

    assert await _log_numbers(api, case) == list(range(1, await _last_seq(api, case) + 1))


async def test_another_answer_under_the_same_key_is_refused(api: ApiHouse) -> None:
    case = await api.a_case()
    step, other = await _more_steps(api, case, 2)

    await api.post(POLICE, f"/steps/{step}/outcome", {"outcome": "done"}, key="one")
    changed = await api.post(POLICE, f"/steps/{step}/outcome", NOT_NEEDED, key="one")
    elsewhere = await api.post(POLICE, f"/steps/{other}/outcome", {"outcome": "done"}, key="one")

    assert (changed.status_code, changed.json()["code"]) == (409, "idempotency_key_reused")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "idempotency_key_reused")


async def test_the_same_key_many_times_at_once_is_recorded_once(api: ApiHouse) -> None:
    case = await api.a_case()
    for step in await _more_steps(api, case, 10):
        key = uuid4().hex
        posts = (api.post(POLICE, f"/steps/{step}/outcome", {"outcome": "done"}, key=key) for _ in range(8))
        replies = await asyncio.gather(*posts)

        assert {reply.status_code for reply in replies} == {200}
        assert len({reply.text for reply in replies}) == 1


async def test_the_same_key_for_steps_of_two_cases_at_once_is_taken_by_one(api: ApiHouse) -> None:
    cases = [await api.a_case(), await api.a_case()]
    pairs = zip(*[await _more_steps(api, case, 20) for case in cases], strict=True)
    for pair in pairs:
        key = uuid4().hex
        posts = (api.post(POLICE, f"/steps/{step}/outcome", {"outcome": "done"}, key=key) for step in pair)
        replies = await asyncio.gather(*posts)

        assert sorted(reply.status_code for reply in replies) == [200, 409]
        [second] = [reply for reply in replies if reply.status_code == 409]
        assert second.json()["code"] == "idempotency_key_reused"


async def test_fifty_completions_at_once_leave_a_gapless_log_while_the_plan_writes_too(api: ApiHouse) -> None:
    case = await api.a_case()
    steps = await _more_steps(api, case, 50)
    busy = asyncio.create_task(_keep_acting(api, case))

    replies = await asyncio.gather(
        *(api.post(POLICE, f"/steps/{step}/outcome", {"outcome": "done"}, key=str(step)) for step in steps)
    )
    assert not busy.done()
    busy.cancel()

    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.json()["seq"] for reply in replies}) == 50
    assert await _log_numbers(api, case) == list(range(1, await _last_seq(api, case) + 1))
    async with transaction(api.scheme.pool) as conn:
        plan = await folded.plan(conn, case.id)
    assert not {step.id for step in plan.steps} & set(steps)


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_a_key_that_is_empty_or_endless_is_refused(api: ApiHouse, key: str) -> None:
    case = await api.a_case()
    step = await api.a_step(case, POLICE)

    headers = api.as_(POLICE) | {"Idempotency-Key": key}
    reply = await api.client.post(f"/api/v1/steps/{step}/outcome", json=NOT_NEEDED, headers=headers)

    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    assert reply.json()["errors"][0]["in"] == "header"


async def _keep_acting(api: ApiHouse, case: Case) -> None:
    """The plan, writing on the same case all the time: reminders come due every two hours."""
    while True:
        api.wall += timedelta(hours=2)
        await api.plan_acts(case.id)


async def _more_steps(api: ApiHouse, case: Case, count: int) -> list[UUID]:
    """Steps beyond what the programme would open, opened as the plan opens steps."""
    async with transaction(api.scheme.pool) as conn:
        await plans.lock_log(conn, case.id)
        [enrolment] = (await folded.plan(conn, case.id)).running
        numbers = range(100, 100 + count)
        opened = [Opening(enrolment.id, "pathway_actions", number, api.wall, POLICE) for number in numbers]
        await plans.record(conn, case.id, None, [_act(opening, enrolment.programme) for opening in opened])
    return [opening.step for opening in opened]


def _act(opening: Opening, programme: str) -> Act:
    facts: dict[str, Scalar] = {
        "step": str(opening.step),
        "enrolment": str(opening.enrolment),
        "programme": programme,
        "key": opening.key,
        "number": opening.number,
        "owner": opening.owner,
        "due_at": (opening.at + timedelta(days=14)).isoformat(),
    }
    return Act(opening.at, EventKind.STEP_OPENED, facts)


async def _a_review(api: ApiHouse, case: Case) -> UUID:
    """The case's first review, called by its plan."""
    api.wall += timedelta(days=40)
    await api.plan_acts(case.id)
    return await api.a_step(case, COORDINATOR, form="review")


async def _log_numbers(api: ApiHouse, case: Case) -> list[int]:
    return [
        row["seq"] for row in await api.rows("select seq from event where case_id = %s order by seq", case.id)
    ]


async def _last_seq(api: ApiHouse, case: Case) -> int:
    last: int = (await api.rows("select last_seq from cases where id = %s", case.id))[0]["last_seq"]
    return last
