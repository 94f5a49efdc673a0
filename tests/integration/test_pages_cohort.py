"""The cohort list, nominations and held rows: found by those who may, and no name in any address."""

import asyncio
from datetime import timedelta

import pytest

from iom.adapters.database import transaction
from iom.adapters.store.rows import insert
from iom.adapters.tables import HeldRow
from iom.vocabulary import Cohort, Rag, Role
from tests.builders import START
from tests.integration.page_house import Browser, PageHouse, Shown

NOMINATION = {
    "forenames": "Jory",
    "surname": "Carlyon",
    "date_of_birth-day": "5",
    "date_of_birth-month": "11",
    "date_of_birth-year": "1994",
    "pnc_id": "03/261170A",
    "crn": "x123456",
    "basis": "statutory",
    "why": "Burglaries in one street",
    "police_area": "Charnwood",
}


def refs(shown: Shown) -> list[str]:
    """The cases in the list, in order."""
    links = [link.attributes["href"] for link in shown.page.all("a")]
    return [link.removeprefix("/cases/") for link in links if link.startswith("/cases/")]


async def test_the_cohort_is_narrowed_by_what_its_address_says(pages: PageHouse) -> None:
    red = await pages.record.a_case()
    green = await pages.record.a_case(cohort=Cohort.FLEX, rag=Rag.GREEN)
    await pages.record.do("update cases set police_area = 'Hinckley' where id = %s", green.id)
    browser = await pages.signed_in(Role.COORDINATOR)
    assert set(refs(await browser.get("/cases"))) == {red.ref, green.ref}
    assert refs(await browser.get("/cases?rag=Green")) == [green.ref]
    assert refs(await browser.get("/cases?area=Hinckley")) == [green.ref]
    assert refs(await browser.get("/cases?cohort=Fixed")) == [red.ref]
    assert refs(await browser.get("/cases?overdue=yes")) == []
    assert set(refs(await browser.get("/cases?rag=Purple"))) == {red.ref, green.ref}


async def test_filters_alone_lead_to_an_address_that_can_be_kept(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)
    sent = await browser.fill_in("/cases", {"rag": "Red", "area": "Leicester City", "q": ""})
    assert sent.to == "/cases?rag=Red&area=Leicester+City"
    assert (await browser.fill_in("/cases", {})).to == "/cases"


async def test_people_are_found_by_name_and_number_without_either_in_an_address(pages: PageHouse) -> None:
    case, other = await pages.record.a_case(), await pages.record.a_case()
    [person] = await pages.record.rows("select * from person where id = %s", case.person_id)
    browser = await pages.signed_in(Role.COORDINATOR)
    for q in (person["surname"], person["surname"].upper(), person["crn"], case.ref, person["surname"][3:]):
        shown = await browser.fill_in("/cases", {"q": q})
        assert refs(shown) == [case.ref], q
        assert shown.page.value_of("q") == q
    assert "No case fits" in (await browser.fill_in("/cases", {"q": "Nobody of that name"})).words
    assert set(refs(await browser.fill_in("/cases", {"q": "Jowan", "rag": "Red"}))) == {case.ref, other.ref}
    for odd in ("%", "'; drop table cases", "\\", "_" * 300):
        assert (await browser.fill_in("/cases", {"q": odd})).status == 200


async def test_the_list_is_turned_page_by_page_also_in_a_search(pages: PageHouse) -> None:
    everybody = {(await pages.record.a_case()).ref for _ in range(43)}
    browser = await pages.signed_in(Role.COORDINATOR)
    first = await browser.get("/cases")
    [further] = [link for link in first.page.all("a") if link.words == "Next page"]
    second = await browser.get(further.attributes["href"])
    assert len(refs(first)[:40]) == 40
    assert {*refs(first), *refs(second)} - {further.attributes["href"].removeprefix("/cases/")} >= everybody
    found = await browser.fill_in("/cases", {"q": "Jowan"})
    more = {
        each.attributes["name"]: each.attributes["value"] for each in found.page.all("input", type="hidden")
    }
    rest = await browser.post("/cases", more)
    assert {*refs(found), *refs(rest)} == everybody
    assert rest.page.value_of("q") == "Jowan"


async def test_a_list_shows_only_those_on_whose_team_one_is_and_one_line_says_whom(pages: PageHouse) -> None:
    mine = await pages.record.a_case(team=(Role.TREATMENT_WORKER,))
    await pages.record.a_case(team=(Role.COORDINATOR,))
    browser = await pages.signed_in(Role.TREATMENT_WORKER)
    assert refs(await browser.get("/cases")) == [mine.ref]
    assert await pages.looks() == [f"consult cases:{mine.ref}"]


async def test_a_nomination_opens_a_case_with_its_identifiers_in_their_one_form(pages: PageHouse) -> None:
    officer = await pages.signed_in(Role.POLICE_OFFENDER_MANAGER)
    sent = await officer.fill_in("/nominate", NOMINATION)
    shown = await officer.follow(sent)
    for said in (
        "The person is nominated",
        "Jory Carlyon",
        "2003/0261170A",
        "X123456",
        "Burglaries in one street",
        "5 Nov 1994",
        "Not graded",
    ):
        assert said in shown.words
    assert (await pages.looks())[0].startswith("collect case:")


