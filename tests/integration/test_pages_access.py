"""Who is known, asking to be let in, broken glass and its review, restricted cases: on pages, under iom_app."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from iom.vocabulary import Role
from tests.integration.access_house import broke_glass, form_of, leaves_team, the_person, today
from tests.integration.page_house import PageHouse

OUTSIDER = Role.TREATMENT_WORKER


@pytest.fixture
async def now_pages(pages: PageHouse) -> PageHouse:
    """Pages on the database's own clock."""
    await today(pages.record)
    return pages


async def test_a_person_on_others_cases_is_found_by_an_exact_search_only(now_pages: PageHouse) -> None:
    house = now_pages.record
    case = await house.a_case()
    await leaves_team(house, case.id, OUTSIDER)
    person = await the_person(house, case.person_id)
    [row] = await house.rows("select * from person where id = %s", case.person_id)
    browser = await now_pages.signed_in(OUTSIDER)
    assert "/find" in [
        link.attributes["href"] for link in (await browser.fill_in("/cases", {"q": "x"})).page.all("a")
    ]
    for exact in (person, {**person, "surname": person["surname"].upper()}, {"number": row["crn"].lower()}):
        found = await browser.fill_in("/find", exact)
        assert row["surname"] in found.words
        assert f"ask {now_pages.name(Role.LEAD_PROFESSIONAL)}" in found.words
        assert found.page.all("form", action=f"/cases/{case.ref}/ask")
    for vague in (
        {**person, "surname": row["surname"][:5]},
        {**person, "date_of_birth-day": "18"},
        {"number": "X999999"},
    ):
        assert "Nobody is known here" in (await browser.fill_in("/find", vague)).words
    assert (await browser.fill_in("/find", {"number": "nonsense"})).status == 422
    assert (await browser.get(f"/cases/{case.ref}")).status == 404
    looks = [each for each in await house.looks() if each["purpose"] == "find"]
    assert [each["object"] for each in looks] == [f"cases:{case.ref}"] * 3 + ["cases:"] * 3
    assert looks[2]["terms"] == row["crn"].lower()
    assert person["forenames"] in looks[0]["terms"]


async def test_who_works_without_names_or_without_cases_cannot_look_for_anybody(now_pages: PageHouse) -> None:
    analyst = await now_pages.signed_in(Role.ANALYST)
    assert (await analyst.get("/find")).status == 403


async def test_a_lead_lets_somebody_in_with_one_click_and_for_a_time_only(now_pages: PageHouse) -> None:
    house = now_pages.record
    case = await house.a_case()
    await leaves_team(house, case.id, OUTSIDER)
    outsider, lead = await now_pages.signed_in(OUTSIDER), await now_pages.signed_in(Role.LEAD_PROFESSIONAL)
    asked = await outsider.post(f"/cases/{case.ref}/ask", await form_of(outsider))
    fields = asked.page.fields(f"/cases/{case.ref}/ask/send")
    assert (await outsider.post(f"/cases/{case.ref}/ask/send", fields)).status == 422
    sent = await outsider.post(
        f"/cases/{case.ref}/ask/send", fields | {"why": "They begin treatment on Monday"}
    )
    again = await outsider.post(
        f"/cases/{case.ref}/ask/send", fields | {"why": "They begin treatment on Monday"}
    )
    assert (sent.to, again.to) == ("/?done=access_asked", "/?done=access_asked")
    [request] = await house.rows("select * from access_request")
    assert "not decided yet" in (await outsider.get("/")).words

    grant = f"/access-requests/{request['id']}/grant"
    assert (await outsider.post(grant, await form_of(outsider))).status == 404
    home = await lead.get("/")
    assert "They begin treatment on Monday" in home.words
    assert "They begin treatment on Monday" in (await lead.get(f"/cases/{case.ref}")).words
    assert (await lead.post(grant, home.page.fields(grant))).to == "/?done=access_granted"
    assert (await lead.post(grant, home.page.fields(grant))).status == 404

    assert "open to you until" in (await outsider.get("/")).words
    opened = await outsider.get(f"/cases/{case.ref}")
    assert opened.status == 200
    assert case.ref in (await outsider.get("/cases")).words
    assert "Prefers mornings" not in opened.words, "no more than the role's own sights"
    [kept] = await house.rows("select * from access_grant")
    assert timedelta(days=27) < kept["until_at"] - house.wall <= timedelta(days=29)
    await house.do("update access_grant set until_at = now()")
    assert (await outsider.get(f"/cases/{case.ref}")).status == 404
    disclosed = [each for each in await house.looks() if each["action"] == "disclose"]
    assert [each["recipient"] for each in disclosed] == [f"account:{house.scheme.id_of(OUTSIDER)}"]


