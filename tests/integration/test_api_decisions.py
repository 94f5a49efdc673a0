"""Nomination, panel, review, custody and interventions through the API: what each writes, and refusals by code."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from iom.adapters.tables import Case
from iom.vocabulary import Rag, Role
from tests.integration.api_house import ApiHouse, Reply

COORDINATOR, CHAIR = Role.COORDINATOR, Role.CHAIR
PRACTITIONER, TREATMENT = Role.PROBATION_PRACTITIONER, Role.TREATMENT_WORKER
SOMEBODY = {
    "surname": "Penhaligon",
    "forenames": "Tristan",
    "date_of_birth": "1990-05-17",
    "why": "Three burglaries in a month",
    "basis": "statutory",
    "pnc_id": "03/261170a",
}
ADOPT = {"outcome": "adopt", "reason": "Meets the criteria", "cohort": "Fixed", "rag": "Red"}


async def test_a_nomination_opens_a_case_that_whoever_nominated_can_see(api: ApiHouse) -> None:
    reply = await api.post(PRACTITIONER, "/nominations", SOMEBODY)

    assert reply.status_code == 201, reply.text
    ref = reply.json()["ref"]
    assert reply.headers["location"] == f"/api/v1/cases/{ref}"
    case = (await api.get(PRACTITIONER, f"/cases/{ref}")).json()
    assert case["person"]["pnc_id"] == "2003/0261170A"
    assert case["nomination"]["nominated_by_name"] == api.scheme.actors[PRACTITIONER].name
    [line] = await api.rows("select * from audit where action = 'collect'")
    assert (line["object"], line["purpose"]) == (f"case:{ref}", "nomination")


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"pnc_id": "2003/0261170B"}, 422, "bad_pnc_check_letter"),
        ({"pnc_id": "somebody"}, 422, "pnc_wrong_pattern"),
        ({"crn": "1"}, 422, "crn_wrong_pattern"),
        ({"noms_number": "1"}, 422, "noms_number_wrong_pattern"),
        ({"date_of_birth": "2015-01-01"}, 409, "date_of_birth_under_18"),
        ({"date_of_birth": "2027-01-01"}, 422, "date_of_birth_in_future"),
        ({"date_of_birth": "1900-01-01"}, 422, "date_of_birth_too_long_ago"),
        ({"why": "\u200b\u2060\u3164"}, 422, "invalid_request"),
        ({"date_of_birth": "0001-01-01"}, 422, "invalid_request"),
        ({"surname": " \n "}, 422, "invalid_request"),
        ({"why": "\x00"}, 422, "invalid_request"),
        ({"basis": "either"}, 422, "invalid_request"),
    ],
)
async def test_a_nomination_that_cannot_be_is_refused_by_code_with_nothing_written(
    api: ApiHouse, wrong: dict[str, str], status: int, code: str
) -> None:
    reply = await api.post(PRACTITIONER, "/nominations", SOMEBODY | wrong)

    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert await api.rows("select 1 from person") == []


async def test_nobody_is_nominated_twice(api: ApiHouse) -> None:
    await api.post(PRACTITIONER, "/nominations", SOMEBODY)

    reply = await api.post(TREATMENT, "/nominations", SOMEBODY)

    assert (reply.status_code, reply.json()["code"]) == (409, "already_on_scheme")


async def test_the_panel_adopts_and_the_cohorts_programme_begins(api: ApiHouse) -> None:
    ref = await _nominated(api)

    reply = await api.post(CHAIR, f"/cases/{ref}/panel-decision", ADOPT)

    assert reply.status_code == 200, reply.text
    case = (await api.get(COORDINATOR, f"/cases/{ref}")).json()
    assert (case["cohort"], case["rag"], case["adopted_on"]) == ("Fixed", "Red", "2026-09-01")
    latest = (await api.get(COORDINATOR, f"/cases/{ref}/timeline")).json()["happenings"][:3]
    assert reply.json() == {"ref": ref, "seq": latest[0]["seq"]}
    assert next(item["words"] for item in latest if item["kind"] == "adopted") == "Meets the criteria"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"outcome": "adopt", "reason": "Yes"}, 422, "cohort_and_rag_needed"),
        (ADOPT | {"rag": "Blue"}, 409, "blue_is_custody"),
        ({"outcome": "deselect", "reason": "No"}, 409, "not_adopted"),
        ({"outcome": "adopt"}, 422, "invalid_request"),
    ],
)
async def test_a_panel_decision_that_cannot_be_is_refused_by_code(
    api: ApiHouse, body: dict[str, str], status: int, code: str
) -> None:
    ref = await _nominated(api)

    reply = await api.post(CHAIR, f"/cases/{ref}/panel-decision", body)

    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert await api.rows("select 1 from panel_decision") == []


async def test_a_panel_decides_once_and_partners_do_not(api: ApiHouse) -> None:
    ref = await _nominated(api)

    partner = await api.post(PRACTITIONER, f"/cases/{ref}/panel-decision", ADOPT)
    await api.post(CHAIR, f"/cases/{ref}/panel-decision", ADOPT)
    again = await api.post(COORDINATOR, f"/cases/{ref}/panel-decision", ADOPT)

    assert (partner.status_code, partner.json()["code"]) == (403, "not_allowed")
    assert (again.status_code, again.json()["code"]) == (409, "already_adopted")


async def test_a_review_is_held_once_with_its_grade(api: ApiHouse) -> None:
    case = await api.a_case(rag=Rag.RED)
    review = await _a_review(api, case)
    said = {"rag": "Amber", "summary": "Engaging well"}

    reply = await _hold(api, COORDINATOR, case, review, said)
    again = await _hold(api, COORDINATOR, case, review, said)

    assert reply.status_code == 200, reply.text
    shown = (await api.get(COORDINATOR, f"/cases/{case.ref}")).json()
    assert shown["rag"] == "Amber"
    assert [(held["rag_before"], held["rag_after"], held["summary"]) for held in shown["reviews"]] == [
        ("Red", "Amber", "Engaging well")
    ]
    assert (again.status_code, again.json()["code"]) == (409, "review_already_held")


async def test_a_review_that_cannot_be_held_is_refused_by_code(api: ApiHouse) -> None:
    case = await api.a_case()
    review = await _a_review(api, case)
    step = await api.a_step(case, PRACTITIONER)
    green = {"rag": "Green", "summary": "Fine"}

    refusals = [
        await _hold(api, COORDINATOR, case, uuid4(), green),
        await _hold(api, COORDINATOR, case, step, green),
        await _hold(api, COORDINATOR, case, review, green | {"rag": "Blue"}),
        await _hold(api, TREATMENT, case, review, green),
        await _hold(api, Role.HOUSING_OFFICER, case, review, green),
        await api.post(COORDINATOR, f"/cases/{case.ref}/reviews/not-an-id/hold", green),
    ]

    assert [(reply.status_code, reply.json()["code"]) for reply in refusals] == [
        (404, "review_not_found"),
        (404, "review_not_found"),
        (409, "blue_is_custody"),
        (403, "not_allowed"),
        (404, "case_not_found"),
        (422, "invalid_request"),
    ]


async def test_custody_and_release_change_the_grade_and_the_programme(api: ApiHouse) -> None:
    case = await api.a_case()
    remand = {"status": "remand", "establishment": "HMP Leicester", "earliest_release_on": "2027-03-01"}

    taken = await api.post(PRACTITIONER, f"/cases/{case.ref}/custody", remand)
    inside = (await api.get(PRACTITIONER, f"/cases/{case.ref}")).json()
    moved = await api.post(
        PRACTITIONER, f"/cases/{case.ref}/custody", remand | {"earliest_release_on": "2027-05-04"}
    )
    out = await api.post(PRACTITIONER, f"/cases/{case.ref}/custody", {"status": "on licence"})
    outside = (await api.get(PRACTITIONER, f"/cases/{case.ref}")).json()

    assert (taken.status_code, moved.status_code, out.status_code) == (200, 200, 200)
    assert (inside["rag"], inside["establishment"], inside["custody_status"]) == (
        "Blue",
        "HMP Leicester",
        "remand",
    )
    assert (outside["rag"], outside["establishment"], outside["custody_status"]) == (
        "Red",
        None,
        "on licence",
    )


@pytest.mark.parametrize("status", ["police custody", "hospital", "unlawfully at large", "on licence"])
async def test_where_somebody_in_the_community_is_now_is_recorded_and_begins_nothing(
    api: ApiHouse, status: str
) -> None:
    case = await api.a_case()
    before = await api.rows("select seq from event where case_id = %s", case.id)

    reply = await api.post(PRACTITIONER, f"/cases/{case.ref}/custody", {"status": status})
    again = await api.post(PRACTITIONER, f"/cases/{case.ref}/custody", {"status": status})

    assert (reply.status_code, reply.json()["seq"]) == (200, len(before)), reply.text
    assert (again.status_code, again.json()["code"]) == (409, "nothing_changed")
    shown = (await api.get(PRACTITIONER, f"/cases/{case.ref}")).json()
    assert (shown["custody_status"], shown["rag"]) == (status, "Red")
    assert await api.rows("select seq from event where case_id = %s", case.id) == before
    assert [look["purpose"] for look in await api.looks() if look["action"] == "alter"] == ["custody"]


async def test_of_a_change_in_prison_only_a_release_date_that_moved_is_in_the_log(api: ApiHouse) -> None:
    case = await api.a_case()
    path = f"/cases/{case.ref}/custody"
    inside = {"status": "remand", "establishment": "HMP Leicester", "earliest_release_on": "2027-03-01"}
    first = await api.post(PRACTITIONER, path, inside)

    again = await api.post(PRACTITIONER, path, inside)
    elsewhere = await api.post(PRACTITIONER, path, inside | {"establishment": "HMP Gartree"})
    later = inside | {"establishment": "HMP Gartree", "earliest_release_on": "2027-05-04"}
    moved = await api.post(PRACTITIONER, path, later)

    assert (again.status_code, again.json()["code"]) == (409, "nothing_changed")
    assert elsewhere.json()["seq"] == first.json()["seq"]
    assert moved.json()["seq"] == first.json()["seq"] + 1
    shown = (await api.get(PRACTITIONER, f"/cases/{case.ref}")).json()
    assert (shown["establishment"], shown["earliest_release_on"]) == ("HMP Gartree", "2027-05-04")


async def test_of_two_who_record_the_same_custody_at_once_one_does(api: ApiHouse) -> None:
    for _ in range(5):
        case = await api.a_case()
        posts = (
            api.post(role, f"/cases/{case.ref}/custody", {"status": "remand"})
            for role in (PRACTITIONER, COORDINATOR, Role.POLICE_OFFENDER_MANAGER)
        )
        replies = await asyncio.gather(*posts)

        assert sorted(reply.status_code for reply in replies) == [200, 409, 409]
        assert (
            len(await api.rows("select 1 from event where case_id = %s and kind = 'custody_began'", case.id))
            == 1
        )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"status": "community"}, 409, "nothing_changed"),
        ({"status": "community", "establishment": "HMP Leicester"}, 422, "release_needs_custody"),
        ({"status": "remand", "earliest_release_on": "2020-01-01"}, 422, "release_date_passed"),
        ({"status": "remand", "earliest_release_on": "2200-01-01"}, 422, "invalid_request"),
        ({"status": "on the moon"}, 422, "invalid_request"),
    ],
)
async def test_custody_that_cannot_be_is_refused_by_code(
    api: ApiHouse, body: dict[str, Any], status: int, code: str
) -> None:
    case = await api.a_case()

    reply = await api.post(PRACTITIONER, f"/cases/{case.ref}/custody", body)

    assert (reply.status_code, reply.json()["code"]) == (status, code)


async def test_an_intervention_begins_on_its_programme(api: ApiHouse) -> None:
    case = await api.a_case()

    begun = await api.post(
        COORDINATOR, f"/cases/{case.ref}/interventions", {"programme": "treatment_keywork"}
    )
    unknown = await api.post(COORDINATOR, f"/cases/{case.ref}/interventions", {"programme": "astrology"})
    cohort = await api.post(COORDINATOR, f"/cases/{case.ref}/interventions", {"programme": "fixed"})

    assert begun.status_code == 201
    shown = (await api.get(COORDINATOR, f"/cases/{case.ref}")).json()
    assert [(each["id"], each["programme"]) for each in shown["interventions"]] == [
        (begun.json()["id"], "treatment_keywork@1")
    ]
    assert (unknown.status_code, unknown.json()["code"]) == (422, "programme_unknown")
    assert (cohort.status_code, cohort.json()["code"]) == (409, "not_an_intervention")


async def test_nothing_is_decided_on_a_closed_case_or_one_that_is_not_there(api: ApiHouse) -> None:
    case = await api.a_case()
    await api.do("update cases set closed_at = now() where id = %s", case.id)
    bodies: dict[str, dict[str, Any]] = {
        "panel-decision": {"outcome": "deselect", "reason": "Left"},
        "custody": {"status": "remand"},
        "interventions": {"programme": "treatment_keywork"},
        f"reviews/{uuid4()}/hold": {"rag": "Green", "summary": "Fine"},
    }
    for path, body in bodies.items():
        closed = await api.post(COORDINATOR, f"/cases/{case.ref}/{path}", body)
        absent = await api.post(COORDINATOR, f"/cases/LX-0000/{path}", body)
        assert (closed.status_code, closed.json()["code"]) == (409, "case_closed")
        assert (absent.status_code, absent.json()["code"]) == (404, "case_not_found")


async def _nominated(api: ApiHouse) -> str:
    ref: str = (await api.post(PRACTITIONER, "/nominations", SOMEBODY)).json()["ref"]
    return ref


async def _a_review(api: ApiHouse, case: Case) -> UUID:
    api.wall += timedelta(days=40)
    await api.plan_acts(case.id)
    return await api.a_step(case, COORDINATOR, form="review")


async def _hold(api: ApiHouse, role: Role, case: Case, review: UUID, said: dict[str, str]) -> Reply:
    return await api.post(role, f"/cases/{case.ref}/reviews/{review}/hold", said)
