"""Sessions once begun: seen and ended by their owner, warned of before their end, confirmed for what weighs most."""

from datetime import timedelta

import pytest

from iom.adapters.tables import Case
from iom.vocabulary import Role
from tests.integration.page_house import PASSWORD, Browser, PageHouse, Shown

DECISION = {"outcome": "deselect", "reason": "Two years without an offence", "dissent": ""}


async def test_people_see_where_they_are_signed_in_and_end_what_is_not_theirs(pages: PageHouse) -> None:
    browser, forgotten = await pages.signed_in(Role.COORDINATOR), await pages.signed_in(Role.COORDINATOR)
    shown = await browser.get("/account")
    actions = [each.attributes.get("action", "") for each in shown.page.all("form")]
    assert len([action for action in actions if action.endswith("/end")]) == 2
    token = {"form_token": shown.page.fields("/sign-out")["form_token"]}
    for mine in (False, True):
        [session] = await pages.record.rows(
            "select id from session where ended_at is null and (form_token = %s) = %s",
            token["form_token"],
            mine,
        )
        await browser.post(f"/account/sessions/{session['id']}/end", token)
        assert (await forgotten.get("/")).to == "/sign-in"
        assert (await browser.get("/")).to == ("/sign-in" if mine else "")


async def test_a_stolen_cookie_opens_nothing_after_signing_out_everywhere(pages: PageHouse) -> None:
    browser, thief = await pages.signed_in(Role.COORDINATOR), pages.a_browser("203.0.113.5")
    thief.client.cookies.set("iom", browser.client.cookies["iom"])
    assert (await thief.get("/cases")).status == 200
    elsewhere = await pages.signed_in(Role.COORDINATOR)
    shown = await elsewhere.get("/account")
    await elsewhere.post("/account/sessions/end-all", shown.page.fields("/account/sessions/end-all"))
    for each in (browser, thief, elsewhere):
        assert (await each.get("/cases")).to.startswith("/sign-in")


async def test_nobody_ends_somebody_elses_session(pages: PageHouse) -> None:
    browser, other = await pages.signed_in(Role.COORDINATOR), await pages.signed_in(Role.CHAIR)
    [theirs] = await pages.record.rows(
        "select session.id from session join account on account.id = account_id where role = 'chair'"
    )
    token = (await browser.get("/account")).page.fields("/sign-out")
    await browser.post(f"/account/sessions/{theirs['id']}/end", token)
    assert (await other.get("/")).status == 200


async def test_a_changed_password_ends_every_other_session(pages: PageHouse) -> None:
    browser, thief = await pages.signed_in(Role.COORDINATOR), await pages.signed_in(Role.COORDINATOR)
    short = await browser.fill_in("/account/password", {"new_password": "too short"})
    assert short.status == 422
    changed = await browser.fill_in("/account/password", {"new_password": "another good long one"})
    assert (await browser.follow(changed)).status == 200
    assert (await thief.get("/")).to == "/sign-in"
    assert (await pages.a_browser().send_password("coordinator@scheme.example")).status == 422


async def test_every_page_has_the_clock_and_it_keeps_nobody_signed_in(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)
    [frame] = (await browser.get("/cases")).page.all("iframe")
    assert frame.attributes["src"] == "/session/clock"
    for _ in range(4):
        pages.record.wall += timedelta(minutes=4)
        shown = await browser.get("/session/clock")
    assert "You are signed out" in shown.words
    assert (await browser.get("/")).to == "/sign-in"


async def test_the_clock_warns_three_minutes_before_and_turns_by_itself(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.COORDINATOR)
    calm = await browser.get("/session/clock")
    assert "frame-ancestors 'self'" in calm.answer.headers["content-security-policy"]
    assert "Stay signed in" not in calm.words
    turns = int(calm.answer.headers["refresh"])
    assert turns == 12 * 60 + 1
    pages.record.wall += timedelta(seconds=turns)
    warned = await browser.get("/session/clock")
    assert "You will be signed out at" in warned.words
    stayed = await browser.post("/session/clock", warned.page.fields("/session/clock"))
    assert "Stay signed in" not in (await browser.follow(stayed)).words
    pages.record.wall += timedelta(minutes=14)
    assert (await browser.get("/")).status == 200


async def test_nobody_stays_longer_than_the_day_or_by_a_forged_form(pages: PageHouse) -> None:
    pages.set(session_hours=1)
    browser = await pages.signed_in(Role.TREATMENT_WORKER)
    pages.record.wall += timedelta(minutes=29)
    await browser.get("/")
    assert (await browser.post("/session/clock", {"form_token": "x"})).status == 403
    pages.record.wall += timedelta(minutes=29)
    warned = await browser.get("/session/clock")
    assert "day’s sign-in ends" in warned.words
    pages.record.wall += timedelta(minutes=3)
    assert (await browser.get("/")).to == "/sign-in"


async def decide(browser: Browser, case: Case) -> Shown:
    path = f"/cases/{case.ref}/panel-decision"
    return await browser.fill_in(path, DECISION)


