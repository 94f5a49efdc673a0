"""Correcting a record and restricting its processing, on pages and by API, and who still sees what meanwhile."""

from typing import Any

import pytest

from iom.adapters.database import transaction
from iom.adapters.store import audit
from iom.adapters.store.audit import Look
from iom.adapters.tables import Case
from iom.vocabulary import Role
from tests.builders import START
from tests.integration.api_house import ApiHouse
from tests.integration.page_house import PageHouse

SURNAME = {"field": "person.surname", "value": "Penrose", "reason": "Birth certificate seen"}
OFFICIAL = (Role.COORDINATOR, Role.CHAIR)


async def correct(api: ApiHouse, case: Case, **changed: Any) -> Any:
    return await api.post(Role.COORDINATOR, f"/cases/{case.ref}/corrections", SURNAME | changed)


async def test_a_correction_keeps_what_was_and_tells_everybody_who_was_told(api: ApiHouse) -> None:
    case = await api.a_case()
    [was] = await api.rows("select surname from person")
    async with transaction(api.scheme.pool) as conn:
        for recipient in (f"account:{api.scheme.id_of(Role.HOUSING_OFFICER)}", "the court"):
            look = Look(None, "disclose", "x", "x", "command", case_id=case.id, recipient=recipient)
            await audit.write(conn, look, START)
    answer = await correct(api, case)
    assert answer.json() == {"ref": case.ref, "told": 8}, answer.text
    assert (await api.rows("select surname from person")) == [{"surname": "Penrose"}]
    [kept] = await api.rows("select * from correction")
    assert (kept["was"], kept["is_now"], kept["reason"]) == (was["surname"], "Penrose", SURNAME["reason"])
    told = await api.rows("select account_id, recipient from correction_notice")
    assert {api.scheme.role_of(row["account_id"]) for row in told if row["account_id"]} == {
        Role.CHAIR, Role.ANALYST, Role.POLICE_OFFENDER_MANAGER, Role.PROBATION_PRACTITIONER,
        Role.LEAD_PROFESSIONAL, Role.TREATMENT_WORKER, Role.HOUSING_OFFICER,
    }  # fmt: skip
    assert [row["recipient"] for row in told if row["account_id"] is None] == ["the court"]


async def test_a_notice_is_the_readers_own_names_no_value_and_goes_when_acknowledged(api: ApiHouse) -> None:
    case = await api.a_case()
    await correct(api, case)
    [notice] = (await api.get(Role.TREATMENT_WORKER, "/me/correction-notices")).json()["notices"]
    assert (notice["ref"], notice["field"]) == (case.ref, "person.surname")
    assert "Penrose" not in str(notice)
    path = f"/me/correction-notices/{notice['id']}/acknowledge"
    assert (await api.post(Role.CHAIR, path, {})).json()["code"] == "notice_not_found"
    assert (await api.post(Role.TREATMENT_WORKER, path, {})).status_code == 204
    assert (await api.get(Role.TREATMENT_WORKER, "/me/correction-notices")).json() == {"notices": []}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"value": " "}, "value_needed"),
        ({"field": "person.date_of_birth", "value": "17/4/91"}, "value_not_readable"),
        ({"field": "assessment.rosh", "value": "Huge"}, "value_not_readable"),
        ({"field": "assessment.rosh", "value": ""}, "nothing_changed"),
        ({"field": "assessment.rag", "value": "Green"}, "invalid_request"),
        ({"reason": " "}, "invalid_request"),
    ],
)
async def test_what_cannot_be_is_refused(api: ApiHouse, changed: dict[str, str], code: str) -> None:
    answer = await correct(api, await api.a_case(), **changed)
    assert answer.json()["code"] == code
    assert await api.rows("select 1 from correction") == []


async def test_a_number_that_is_somebody_elses_is_refused(api: ApiHouse) -> None:
    case, other = await api.a_case(), await api.a_case()
    [taken] = await api.rows("select crn from person where id = %s", other.person_id)
    assert (await correct(api, case, field="person.crn", value=taken["crn"])).json()["code"] == "taken"


async def test_only_coordinator_and_chair_correct_and_restrict(api: ApiHouse) -> None:
    case = await api.a_case()
    limit = {"restricted": True, "why": "Says it was his brother"}
    for role in set(api.tokens) - set(OFFICIAL):
        for path, body in (("corrections", SURNAME), ("processing-restriction", limit)):
            answer = await api.post(role, f"/cases/{case.ref}/{path}", body)
            assert answer.status_code in (403, 404), role
    assert await api.rows("select 1 from correction union select 1 from processing_restriction") == []


