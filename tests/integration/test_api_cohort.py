"""The cohort as the API lists it: filters, search, pages, and nobody else's cases."""

from datetime import timedelta

from iom.adapters.tables import Case
from iom.vocabulary import Cohort, Rag, Role
from tests.builders import START
from tests.integration.api_house import ApiHouse

COORDINATOR, PRACTITIONER = Role.COORDINATOR, Role.PROBATION_PRACTITIONER


async def test_the_cohort_shows_each_case_with_its_work(api: ApiHouse) -> None:
    case = await api.a_case()

    listed = (await api.get(COORDINATOR, "/cases")).json()

    [row] = listed["cases"]
    assert row["ref"] == case.ref
    assert row["open_steps"] == 4
    assert row["overdue_steps"] == 0
    assert row["next_due_on"] == "2026-09-04"
    assert listed["next_cursor"] is None


async def test_the_cohort_is_filtered_by_what_is_asked(api: ApiHouse) -> None:
    red = await api.a_case(rag=Rag.RED)
    amber = await api.a_case(rag=Rag.AMBER, cohort=Cohort.FLEX)
    await api.do("update cases set police_area = 'Loughborough' where id = %s", amber.id)
    await api.do(
        "update cases set lead_agency_id = (select id from agency where code = 'probation') where id = %s",
        red.id,
    )

    assert await _refs(api, rag="Red") == {red.ref}
    assert await _refs(api, cohort="Flex") == {amber.ref}
    assert await _refs(api, area="loughborough") == {amber.ref}
    assert await _refs(api, agency="probation") == {red.ref}
    assert await _refs(api, rag="Green") == set()


async def test_overdue_cases_are_those_with_a_step_past_its_moment(api: ApiHouse) -> None:
    late = await api.a_case()
    early = await api.a_case()
    await api.do("update step set due_at = due_at + interval '1 year' where case_id = %s", early.id)
    api.wall += timedelta(days=10)

    assert await _refs(api, overdue="true") == {late.ref}
    assert await _refs(api, overdue="false") == {early.ref}
    assert {step["case_ref"] for step in await _steps(api, state="overdue")} == {late.ref}


async def test_search_finds_names_in_any_order_and_identifiers_in_any_form(api: ApiHouse) -> None:
    case = await api.a_case()
    await api.a_case()
    await api.do(
        "update person set surname = 'O''Brien-Ďurišin', forenames = 'Ann 100%%', pnc_id = '2003/0261170A',"
        " crn = 'X123456', noms_number = 'A1234BC' where id = %s",
        case.person_id,
    )

    for q in (
        "o'brien",
        "ďuriš",
        "ann 100%",
        "O'Brien-Ďurišin Ann",
        "03/261170a",
        "x123456",
        "a1234bc",
        case.ref.lower(),
    ):
        assert await _refs(api, q=q) == {case.ref}, q
    assert await _refs(api, q="%") == {case.ref}
    assert await _refs(api, q="nobody of this name") == set()


async def test_the_cohort_comes_in_pages_that_neither_miss_nor_repeat(api: ApiHouse) -> None:
    cases = [await api.a_case() for _ in range(5)]
    await api.do("update person set surname = 'Same'")

    seen: list[str] = []
    cursor = None
    while True:
        page = (
            await api.get(COORDINATOR, "/cases", limit=2, **({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [row["ref"] for row in page["cases"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert sorted(seen) == sorted(case.ref for case in cases)


async def test_partners_see_their_own_cases_and_no_others(api: ApiHouse) -> None:
    mine = await api.a_case(team=(COORDINATOR, PRACTITIONER))
    others = await api.a_case(team=(COORDINATOR, Role.POLICE_OFFENDER_MANAGER))

    assert await _refs(api, PRACTITIONER) == {mine.ref}
    assert {step["case_ref"] for step in await _steps(api, PRACTITIONER)} == {mine.ref}
    for path in ("", "/timeline", "/forecast"):
        reply = await api.get(PRACTITIONER, f"/cases/{others.ref}{path}")
        assert (reply.status_code, reply.json()["code"]) == (404, "case_not_found")


async def test_a_cursor_of_a_case_one_may_not_see_tells_nothing(api: ApiHouse) -> None:
    await api.a_case(team=(COORDINATOR, PRACTITIONER))
    others = await api.a_case(team=(COORDINATOR,))
    await api.do("update person set surname = 'Aaa' where id = %s", others.person_id)
    cursor = (await api.get(COORDINATOR, "/cases", limit=1)).json()["next_cursor"]

    assert (await api.get(PRACTITIONER, "/cases", cursor=cursor)).json()["cases"] == []


async def test_closed_cases_are_listed_when_asked_for(api: ApiHouse) -> None:
    case: Case = await api.a_case()
    await api.do("update cases set closed_at = %s where id = %s", START, case.id)

    assert await _refs(api) == set()
    assert await _refs(api, closed="true") == {case.ref}


async def _refs(api: ApiHouse, role: Role = COORDINATOR, **filters: str) -> set[str]:
    return {row["ref"] for row in (await api.get(role, "/cases", **filters)).json()["cases"]}


async def _steps(api: ApiHouse, role: Role = COORDINATOR, **filters: object) -> list[dict[str, object]]:
    steps: list[dict[str, object]] = (await api.get(role, "/steps", **filters)).json()["steps"]
    return steps
