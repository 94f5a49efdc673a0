"""A case and what can be decided about it on its pages: reviews, custody, interventions, roles, exit, the panel."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from iom.vocabulary import Role
from tests.builders import START
from tests.integration.page_house import PageHouse
from web.pages import case as case_pages

GRADES = ("Red", "Amber", "Green", "Blue")


async def kinds(pages: PageHouse, ref: str) -> list[str]:
    rows = await pages.record.rows(
        "select kind from event join cases on cases.id = case_id where ref = %s and by_id is not null"
        " and kind not in ('team_changed') order by seq",
        ref,
    )
    return [row["kind"] for row in rows]


async def test_a_case_says_who_it_is_how_it_stands_and_what_is_open(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    [person] = await pages.record.rows("select * from person")
    shown = await (await pages.signed_in(Role.COORDINATOR)).get(f"/cases/{case.ref}")
    assert shown.page.words_of("title") == f"Case {case.ref} – plan – Integrated Offender Management"
    for said in (
        person["surname"],
        "17 Apr 1991",
        person["crn"],
        "Red",
        "Fixed, statutory",
        "First joint home visit",
        "Prefers mornings",
        pages.name(Role.TREATMENT_WORKER) + ", Treatment",
    ):
        assert said in shown.words, said
    assert {link.words for link in shown.page.all("a")} >= {
        "Record custody or release",
        "Start an intervention",
    }


async def test_people_are_offered_only_what_they_may_do(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    worker = await pages.signed_in(Role.TREATMENT_WORKER)
    assert "What you can do" not in (await worker.get(f"/cases/{case.ref}")).words
    for path in ("/custody", "/interventions", "/exit", "/team", "/panel-decision"):
        shown = await worker.get(f"/cases/{case.ref}{path}")
        assert shown.status == 403
        assert "Ask the coordinator" in shown.words
    assert (await worker.get("/imports")).status == 403
    form = (await worker.get("/")).page.fields("/sign-out")
    assert (await worker.post(f"/cases/{case.ref}/exit", form | {"key": "k"})).status == 403
    assert await kinds(pages, case.ref) == ["adopted", "rag_changed", "enrolled"]


async def test_what_will_happen_is_told_by_day_in_london_time(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    browser = await pages.signed_in(Role.COORDINATOR)
    shown = await browser.get(f"/cases/{case.ref}/forecast")
    days = [title.words for title in shown.page.all("h2")]
    assert days[0] == "Wed 2 Sep 2026"
    assert "Letter: action due soon to police offender manager" in shown.words
    assert "Step opens: Review for IOM coordinator" in shown.words
    assert all(word not in shown.words for word in ("step_", "police_", "point_of_contact"))


async def test_the_timeline_tells_who_did_what_newest_first(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    officer = await pages.signed_in(Role.POLICE_OFFENDER_MANAGER)
    step = await pages.record.a_step(case, Role.POLICE_OFFENDER_MANAGER)
    await officer.fill_in(f"/steps/{step}", {"outcome": "done", "note": "All well"})
    words = (await officer.get(f"/cases/{case.ref}/timeline")).words
    assert (
        f"Done: First joint home visit by {pages.name(Role.POLICE_OFFENDER_MANAGER)}, Police 11:00" in words
    )
    assert "All well" in words
    assert words.index("Done: First joint home visit") < words.index("Panel adopts")
    assert f"Programme begins by {pages.name(Role.COORDINATOR)}, Police" in words
    assert "Step opens: First joint home visit by the plan" in words


async def test_a_long_timeline_is_turned_page_by_page_without_loss(
    pages: PageHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_pages, "AT_ONCE", 7)
    case = await pages.record.a_case()
    pages.record.wall = START + timedelta(days=40)
    await pages.record.plan_acts(case.id)
    browser = await pages.signed_in(Role.COORDINATOR)
    shown, lines = await browser.get(f"/cases/{case.ref}/timeline"), 0
    while True:
        classes = [item.attributes.get("class", "") for item in shown.page.all("li")]
        lines += len([each for each in classes if each.startswith("moj-timeline__item")])
        further = [link for link in shown.page.all("a") if "before" in link.words]
        if not further:
            break
        shown = await browser.get(further[0].attributes["href"])
    [row] = await pages.record.rows(
        "select (select count(*) from event where kind <> 'step_reminded') + (select count(*) from letter) as n"
    )
    assert lines == row["n"] > 3 * 7


async def test_a_review_is_held_with_a_grade_and_what_was_agreed(pages: PageHouse) -> None:
    case, review = await pages.a_case_in_review()
    update = await pages.record.a_step(case, Role.TREATMENT_WORKER, form="partner_update")
    worker = await pages.signed_in(Role.TREATMENT_WORKER)
    await worker.fill_in(
        f"/steps/{update}", {"outcome": "done", "result": "concern", "note": "Missed two sessions"}
    )
    chair = await pages.signed_in(Role.CHAIR)
    path = f"/cases/{case.ref}/reviews/{review}"
    asked = await chair.get(path)
    assert "Missed two sessions" in asked.words
    assert [each.attributes["value"] for each in asked.page.all("input", name="rag")] == [
        "Red",
        "Amber",
        "Green",
    ]
    wrong = await chair.fill_in(path, {"summary": "Keep going"})
    assert (wrong.status, wrong.page.value_of("summary")) == (422, "Keep going")
    sent = await chair.fill_in(path, {"rag": "Amber", "summary": "Keep going"})
    assert sent.to == f"/cases/{case.ref}?done=review"
    shown = await chair.follow(sent)
    assert "Keep going" in shown.words
    assert "from Red" in shown.words
    assert (await kinds(pages, case.ref))[-2:] == ["review_held", "rag_changed"]


async def test_who_holds_a_review_second_reads_who_was_first(pages: PageHouse) -> None:
    case, review = await pages.a_case_in_review()
    chair, coordinator = await pages.signed_in(Role.CHAIR), await pages.signed_in(Role.COORDINATOR)
    path, said = f"/cases/{case.ref}/reviews/{review}", {"rag": "Red", "summary": "As before"}
    form = (await coordinator.get(path)).page.fields(path)
    assert (await chair.fill_in(path, said)).status == 303
    shown = await coordinator.post(path, form | said)
    assert shown.status == 409
    assert f"{pages.name(Role.CHAIR)} closed this review on" in shown.words


async def test_a_review_is_not_answered_like_a_step(pages: PageHouse) -> None:
    _, review = await pages.a_case_in_review()
    chair = await pages.signed_in(Role.CHAIR)
    shown = await chair.get(f"/steps/{review}")
    assert "Hold this review" in shown.words
    assert [each.attributes["value"] for each in shown.page.all("input", name="outcome")] == ["cannot_yet"]
    assert (await chair.fill_in(f"/steps/{review}", {"outcome": "done"})).status == 409


async def test_a_review_of_another_case_is_not_shown_on_this_one(pages: PageHouse) -> None:
    mine = await pages.record.a_case()
    _, review = await pages.a_case_in_review()
    step = await pages.record.a_step(mine, Role.POLICE_OFFENDER_MANAGER)
    chair = await pages.signed_in(Role.CHAIR)
    for identity in (review, step, uuid4()):
        assert (await chair.get(f"/cases/{mine.ref}/reviews/{identity}")).status == 404


async def test_somebody_in_the_community_can_be_recorded_in_hospital(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    officer = await pages.signed_in(Role.PROBATION_PRACTITIONER)
    assert (await officer.fill_in(f"/cases/{case.ref}/custody", {"status": "hospital"})).status == 303


async def test_custody_turns_the_case_blue_and_release_turns_it_red(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    officer = await pages.signed_in(Role.PROBATION_PRACTITIONER)
    path = f"/cases/{case.ref}/custody"
    past = {
        "earliest_release_on-day": "1",
        "earliest_release_on-month": "1",
        "earliest_release_on-year": "2020",
    }
    wrong = await officer.fill_in(path, {"status": "sentenced", "establishment": "HMP Testing"} | past)
    assert (wrong.status, wrong.page.value_of("establishment")) == (422, "HMP Testing")
    assert wrong.page.all("a", href="#earliest_release_on-day")
    assert (await officer.fill_in(path, {})).page.all("a", href="#status")
    future = past | {"earliest_release_on-year": "2027"}
    sent = await officer.fill_in(path, {"status": "sentenced", "establishment": "HMP Testing"} | future)
    shown = await officer.follow(sent)
    assert "Blue" in shown.words
    assert "Sentenced, HMP Testing" in shown.words
    released = await officer.fill_in(path, {"status": "on licence", "establishment": "HMP Testing"} | future)
    assert "Red" in (await officer.follow(released)).words
    assert "On licence" in (await officer.get(f"/cases/{case.ref}")).words


async def test_in_prison_a_review_can_only_be_blue(pages: PageHouse) -> None:
    case, review = await pages.a_case_in_review()
    officer, chair = await pages.signed_in(Role.POLICE_OFFENDER_MANAGER), await pages.signed_in(Role.CHAIR)
    await officer.fill_in(f"/cases/{case.ref}/custody", {"status": "remand"})
    path = f"/cases/{case.ref}/reviews/{review}"
    shown = await chair.get(path)
    assert [each.attributes["value"] for each in shown.page.all("input", name="rag")] == ["Blue"]
    forced = await chair.fill_in(path, {"rag": "Green", "summary": "x"})
    assert forced.page.all("a", href="#rag")


async def test_an_intervention_starts_once_for_each_sending(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    lead = await pages.signed_in(Role.LEAD_PROFESSIONAL)
    path = f"/cases/{case.ref}/interventions"
    assert (await lead.fill_in(path, {})).page.all("a", href="#programme")
    assert (await lead.fill_in(path, {"programme": "fixed"})).page.all("a", href="#programme")
    form = (await lead.get(path)).page.fields(path) | {"programme": "treatment_keywork"}
    sent = await asyncio.gather(*(lead.post(path, form) for _ in range(3)))
    assert {each.to for each in sent} == {f"/cases/{case.ref}?done=intervention"}
    assert "Treatment keywork, since Tue 1 Sep 2026" in (await lead.follow(sent[0])).words
    [row] = await pages.record.rows("select count(*) as n from intervention")
    assert row["n"] == 1


async def test_a_role_changes_hands(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    coordinator = await pages.signed_in(Role.COORDINATOR)
    path = f"/cases/{case.ref}/team"
    empty = await coordinator.fill_in(path, {})
    assert {link.attributes["href"] for link in empty.page.all("a")} >= {"#role", "#email"}
    unknown = await coordinator.fill_in(path, {"role": "mentor", "email": "nobody@scheme.example"})
    assert unknown.page.all("a", href="#email")
    sent = await coordinator.fill_in(
        path, {"role": "housing_officer", "email": "housing_officer@scheme.example"}
    )
    assert (
        f"Housing officer {pages.name(Role.HOUSING_OFFICER)}, Housing"
        in (await coordinator.follow(sent)).words
    )
    assert (await (await pages.signed_in(Role.HOUSING_OFFICER)).get(f"/cases/{case.ref}")).status == 200


async def test_exit_is_proposed_and_the_panel_lets_the_person_go(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    chair = await pages.signed_in(Role.CHAIR)
    await chair.follow(await chair.fill_in(f"/cases/{case.ref}/exit", {}))
    path = f"/cases/{case.ref}/panel-decision"
    wrong = await chair.fill_in(path, {"outcome": "deselect", "dissent": "Housing disagrees"})
    assert (wrong.status, wrong.page.value_of("dissent")) == (422, "Housing disagrees")
    await chair.follow(
        await chair.fill_in(path, {"outcome": "deselect", "reason": "A year without offences"})
    )
    assert (await kinds(pages, case.ref))[-3:] == ["exit_proposed", "deselected", "enrolled"]
    assert "A year without offences" in (await chair.get(f"/cases/{case.ref}/timeline")).words


@pytest.mark.parametrize("outcome", ["adopt", "reject", "defer"])
async def test_a_panel_does_not_adopt_again(pages: PageHouse, outcome: str) -> None:
    case = await pages.record.a_case()
    chair = await pages.signed_in(Role.CHAIR)
    said = {"outcome": outcome, "reason": "Again", "cohort": "Flex", "rag": "Red"}
    shown = await chair.fill_in(f"/cases/{case.ref}/panel-decision", said)
    assert shown.status == 409
    assert "on the scheme already" in shown.words


async def test_only_putting_right_is_offered_on_a_closed_case(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    coordinator = await pages.signed_in(Role.COORDINATOR)
    form = await coordinator.get(f"/cases/{case.ref}/exit")
    await pages.record.do("update cases set closed_at = %s", START)
    shown = await coordinator.get(f"/cases/{case.ref}")
    assert "Closed" in shown.words
    offered = [
        link.words
        for link in shown.page.all("a")
        if link.attributes["href"].startswith(f"/cases/{case.ref}/")
    ]
    assert not {"Record custody or release", "Start an intervention", "Propose exit from the scheme"} & set(
        offered
    )
    assert "Correct the record" in offered
    path = f"/cases/{case.ref}/exit"
    assert (await coordinator.post(path, form.page.fields(path))).status == 409