async def decisions(pages: PageHouse) -> int:
    return len(await pages.record.rows("select from panel_decision"))


async def test_a_panels_decision_is_recorded_by_somebody_who_has_just_signed_in(pages: PageHouse) -> None:
    case, browser = await pages.record.a_case(), await pages.signed_in(Role.CHAIR)
    pages.record.wall += timedelta(minutes=4)
    assert (await decide(browser, case)).to == f"/cases/{case.ref}?done=panel"
    assert await decisions(pages) == 1


async def test_later_it_is_asked_for_again_and_the_form_waits(pages: PageHouse) -> None:
    case, browser = await pages.record.a_case(), await pages.signed_in(Role.CHAIR)
    pages.record.wall += timedelta(minutes=6)
    sent = await decide(browser, case)
    assert sent.to.startswith("/confirm?next=/kept/")
    assert await decisions(pages) == 0
    asked = await browser.follow(sent)
    fields = asked.page.fields("/confirm")
    assert (await browser.post("/confirm", fields | {"password": "wrong"})).status == 422
    confirmed = await browser.post("/confirm", fields | {"password": PASSWORD})
    kept = await browser.follow(confirmed)
    assert DECISION["reason"] in kept.words
    path = f"/cases/{case.ref}/panel-decision"
    assert (await browser.post(path, kept.page.fields(path))).to == f"/cases/{case.ref}?done=panel"
    assert await decisions(pages) == 1
    assert (await browser.get(confirmed.to)).status == 404


async def test_confirming_is_guessed_no_faster_than_signing_in(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.CHAIR)
    fields = (await browser.get("/confirm")).page.fields("/confirm")
    answers = [(await browser.post("/confirm", fields | {"password": "wrong"})).status for _ in range(6)]
    assert answers == [422] * 5 + [429]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_confirming_never_leads_to_another_site(pages: PageHouse, elsewhere: str) -> None:
    browser = await pages.signed_in(Role.CHAIR)
    fields = (await browser.get("/confirm")).page.fields("/confirm")
    shown = await browser.post("/confirm", fields | {"password": PASSWORD, "next": elsewhere})
    assert shown.to == "/"


async def a_form_sent_too_late(pages: PageHouse) -> tuple[Case, Browser, Shown]:
    case, browser = await pages.record.a_case(), await pages.signed_in(Role.CHAIR)
    path = f"/cases/{case.ref}/panel-decision"
    fields = (await browser.get(path)).page.fields(path)
    pages.record.wall += timedelta(minutes=40)
    return case, browser, await browser.post(path, fields | DECISION)


async def test_a_form_sent_after_the_session_is_over_is_there_after_signing_in(pages: PageHouse) -> None:
    case, browser, sent = await a_form_sent_too_late(pages)
    assert sent.to.startswith("/sign-in?next=/kept/")
    assert "is kept" in (await browser.follow(sent)).words
    leading_to = sent.to.removeprefix("/sign-in?next=")
    email = pages.record.scheme.actors[Role.CHAIR].email
    kept = await browser.follow(await browser.sign_in(email, leading_to=leading_to))
    assert DECISION["reason"] in kept.words
    path = f"/cases/{case.ref}/panel-decision"
    assert (await browser.post(path, kept.page.fields(path))).status == 303
    assert await decisions(pages) == 1
    assert DECISION["reason"] not in str(await pages.record.rows("select * from kept_form"))


async def test_a_kept_form_is_shown_to_nobody_else_and_can_be_thrown_away(pages: PageHouse) -> None:
    _, browser, sent = await a_form_sent_too_late(pages)
    kept = sent.to.removeprefix("/sign-in?next=")
    other = await pages.signed_in(Role.COORDINATOR)
    assert (await other.get(kept)).status == 404
    await browser.sign_in(pages.record.scheme.actors[Role.CHAIR].email)
    shown = await browser.get(kept)
    token = shown.page.fields("/sign-out")["form_token"]
    assert (await browser.post(f"{kept}/forget", {"form_token": token})).status == 303
    assert (await browser.get(kept)).status == 404


async def test_a_strangers_form_and_one_of_an_ended_session_are_not_kept(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.CHAIR)
    form = (await browser.get("/")).page.fields("/sign-out")
    cookie = browser.client.cookies["iom"]
    await browser.post("/sign-out", form)
    for token, fields in ((cookie, form), ("invented", form), (cookie, {"form_token": "x"})):
        thief = pages.a_browser()
        thief.client.cookies.set("iom", token)
        await thief.post("/nominate", fields | {"surname": "Trevanion"})
    assert await pages.record.rows("select from kept_form") == []


async def test_nothing_typed_on_a_page_about_passwords_is_kept(pages: PageHouse) -> None:
    browser = await pages.signed_in(Role.CHAIR)
    fields = (await browser.get("/account/password")).page.fields("/account/password")
    pages.record.wall += timedelta(minutes=6)
    sent = await browser.post("/account/password", fields | {"new_password": "another good long one"})
    assert sent.to == "/confirm?next=/account/password"
    assert await pages.record.rows("select from kept_form") == []