async def test_while_processing_is_restricted_only_coordinator_and_chair_of_the_team_see_the_case(
    api: ApiHouse,
) -> None:
    case = await api.a_case()
    step = await api.a_step(case, Role.LEAD_PROFESSIONAL)
    limit = {"restricted": True, "why": "Says it was his brother"}
    path = f"/cases/{case.ref}/processing-restriction"
    assert (await api.post(Role.COORDINATOR, path, limit)).status_code == 200
    assert (await api.post(Role.COORDINATOR, path, limit)).json()["code"] == "already_limited"
    for role in api.tokens:
        seen = (await api.get(role, f"/cases/{case.ref}")).status_code == 200
        assert seen is (role in OFFICIAL), role
        if role not in OFFICIAL:
            assert (await api.get(role, f"/steps/{step}")).status_code == 404, role
            assert case.ref not in (await api.get(role, "/cases")).text, role
            assert case.ref not in (await api.get(role, "/steps")).text, role
    lifted = await api.post(Role.CHAIR, path, {"restricted": False, "why": "Settled"})
    assert lifted.json() == {"ref": case.ref, "restricted": False}
    assert (await api.get(Role.LEAD_PROFESSIONAL, f"/cases/{case.ref}")).status_code == 200


async def test_the_plan_goes_on_while_processing_is_restricted(api: ApiHouse) -> None:
    case = await api.a_case()
    await api.post(
        Role.COORDINATOR,
        f"/cases/{case.ref}/processing-restriction",
        {"restricted": True, "why": "Contested"},
    )
    [before] = await api.rows("select last_seq from cases")
    api.wall = api.wall.replace(month=11)
    await api.plan_acts(case.id)
    [after] = await api.rows("select last_seq from cases")
    assert after["last_seq"] > before["last_seq"]


async def test_nobody_restricts_a_case_that_they_could_then_not_see(api: ApiHouse) -> None:
    case = await api.a_case(team=(Role.LEAD_PROFESSIONAL,))
    answer = await api.post(
        Role.COORDINATOR,
        f"/cases/{case.ref}/processing-restriction",
        {"restricted": True, "why": "Contested"},
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_on_team")


async def test_a_record_is_corrected_on_a_page_and_the_reader_hears_on_the_first_page(
    pages: PageHouse,
) -> None:
    case = await pages.record.a_case()
    coordinator, worker = (
        await pages.signed_in(Role.COORDINATOR),
        await pages.signed_in(Role.TREATMENT_WORKER),
    )
    path = f"/cases/{case.ref}/correction"
    missing = await coordinator.fill_in(path, {"field": "person.surname", "value": "", "reason": "Seen"})
    assert (missing.status, "cannot be empty" in missing.words) == (422, True)
    shown = await coordinator.follow(await coordinator.fill_in(path, SURNAME))
    assert "Penrose" in shown.words
    assert "became Penrose" in (await coordinator.get(path)).words
    assert "1 thing that you were told was wrong" in (await worker.get("/")).words
    listed = await worker.get("/corrections")
    [form] = [
        each.attributes["action"]
        for each in listed.page.all("form")
        if "/corrections/" in each.attributes["action"]
    ]
    again = await worker.follow(await worker.post(form, listed.page.fields(form)))
    assert "Nothing that you were told" in again.words
    assert "you were told" not in (await worker.get("/")).words


async def test_those_who_still_see_a_restricted_record_are_told_that_it_is(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    coordinator = await pages.signed_in(Role.COORDINATOR)
    path = f"/cases/{case.ref}/processing"
    shown = await coordinator.follow(await coordinator.fill_in(path, {"why": "Says it was his brother"}))
    assert "Processing of this record is restricted" in shown.words
    assert "Restrict processing, or lift that" in shown.words
    form = await coordinator.get(path)
    assert "Says it was his brother" in form.words
    lifted = await coordinator.follow(await coordinator.fill_in(path, {"why": "Settled"}))
    assert "Processing of this record is restricted" not in lifted.words


async def test_a_closed_case_can_still_be_corrected(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    await pages.record.do("update cases set closed_at = now() where id = %s", case.id)
    coordinator = await pages.signed_in(Role.COORDINATOR)
    assert "Correct the record" in (await coordinator.get(f"/cases/{case.ref}")).words
    shown = await coordinator.fill_in(f"/cases/{case.ref}/correction", SURNAME)
    assert shown.status == 303
