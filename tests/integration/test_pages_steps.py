"""My steps and one step: what people see of their work, what they record, and what a slip costs them: nothing."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from iom.adapters.tables import Case
from iom.vocabulary import Role
from tests.builders import START
from tests.integration.page_house import Browser, PageHouse

OFFICER = Role.POLICE_OFFENDER_MANAGER
PRACTITIONER = Role.PROBATION_PRACTITIONER


async def a_step(pages: PageHouse, owner: Role = OFFICER, **wanted: str) -> tuple[Case, UUID]:
    case = await pages.record.a_case()
    return case, await pages.record.a_step(case, owner, **wanted)


async def what_became_of(pages: PageHouse, step: UUID) -> dict[str, object]:
    [row] = await pages.record.rows(
        "select outcome, result, reason, note, due_at from step left join remark on step_id = step.id"
        " where step.id = %s",
        step,
    )
    return row


async def answers_to(pages: PageHouse, step: UUID) -> list[str]:
    rows = await pages.record.rows(
        "select kind from event where data ->> 'step' = %s and by_id is not null order by seq", str(step)
    )
    return [row["kind"] for row in rows]


async def test_my_steps_are_grouped_by_how_late_they_are(pages: PageHouse) -> None:
    await pages.record.a_case()
    pages.record.wall = START + timedelta(days=3, hours=1)
    browser = await pages.signed_in(OFFICER)
    titles = (await browser.get("/")).page.all("h2")
    assert [title.words.split()[0] for title in titles] == ["Due", "Coming"]
    pages.record.wall = START + timedelta(days=4, hours=1)
    shown = await (await pages.signed_in(OFFICER)).get("/")
    assert [title.words.split()[0] for title in shown.page.all("h2")] == ["Overdue", "Coming"]
    assert "18 hours overdue" in shown.words or "1 day overdue" in shown.words


async def test_only_my_own_steps_are_mine(pages: PageHouse) -> None:
    case, step = await a_step(pages)
    mine = await (await pages.signed_in(OFFICER)).get("/")
    assert f"/steps/{step}" in mine.answer.text
    others = await (await pages.signed_in(PRACTITIONER)).get("/")
    assert f"/steps/{step}" not in others.answer.text
    assert case.ref in others.words


async def test_a_step_is_done_and_the_case_says_so(pages: PageHouse) -> None:
    case, step = await a_step(pages)
    browser = await pages.signed_in(OFFICER)
    sent = await browser.fill_in(f"/steps/{step}", {"outcome": "done", "note": "Met at home.\r\nAll well."})
    assert sent.to == f"/cases/{case.ref}?done=done"
    shown = await browser.follow(sent)
    assert "Recorded: the step is done." in shown.words
    assert await what_became_of(pages, step) | {"due_at": 0} == {
        "outcome": "done",
        "result": None,
        "reason": None,
        "note": "Met at home.\nAll well.",
        "due_at": 0,
    }
    closed = await browser.get(f"/steps/{step}")
    assert not closed.page.all("form", action=f"/steps/{step}")
    assert "Met at home." in closed.words


async def test_a_step_with_results_asks_which(pages: PageHouse) -> None:
    _, step = await a_step(pages, PRACTITIONER, key="supervision")
    browser = await pages.signed_in(PRACTITIONER)
    path = f"/steps/{step}"
    shown = await browser.fill_in(path, {"outcome": "done", "note": "Came late"})
    assert shown.status == 422
    assert "Choose how it went." in shown.words
    assert shown.page.all("a", href="#result")
    assert shown.page.value_of("note") == "Came late"
    assert (await browser.fill_in(path, {"outcome": "done", "result": "made_up"})).status == 422
    assert (await browser.fill_in(path, {"outcome": "done", "result": "UAAB"})).status == 303
    assert (await what_became_of(pages, step))["result"] == "UAAB"
    assert "Unacceptable absence" in (await browser.get(path)).words


async def test_what_cannot_be_done_yet_needs_a_reason_and_a_date_and_both_are_said_at_once(
    pages: PageHouse,
) -> None:
    _, step = await a_step(pages)
    browser = await pages.signed_in(OFFICER)
    path = f"/steps/{step}"
    shown = await browser.fill_in(path, {"outcome": "cannot_yet"})
    assert shown.status == 422
    assert {link.attributes["href"] for link in shown.page.all("a")} >= {
        "#cannot_yet_reason",
        "#new_due_on-day",
    }
    typed = {"outcome": "cannot_yet", "cannot_yet_reason": "Away <b>& ill</b>"}
    for date in (("31", "2", "2027"), ("x", "", ""), ("1", "1", "27"), ("9", "9", "99999")):
        parts = dict(zip(("new_due_on-day", "new_due_on-month", "new_due_on-year"), date, strict=True))
        shown = await browser.fill_in(path, typed | parts)
        assert shown.status == 422
        assert [shown.page.value_of(name) for name in parts] == list(date)
        assert shown.page.value_of("cannot_yet_reason") == "Away <b>& ill</b>"
        assert "must be a real date" in shown.words
    past = {"new_due_on-day": "1", "new_due_on-month": "1", "new_due_on-year": "2026"}
    assert "Give today or a later date." in (await browser.fill_in(path, typed | past)).words
    assert await answers_to(pages, step) == []


async def test_a_new_date_is_kept_with_its_reason(pages: PageHouse) -> None:
    case, step = await a_step(pages)
    browser = await pages.signed_in(OFFICER)
    new_date = {"new_due_on-day": "14", "new_due_on-month": "09", "new_due_on-year": "2026"}
    said = {"outcome": "cannot_yet", "cannot_yet_reason": "In hospital"} | new_date
    assert (await browser.fill_in(f"/steps/{step}", said)).to == f"/cases/{case.ref}?done=cannot_yet"
    assert "In hospital" in (await browser.get(f"/steps/{step}")).words
    assert f"{(await what_became_of(pages, step))['due_at']:%d %m}" == "14 09"


async def test_a_step_no_longer_needed_says_why(pages: PageHouse) -> None:
    _, step = await a_step(pages)
    browser = await pages.signed_in(OFFICER)
    assert (await browser.fill_in(f"/steps/{step}", {"outcome": "not_needed"})).page.all(
        "a", href="#not_needed_reason"
    )
    said = {"outcome": "not_needed", "not_needed_reason": "Moved away", "cannot_yet_reason": "left over"}
    assert (await browser.fill_in(f"/steps/{step}", said)).status == 303
    assert (await what_became_of(pages, step))["reason"] == "Moved away"


@pytest.mark.parametrize("outcome", ["", "lapsed", "DONE"])
async def test_nothing_is_recorded_without_one_of_the_three_outcomes(pages: PageHouse, outcome: str) -> None:
    _, step = await a_step(pages)
    shown = await (await pages.signed_in(OFFICER)).fill_in(f"/steps/{step}", {"outcome": outcome})
    assert shown.status == 422
    assert shown.page.all("a", href="#outcome")


async def test_a_date_set_by_law_cannot_be_moved(pages: PageHouse) -> None:
    _, step = await a_step(pages)
    await pages.record.do("update step set clock = 'statutory' where id = %s", step)
    browser = await pages.signed_in(OFFICER)
    shown = await browser.get(f"/steps/{step}")
    assert "Set by law" in shown.words
    assert not shown.page.all("input", value="cannot_yet")
    assert "Set by law" in (await browser.get("/")).words
    new_date = {"new_due_on-day": "1", "new_due_on-month": "3", "new_due_on-year": "2027"}
    forced = await browser.fill_in(
        f"/steps/{step}", {"outcome": "cannot_yet", "cannot_yet_reason": "x"} | new_date
    )
    assert forced.status == 409
    assert "The law sets this date" in forced.words


async def test_a_double_click_is_one_event_and_leads_to_one_place(pages: PageHouse) -> None:
    _, step = await a_step(pages)
    browser = await pages.signed_in(OFFICER)
    form = (await browser.get(f"/steps/{step}")).page.fields(f"/steps/{step}") | {"outcome": "done"}
    first, second = await asyncio.gather(
        browser.post(f"/steps/{step}", form), browser.post(f"/steps/{step}", form)
    )
    assert first.to == second.to != ""
    assert await answers_to(pages, step) == ["step_done"]


async def test_who_comes_second_reads_who_was_first_and_when(pages: PageHouse) -> None:
    _, step = await a_step(pages)
    officer, coordinator = await pages.signed_in(OFFICER), await pages.signed_in(Role.COORDINATOR)
    path = f"/steps/{step}"
    form = (await coordinator.get(path)).page.fields(path) | {"outcome": "done", "note": "late"}
    assert (await officer.fill_in(path, {"outcome": "done"})).status == 303
    shown = await coordinator.post(path, form)
    assert shown.status == 409
    assert "This step is closed already" in shown.words
    assert f"{pages.name(Role.POLICE_OFFENDER_MANAGER)} closed it on Tue 1 Sep 2026, 11:00" in shown.words
    assert await answers_to(pages, step) == ["step_done"]


async def test_a_step_on_somebody_elses_case_is_not_there(pages: PageHouse) -> None:
    case, step = await a_step(pages)
    browser = await pages.signed_in(Role.HOUSING_OFFICER)
    for path in (
        f"/steps/{step}",
        f"/cases/{case.ref}",
        f"/cases/{case.ref}/timeline",
        f"/cases/{case.ref}/custody",
    ):
        assert (await browser.get(path)).status == 404
    assert (await browser.get(f"/steps/{uuid4()}")).status == 404
    assert not await pages.looks()


async def test_each_look_leaves_one_line_and_each_deed_another(pages: PageHouse) -> None:
    case, step = await a_step(pages)
    browser: Browser = await pages.signed_in(OFFICER)
    await browser.get("/")
    await browser.get(f"/steps/{step}")
    await browser.get(f"/cases/{case.ref}")
    await browser.get(f"/cases/{case.ref}/forecast")
    await browser.get(f"/cases/{case.ref}/timeline")
    await browser.fill_in(f"/steps/{step}", {"outcome": "done"})
    here = f"case:{case.ref}"
    assert await pages.looks() == [
        f"consult cases:{case.ref}",
        f"consult step:{step}",
        f"consult {here}",
        f"consult {here}",
        f"consult {here}",
        f"consult step:{step}",
        f"alter step:{step}",
    ]


async def test_what_people_wrote_is_shown_as_they_wrote_it_and_never_runs(pages: PageHouse) -> None:
    case, step = await a_step(pages)
    browser = await pages.signed_in(OFFICER)
    await browser.fill_in(
        f"/steps/{step}", {"outcome": "done", "note": "<script>alert(1)</script>\0{{ 7 * 7 }}"}
    )
    for path in (f"/steps/{step}", f"/cases/{case.ref}/timeline"):
        shown = await browser.client.get(path)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in shown.text
        assert "<script" not in shown.text


async def test_steps_due_later_are_one_page_further(pages: PageHouse) -> None:
    for _ in range(11):
        await pages.record.a_case()
    browser = await pages.signed_in(OFFICER)
    await pages.record.do(
        "update step set owner = %s, due_at = due_at + (number || ' min')::interval where form = 'step'",
        OFFICER,
    )
    shown, seen, looked = await browser.get("/"), [], 0
    while True:
        seen += [
            link.attributes["href"] for link in shown.page.all("a") if "/steps/" in link.attributes["href"]
        ]
        looked += 1
        further = [link for link in shown.page.all("a") if "later" in link.words]
        if not further:
            break
        shown = await browser.get(further[0].attributes["href"])
    [row] = await pages.record.rows(
        "select count(*) as n from step where owner = %s and closed_at is null", OFFICER
    )
    assert len(seen) == len(set(seen)) == row["n"]
    assert looked == -(-row["n"] // 60)
