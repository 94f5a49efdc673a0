"""One request under one Idempotency-Key is done once, whatever it does; another under the same key is refused."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from iom.vocabulary import Role
from tests.integration.api_house import ApiHouse, Reply

COORDINATOR, POLICE = Role.COORDINATOR, Role.POLICE_OFFENDER_MANAGER
SOMEBODY = {
    "surname": "Penhaligon",
    "forenames": "Tristan",
    "date_of_birth": "1990-05-17",
    "why": "Three burglaries in a month",
    "basis": "statutory",
}
REQUESTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "/steps/{step}/outcome": ({"outcome": "not_needed", "reason": "Moved"}, {"reason": "Moved away"}),
    "/nominations": (SOMEBODY, {"surname": "Tregear"}),
    "/cases/{nominated}/panel-decision": ({"outcome": "reject", "reason": "No"}, {"reason": "Not now"}),
    "/cases/{ref}/reviews/{review}/hold": ({"rag": "Red", "summary": "Fine"}, {"rag": "Green"}),
    "/cases/{ref}/custody": ({"status": "remand"}, {"status": "sentenced"}),
    "/cases/{ref}/interventions": ({"programme": "treatment_keywork"}, {"programme": "custody"}),
    "/cases/{ref}/corrections": (
        {"field": "person.surname", "value": "Nankervis", "reason": "Misspelt"},
        {"value": "Nankivell"},
    ),
    "/cases/{ref}/processing-restriction": ({"restricted": True, "why": "Contested"}, {"restricted": False}),
    "/me/correction-notices/{notice}/acknowledge": ({}, {"why": "Read"}),
    "/cases/{ref}/notes": ({"kind": "contact", "source": "fact", "words": "Seen"}, {"words": "Not seen"}),
    "/cases/{ref}/restriction": ({"restricted": True, "reason": "At risk"}, {"restricted": False}),
}
"""A body for every address that writes, and what another request there would say."""


async def test_every_address_that_writes_is_tried_here(api: ApiHouse) -> None:
    described = (await api.client.get("/api/v1/openapi.json")).json()["paths"]
    writing = {path.removeprefix("/api/v1") for path, methods in described.items() if set(methods) - {"get"}}
    keyed = {
        path.removeprefix("/api/v1")
        for path, methods in described.items()
        if any(each["name"] == "Idempotency-Key" for each in methods.get("post", {}).get("parameters", ()))
    }
    tried = {
        path.format(step="{id}", nominated="{ref}", ref="{ref}", review="{id}", notice="{id}")
        for path in REQUESTS
    }

    assert writing == keyed == tried


@pytest.mark.parametrize("path", REQUESTS)
async def test_the_same_request_again_gets_the_first_answer_and_another_is_refused(
    api: ApiHouse, path: str
) -> None:
    body, otherwise = REQUESTS[path]
    address = path.format(**await _places(api))
    first = await api.post(COORDINATOR, address, body, key="one")
    written = await _written(api)
    api.wall += timedelta(minutes=5)

    again = await api.post(COORDINATOR, address, body, key="one")
    other = await api.post(COORDINATOR, address, body | otherwise, key="one")

    assert first.is_success, first.text
    assert _said(again) == _said(first)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert await _written(api) == written


async def test_a_key_that_was_used_at_another_address_is_refused(api: ApiHouse) -> None:
    places = await _places(api)
    body = {"programme": "treatment_keywork"}
    await api.post(COORDINATOR, f"/cases/{places['ref']}/interventions", body, key="one")

    elsewhere = await api.post(COORDINATOR, "/nominations", SOMEBODY, key="one")

    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "idempotency_key_reused")


async def test_a_key_is_its_owners_own(api: ApiHouse) -> None:
    mine = await api.post(COORDINATOR, "/nominations", SOMEBODY, key="one")
    theirs = await api.post(POLICE, "/nominations", SOMEBODY | {"surname": "Tregear"}, key="one")

    assert theirs.status_code == 201
    assert theirs.json() != mine.json()


async def test_what_was_refused_may_come_again_under_its_key(api: ApiHouse) -> None:
    refused = await api.post(COORDINATOR, "/nominations", SOMEBODY | {"crn": "1"}, key="one")
    corrected = await api.post(COORDINATOR, "/nominations", SOMEBODY | {"crn": "X123456"}, key="one")

    assert (refused.status_code, corrected.status_code) == (422, 201)


async def test_the_same_nomination_many_times_at_once_opens_one_case(api: ApiHouse) -> None:
    key = uuid4().hex
    replies = await asyncio.gather(
        *(api.post(COORDINATOR, "/nominations", SOMEBODY, key=key) for _ in range(8))
    )

    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.text for reply in replies}) == 1
    assert len(await api.rows("select 1 from cases")) == 1


async def _places(api: ApiHouse) -> dict[str, str]:
    nominated = (await api.post(COORDINATOR, "/nominations", SOMEBODY | {"surname": "Nancarrow"})).json()[
        "ref"
    ]
    case = await api.a_case()
    api.wall += timedelta(days=40)
    await api.plan_acts(case.id)
    return {
        "ref": case.ref,
        "nominated": nominated,
        "step": str(await api.a_step(case, POLICE)),
        "review": str(await api.a_step(case, COORDINATOR, form="review")),
        "notice": await _a_notice(api, case.ref),
    }


async def _a_notice(api: ApiHouse, ref: str) -> str:
    """To the coordinator, who has seen the case, that something on it was wrong."""
    await api.get(COORDINATOR, f"/cases/{ref}")
    correction = {"field": "person.surname", "value": "Nance", "reason": "Misspelt"}
    await api.post(Role.CHAIR, f"/cases/{ref}/corrections", correction)
    notices = (await api.get(COORDINATOR, "/me/correction-notices")).json()["notices"]
    identity: str = notices[0]["id"]
    return identity


async def _written(api: ApiHouse) -> list[dict[str, Any]]:
    return await api.rows(
        "select (select count(*) from cases) as cases, (select count(*) from event) as events,"
        " (select count(*) from intervention) as interventions, (select count(*) from audit) as looks"
    )


def _said(reply: Reply) -> tuple[int, str | None, str | None, str]:
    return reply.status_code, reply.headers.get("location"), reply.headers.get("content-type"), reply.text