async def test_a_lead_refuses_with_words_or_chooses_the_date(now_pages: PageHouse) -> None:
    house = now_pages.record
    case = await house.a_case()
    await leaves_team(house, case.id, OUTSIDER, Role.POLICE_OFFENDER_MANAGER)
    lead = await now_pages.signed_in(Role.LEAD_PROFESSIONAL)
    outsiders = [await now_pages.signed_in(role) for role in (OUTSIDER, Role.POLICE_OFFENDER_MANAGER)]
    for each in outsiders:
        form = await form_of(each) | {"why": "I need it"}
        assert (await each.post(f"/cases/{case.ref}/ask/send", form)).status == 303
    first, second = await house.rows("select * from access_request order by asked_at, id")
    page, path = await lead.get(f"/access-requests/{first['id']}"), f"/access-requests/{first['id']}/refuse"
    assert (await lead.post(path, page.page.fields(path) | {"words": "Ask me by telephone"})).status == 303
    path = f"/access-requests/{second['id']}/grant"
    past = {"until-day": "1", "until-month": "1", "until-year": "2020"}
    fields = (await lead.get(f"/access-requests/{second['id']}")).page.fields(path)
    assert (await lead.post(path, fields | past)).status == 422
    week = (house.wall + timedelta(days=7)).date()
    soon = {"until-day": str(week.day), "until-month": str(week.month), "until-year": str(week.year)}
    assert (await lead.post(path, fields | soon)).status == 303
    homes = [(await each.get("/")).words for each in outsiders]
    assert any("refused. Ask me by telephone" in home for home in homes)
    [kept] = await house.rows("select * from access_grant")
    assert kept["until_at"].date() == week


async def test_broken_glass_opens_a_restricted_case_at_once_loudly_and_is_reviewed(
    now_pages: PageHouse,
) -> None:
    house = now_pages.record
    case = await house.a_case()
    await leaves_team(house, case.id, OUTSIDER)
    await house.do("update cases set restricted_at = now() where id = %s", case.id)
    browser = await now_pages.signed_in(OUTSIDER)
    assert (await broke_glass(browser, case.ref, "")).status == 422
    opened = await broke_glass(browser, case.ref, "He is in the waiting room, bleeding")
    assert opened.to == f"/cases/{case.ref}"
    for path in (f"/cases/{case.ref}", f"/cases/{case.ref}/notes", f"/cases/{case.ref}/timeline"):
        shown = await browser.get(path)
        assert shown.status == 200
        assert "You broke the glass over this case" in shown.page.words_of("body")
    step = await house.a_step(case, Role.POLICE_OFFENDER_MANAGER)
    assert "You broke the glass" in (await browser.get(f"/steps/{step}")).page.words_of("body")
    assert "You broke the glass" not in (await browser.get("/account")).page.words_of("body")
    assert "Prefers mornings" not in (await browser.get(f"/cases/{case.ref}")).words

    auditor, coordinator = (
        await now_pages.signed_in(Role.AUDITOR),
        await now_pages.signed_in(Role.COORDINATOR),
    )
    assert "bleeding" in (await coordinator.get("/access-review")).words
    page = await auditor.get("/access-review")
    [grant] = await house.rows("select * from access_grant")
    path = f"/access-review/{grant['id']}"
    assert (await auditor.post(path, page.page.fields(path))).status == 422
    found = page.page.fields(path) | {"finding": "justified", "words": "He was there"}
    assert (await auditor.post(path, found)).to == "/access-review?done=access_reviewed"
    assert (await coordinator.post(path, found | await form_of(coordinator))).status == 409
    assert "Justified: He was there" in (await coordinator.get("/access-review")).words
    assert (await browser.get("/access-review")).status == 403
    broken = [each for each in await house.looks() if each["purpose"] == "break_glass"]
    assert [each["justification"] for each in broken] == ["He is in the waiting room, bleeding"]
    await house.do("update access_grant set until_at = now()")
    assert (await browser.get(f"/cases/{case.ref}")).status == 404