async def test_everything_wrong_with_a_nomination_is_said_at_once_and_nothing_typed_is_lost(
    pages: PageHouse,
) -> None:
    browser = await pages.signed_in(Role.PROBATION_PRACTITIONER)
    wrong = NOMINATION | {
        "surname": "",
        "pnc_id": "03/261170B",
        "crn": "123",
        "noms_number": "?",
        "why": "",
        "date_of_birth-month": "13",
    }
    shown = await browser.fill_in("/nominate", wrong)
    assert shown.status == 422
    [summary] = [each for each in shown.page.all("div") if each.attributes.get("role") == "alert"]
    assert "There is a problem" in summary.words
    hrefs = [
        link.attributes["href"] for link in shown.page.all("a") if link.attributes["href"].startswith("#")
    ][1:]
    assert hrefs == ["#surname", "#date_of_birth-day", "#pnc_id", "#crn", "#noms_number", "#why"]
    for name in ("forenames", "pnc_id", "crn", "noms_number", "police_area", "date_of_birth-year"):
        assert shown.page.value_of(name) == wrong[name]
    assert shown.page.all("input", name="basis", value="statutory", checked="")
    assert shown.page.words_of("title").startswith("Error: ")
    assert not await pages.record.rows("select id from cases")


async def test_children_and_people_who_are_here_already_are_not_nominated(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.PROBATION_PRACTITIONER)
    child = await browser.fill_in("/nominate", NOMINATION | {"date_of_birth-year": "2010"})
    assert child.status == 409
    assert "Youth Justice Service" in child.words
    assert child.page.all("a", href="#date_of_birth-day")
    assert (await browser.fill_in("/nominate", NOMINATION)).status == 303
    again = await browser.fill_in("/nominate", NOMINATION)
    assert again.status == 409
    assert "has an open case already" in again.words
    assert again.page.value_of("surname") == "Carlyon"


async def test_a_nomination_sent_twice_opens_one_case(pages: PageHouse) -> None:
    browser: Browser = await pages.signed_in(Role.PROBATION_PRACTITIONER)
    form = (await browser.get("/nominate")).page.fields("/nominate") | NOMINATION | {"pnc_id": "", "crn": ""}
    sent = await asyncio.gather(*(browser.post("/nominate", form) for _ in range(3)))
    assert len({each.to for each in sent}) == 1
    [row] = await pages.record.rows("select count(*) as n from cases")
    assert row["n"] == 1


@pytest.mark.parametrize("outcome", ["adopt", "defer", "reject"])
async def test_the_panel_decides_on_a_nomination(pages: PageHouse, outcome: str) -> None:
    officer = await pages.signed_in(Role.POLICE_OFFENDER_MANAGER)
    ref = (await officer.fill_in("/nominate", NOMINATION)).to.partition("?")[0]
    [case] = await pages.record.rows("select id from cases")
    await pages.record.plan_acts(case["id"])
    chair = await pages.signed_in(Role.CHAIR)
    path = f"{ref}/panel-decision"
    assert "Burglaries in one street" in (await chair.get(path)).words
    wrong = await chair.fill_in(path, {"outcome": "adopt", "reason": "Harm"})
    assert {link.attributes["href"] for link in wrong.page.all("a")} >= {"#cohort", "#rag"}
    said = {"outcome": outcome, "reason": "Harm to neighbours", "cohort": "Fixed", "rag": "Amber"}
    shown = await chair.follow(await chair.fill_in(path, said))
    assert ("Fixed, statutory" in shown.words) == (outcome == "adopt")
    assert "Harm to neighbours" in (await chair.get(f"{ref}/timeline")).words


async def test_a_voluntary_person_is_not_adopted_as_fixed(pages: PageHouse) -> None:
    officer = await pages.signed_in(Role.POLICE_OFFENDER_MANAGER)
    ref = (await officer.fill_in("/nominate", NOMINATION | {"basis": "voluntary"})).to.partition("?")[0]
    chair = await pages.signed_in(Role.CHAIR)
    said = {"outcome": "adopt", "reason": "Harm", "cohort": "Fixed", "rag": "Red"}
    shown = await chair.fill_in(f"{ref}/panel-decision", said)
    assert shown.status == 409
    assert shown.page.all("a", href="#cohort")
    assert shown.page.value_of("reason") == "Harm"


async def test_held_rows_are_shown_to_the_coordinator(pages: PageHouse) -> None:
    cells = {
        "surname": "Nancarrow",
        "forenames": "=cmd",
        "date_of_birth": "1990-02-28",
        "pnc_id": "2003/0261170A",
    }
    row = HeldRow(
        local_ref="LR00231",
        reason="possible_duplicate",
        matches=["LR00007"],
        cells=cells,
        digest="d",
        held_at=START - timedelta(days=1),
    )
    async with transaction(pages.record.scheme.pool) as conn:
        await insert(conn, row)
    shown = await (await pages.signed_in(Role.COORDINATOR)).get("/imports")
    for said in (
        "LR00231",
        "Nancarrow, =cmd",
        "It has an identifier of somebody else",
        "LR00007",
        "Mon 31 Aug 2026",
    ):
        assert said in shown.words
    assert await pages.looks() == ["consult held_rows:LR00231"]
