"""What the API says of requests that cannot be: the field that exists, what is wrong with it and what to do."""

from datetime import timedelta
from typing import Any

import pytest

from iom.vocabulary import Role
from tests.integration.api_house import ApiHouse

COORDINATOR, PRACTITIONER = Role.COORDINATOR, Role.PROBATION_PRACTITIONER
WEEK = timedelta(weeks=1)
SOMEBODY = {
    "surname": "Penhaligon",
    "forenames": "Tristan",
    "date_of_birth": "1990-05-17",
    "why": "Three burglaries in a month",
    "basis": "statutory",
}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"surname": "a\x00b"},
            "There is a character here that cannot be shown. Type the text again without it.",
        ),
        ({"surname": ""}, "This is empty. Write something, or leave it out if it may be left out."),
        ({"surname": " \u200b "}, "Nothing can be read here. Write something that can be seen."),
        ({"surname": "x" * 101}, "This is too long. Send 100 characters at most."),
        ({"surname": "one\ntwo"}, "There is a tab or a line break here. Write one line."),
        ({"surname": None}, "Send text here, in quotation marks."),
        ({"surname": 7}, "Send text here, in quotation marks."),
        ({"why": "\u200b\u3164\u2800"}, "Nothing can be read here. Write something that can be seen."),
        (
            {"date_of_birth": "17/05/1990"},
            "Write a day that there is as YYYY-MM-DD, from 1900-01-01 to 2099-12-31.",
        ),
        (
            {"date_of_birth": "1990-02-30"},
            "Write a day that there is as YYYY-MM-DD, from 1900-01-01 to 2099-12-31.",
        ),
        ({"basis": "either"}, "Send one of these: statutory, voluntary."),
        ({"shoe_size": 44}, "There is no such field. Check its spelling, or leave it out."),
    ],
)
async def test_a_wrong_field_is_named_with_a_sentence_that_says_what_to_do(
    api: ApiHouse, wrong: dict[str, Any], message: str
) -> None:
    problem = (await api.post(PRACTITIONER, "/nominations", SOMEBODY | wrong)).json()

    [error] = problem["errors"]
    assert (error["field"], error["in"], error["message"]) == (next(iter(wrong)), "body", message)


@pytest.mark.parametrize(
    ("content", "kind", "begins"),
    [
        (b'{"surname": }', "application/json", "The body is not JSON: Expecting value at character 12."),
        (b"[]", "application/json", "Send one JSON object as the body"),
        (b'{"surname": "x"}', "text/plain", "Send one JSON object as the body"),
        (b"", "application/json", "This is missing."),
    ],
)
async def test_a_body_that_cannot_be_read_is_called_the_body(
    api: ApiHouse, content: bytes, kind: str, begins: str
) -> None:
    headers = api.as_(PRACTITIONER) | {"Content-Type": kind}
    reply = await api.client.post("/api/v1/nominations", content=content, headers=headers)

    [error] = reply.json()["errors"]
    assert (error["field"], error["in"]) == ("body", "body")
    assert error["message"].startswith(begins)


@pytest.mark.parametrize(
    ("path", "field", "place"),
    [
        ("/cases?limit=0", "limit", "query"),
        ("/cases?limit=many", "limit", "query"),
        ("/cases?rag=Puce", "rag", "query"),
        ("/cases?overdue=perhaps", "overdue", "query"),
        ("/steps?state=closed", "state", "query"),
        ("/cases/{ref}/forecast?until=tomorrow", "until", "query"),
        ("/cases/{ref}/forecast?until=2026-02-30", "until", "query"),
        ("/cases/{ref}/forecast?until=2026-12-01T09:00:00", "until", "query"),
    ],
)
async def test_a_wrong_query_is_named_once(api: ApiHouse, path: str, field: str, place: str) -> None:
    case = await api.a_case()

    [error] = (await api.get(COORDINATOR, path.format(ref=case.ref))).json()["errors"]

    assert (error["field"], error["in"]) == (field, place)
    assert error["message"].endswith(".")


@pytest.mark.parametrize("until", ["2026-12-01", "2026-12-01T09:00:00Z", "2026-12-01T09:00:00.5+01:00"])
async def test_a_forecast_goes_up_to_a_day_or_a_moment(api: ApiHouse, until: str) -> None:
    case = await api.a_case()

    reply = await api.get(COORDINATOR, f"/cases/{case.ref}/forecast", until=until)

    assert reply.json()["until"].startswith("2026-12-01"), reply.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "done", "new_due_on": "2026-10-01"}, "new_due_on"),
        ({"outcome": "done", "reason": "Ill"}, "reason"),
        ({"outcome": "not_needed", "reason": "Moved", "new_due_on": "2026-10-01"}, "new_due_on"),
        ({"outcome": "cannot_yet", "reason": "Ill", "new_due_on": "2026-10-01", "result": "ATTC"}, "result"),
    ],
)
async def test_what_an_outcome_would_lose_is_refused(api: ApiHouse, body: dict[str, str], field: str) -> None:
    case = await api.a_case()
    step = await api.a_step(case, Role.POLICE_OFFENDER_MANAGER)

    reply = await api.post(Role.POLICE_OFFENDER_MANAGER, f"/steps/{step}/outcome", body)

    [error] = reply.json()["errors"]
    assert (reply.status_code, error["field"], error["code"]) == (422, field, "not_with_this_outcome")
    assert "Leave it out" in error["message"]


async def test_a_case_is_found_by_its_reference_in_small_letters(api: ApiHouse) -> None:
    case = await api.a_case()

    small = await api.get(COORDINATOR, f"/cases/{case.ref.lower()}")

    assert small.status_code == 200
    assert small.json() == (await api.get(COORDINATOR, f"/cases/{case.ref}")).json()
    assert {look["object"] for look in await api.looks()} == {f"case:{case.ref}"}


async def test_the_list_of_steps_says_how_each_can_be_answered(api: ApiHouse) -> None:
    case = await api.a_case()
    for _ in range(8):
        listed = (await api.get(COORDINATOR, "/steps", limit=200)).json()["steps"]
        if any(step["results"] for step in listed):
            break
        api.wall += WEEK
        await api.plan_acts(case.id)
    [choosy, *_] = [step for step in listed if step["results"] and "done" in step["outcomes"]]

    refused = await api.post(COORDINATOR, f"/steps/{choosy['id']}/outcome", {"outcome": "done"})
    done = await api.post(
        COORDINATOR, f"/steps/{choosy['id']}/outcome", {"outcome": "done", "result": choosy["results"][0]}
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "result_needed")
    assert all(result in refused.json()["detail"] for result in choosy["results"])
    assert done.status_code == 200, done.text
    assert all(step["outcomes"] for step in listed)


async def test_a_case_names_its_open_review_and_that_can_be_held(api: ApiHouse) -> None:
    case = await api.a_case()
    before = (await api.get(COORDINATOR, f"/cases/{case.ref}")).json()["open_review"]
    api.wall += 6 * WEEK
    await api.plan_acts(case.id)

    review = (await api.get(COORDINATOR, f"/cases/{case.ref}")).json()["open_review"]
    held = await api.post(
        COORDINATOR, f"/cases/{case.ref}/reviews/{review['id']}/hold", {"rag": "Red", "summary": "Fine"}
    )

    assert before is None
    assert review["due_at"][:10] == review["due_on"]
    assert held.status_code == 200, held.text
    assert (await api.get(COORDINATOR, f"/cases/{case.ref}")).json()["open_review"] is None