async def test_glass_is_broken_only_by_somebody_who_has_just_shown_that_it_is_they(
    now_pages: PageHouse,
) -> None:
    house = now_pages.record
    case = await house.a_case()
    await leaves_team(house, case.id, OUTSIDER)
    browser = await now_pages.signed_in(OUTSIDER)
    house.wall += timedelta(minutes=10)
    sent = await broke_glass(browser, case.ref, "It burns")
    assert sent.to.startswith("/confirm?next=")
    assert await house.rows("select * from access_grant") == []


async def test_only_its_team_sees_a_restricted_case_and_a_search_hides_the_name(now_pages: PageHouse) -> None:
    house = now_pages.record
    case = await house.a_case()
    await leaves_team(house, case.id, OUTSIDER, Role.CHAIR)
    coordinator, chair = await now_pages.signed_in(Role.COORDINATOR), await now_pages.signed_in(Role.CHAIR)
    outsider = await now_pages.signed_in(OUTSIDER)
    assert (await chair.get(f"/cases/{case.ref}")).status == 200
    assert (await coordinator.fill_in(f"/cases/{case.ref}/restriction", {"why": ""})).status == 422
    refused = await chair.fill_in(f"/cases/{case.ref}/restriction", {"why": "Mine"})
    assert refused.status == 409, refused.words
    done = await coordinator.fill_in(f"/cases/{case.ref}/restriction", {"why": "A threat to life"})
    assert done.to == f"/cases/{case.ref}?done=restriction"
    assert "Restricted" in (await coordinator.get(f"/cases/{case.ref}")).words
    assert (await chair.get(f"/cases/{case.ref}")).status == 404
    assert case.ref not in (await chair.get("/cases")).words
    person = await the_person(house, case.person_id)
    for browser in (chair, outsider):
        found = await browser.fill_in("/find", person)
        assert "A restricted record" in found.words
        assert f"Ask {now_pages.name(Role.COORDINATOR)}" in found.words
        assert person["surname"] not in found.words
    tried = [each for each in await house.looks() if each["purpose"] == "restricted"]
    assert [each["case_id"] for each in tried] == [case.id] * 3  # by its address, and twice by name
    await coordinator.fill_in(f"/cases/{case.ref}/restriction", {"why": "It is over"})
    assert (await chair.get(f"/cases/{case.ref}")).status == 200


async def test_two_who_decide_at_once_decide_once(now_pages: PageHouse) -> None:
    house = now_pages.record
    case = await house.a_case()
    await leaves_team(house, case.id, OUTSIDER)
    outsider, lead = await now_pages.signed_in(OUTSIDER), await now_pages.signed_in(Role.LEAD_PROFESSIONAL)
    coordinator = await now_pages.signed_in(Role.COORDINATOR)
    await outsider.post(f"/cases/{case.ref}/ask/send", await form_of(outsider) | {"why": "I need it"})
    [request] = await house.rows("select * from access_request")
    base = f"/access-requests/{request['id']}"
    forms = [await form_of(each) for each in (lead, coordinator)]
    answers = await asyncio.gather(
        lead.post(f"{base}/grant", forms[0]), coordinator.post(f"{base}/refuse", forms[1])
    )
    assert sorted(each.status for each in answers) == [303, 404]
    [decided] = await house.rows("select * from access_request")
    assert (decided["decision"] == "granted") == bool(await house.rows("select * from access_grant"))
    assert decided["decided_at"] <= datetime.now(UTC)


async def test_an_attempt_at_a_restricted_case_is_refused_as_none_and_noted(pages: PageHouse) -> None:
    house = pages.record
    case = await house.a_case(team=(Role.COORDINATOR, Role.LEAD_PROFESSIONAL))
    await house.do("update cases set restricted_at = now() where id = %s", case.id)
    browser = await pages.signed_in(Role.TREATMENT_WORKER)
    noted = "select channel from audit where case_id = %s and purpose = 'restricted' order by id"
    assert (await browser.get(f"/cases/{case.ref}")).status == 404
    assert (await house.get(Role.TREATMENT_WORKER, f"/cases/{case.ref}")).status_code == 404
    assert (await browser.get("/cases/NO-CASE")).status == 404
    assert [row["channel"] for row in await house.rows(noted, case.id)] == ["page", "api"]
