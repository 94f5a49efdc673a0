"""Joiners, movers and leavers through the pages: administrators keep all accounts, points of contact their agency's."""

import re
from datetime import timedelta

import pytest

from iom.vocabulary import Role
from tests.integration.page_house import Browser, PageHouse, Shown

CONTACT, MEMBER = Role.LEAD_PROFESSIONAL, Role.PROBATION_PRACTITIONER
"""Both of Probation."""


@pytest.fixture
async def contact(pages: PageHouse) -> Browser:
    """The point of contact of Probation, signed in."""
    await pages.record.do(
        "update agency set point_of_contact_id = %s where name = 'Probation'",
        pages.record.scheme.id_of(CONTACT),
    )
    return await pages.signed_in(CONTACT)


@pytest.fixture
async def administrator(pages: PageHouse) -> Browser:
    """Somebody who keeps every account and sees no case."""
    await pages.record.do(
        "update account set role = 'administrator' where id = %s", pages.record.scheme.id_of(Role.ANALYST)
    )
    return await pages.signed_in(Role.ANALYST)


def at(pages: PageHouse, role: Role) -> str:
    return f"/accounts/{pages.record.scheme.id_of(role)}"


async def do(browser: Browser, path: str, fields: dict[str, str] | None = None) -> Shown:
    """One of the buttons on an account's page."""
    token = (await browser.get("/")).page.fields("/sign-out")["form_token"]
    return await browser.post(path, {"form_token": token} | (fields or {}))


async def account(pages: PageHouse, role: Role) -> dict[str, object]:
    [row] = await pages.record.rows("select * from account where id = %s", pages.record.scheme.id_of(role))
    return row


async def test_nobody_else_keeps_accounts(pages: PageHouse) -> None:
    for role in (Role.COORDINATOR, Role.CHAIR, MEMBER, Role.TREATMENT_WORKER):
        browser = await pages.signed_in(role)
        for path in ("/accounts", "/accounts/new", at(pages, MEMBER)):
            assert (await browser.get(path)).status == 403
        assert (await do(browser, f"{at(pages, MEMBER)}/leave")).status == 403
    assert (await account(pages, MEMBER))["left_at"] is None


async def test_a_point_of_contact_sees_their_own_agency_only(pages: PageHouse, contact: Browser) -> None:
    shown = await contact.get("/accounts")
    assert "probation_practitioner@scheme.example" in shown.words
    assert "coordinator@scheme.example" not in shown.words
    assert (await contact.get(at(pages, Role.HOUSING_OFFICER))).status == 404
    for deed in ("leave", "recertify", "unlock", "password", "reset-factor", "end-sessions", "move"):
        fields = {"role": "mentor"} if deed == "move" else {}
        assert (await do(contact, f"{at(pages, Role.HOUSING_OFFICER)}/{deed}", fields)).status == 404
    assert (await account(pages, Role.HOUSING_OFFICER))["left_at"] is None


async def test_an_administrator_sees_everybody(pages: PageHouse, administrator: Browser) -> None:
    shown = await administrator.get("/accounts")
    for role in (Role.COORDINATOR, MEMBER, Role.HOUSING_OFFICER):
        assert f"{role}@scheme.example" in shown.words


async def test_somebody_new_is_handed_a_password_and_signs_in(pages: PageHouse, contact: Browser) -> None:
    new = {
        "name": "Loveday Penrose",
        "email": "loveday@probation.example",
        "role": "mentor",
        "way": "password",
    }
    shown = await contact.fill_in("/accounts/new", new)
    assert shown.status == 200
    password = shown.page.all("strong", class_="iom-key")[0].words
    assert (await pages.a_browser().sign_in(new["email"], password)).status == 303
    [kept] = await pages.record.rows(
        "select agency.name, password_hash from account join agency on agency.id = agency_id where email = %s",
        new["email"],
    )
    assert kept["name"] == "Probation"
    assert password not in str(kept)


async def test_a_point_of_contact_gives_no_role_that_reaches_every_case(
    pages: PageHouse, contact: Browser
) -> None:
    new = {"name": "Loveday", "email": "loveday@probation.example", "role": "coordinator", "way": "password"}
    assert (await contact.fill_in("/accounts/new", new)).status == 422
    for role in ("coordinator", "chair", "analyst", "administrator", "auditor"):
        assert (await do(contact, f"{at(pages, MEMBER)}/move", {"role": role})).status == 403
    assert (await account(pages, MEMBER))["role"] == MEMBER
    assert await pages.record.rows("select from account where email = 'loveday@probation.example'") == []


async def test_a_point_of_contact_takes_over_no_account_that_reaches_further(
    pages: PageHouse, contact: Browser
) -> None:
    await pages.record.do(
        "update account set agency_id = (select id from agency where name = 'Probation') where role = 'coordinator'"
    )
    for deed in ("password", "reset-factor", "move"):
        fields = {"role": "mentor"} if deed == "move" else {}
        assert (await do(contact, f"{at(pages, Role.COORDINATOR)}/{deed}", fields)).status == 403
    assert (await do(contact, f"{at(pages, Role.COORDINATOR)}/recertify")).status == 303


async def test_a_point_of_contact_takes_no_address_from_another_agency(
    pages: PageHouse, contact: Browser
) -> None:
    await pages.record.do("update account set password_hash = null where role = 'housing_officer'")
    new = {"name": "Me", "email": "housing_officer@scheme.example", "role": "mentor", "way": "password"}
    assert (await contact.fill_in("/accounts/new", new)).status == 422
    assert (await account(pages, Role.HOUSING_OFFICER))["password_hash"] is None


async def test_whoever_leaves_is_out_at_once(pages: PageHouse, contact: Browser) -> None:
    browser = await pages.signed_in(MEMBER)
    assert (await pages.record.get(MEMBER, "/me")).status_code == 200
    assert (await do(contact, f"{at(pages, MEMBER)}/leave")).status == 303
    assert (await browser.get("/")).to == "/sign-in"
    assert (await pages.record.get(MEMBER, "/me")).status_code == 401
    assert (await pages.a_browser().send_password(f"{MEMBER}@scheme.example")).status == 422
    assert "left" in (await contact.get(at(pages, MEMBER))).words


async def test_whoever_moves_signs_in_anew_and_sees_what_the_new_role_sees(
    pages: PageHouse, administrator: Browser
) -> None:
    browser = await pages.signed_in(MEMBER)
    moved = {"role": "housing_officer", "agency": "Housing"}
    assert (await do(administrator, f"{at(pages, MEMBER)}/move", moved)).status == 303
    assert (await browser.get("/")).to == "/sign-in"
    row = await account(pages, MEMBER)
    assert row["role"] == "housing_officer"
    assert row["agency_id"] == pages.record.scheme.actors[Role.HOUSING_OFFICER].agency_id


async def test_an_administrator_ends_somebodys_sessions_and_resets_their_factor(
    pages: PageHouse, administrator: Browser
) -> None:
    browser = await pages.signed_in(MEMBER)
    await do(administrator, f"{at(pages, MEMBER)}/end-sessions")
    assert (await browser.get("/")).to == "/sign-in"
    await pages.record.do(
        "insert into second_factor values (%s, 'JBSWY3DPEHPK3PXP', now(), 0)",
        pages.record.scheme.id_of(MEMBER),
    )
    await do(administrator, f"{at(pages, MEMBER)}/reset-factor")
    assert await pages.record.rows("select from second_factor") == []


async def test_accounts_fall_due_after_ninety_days_and_lock_two_weeks_later(
    pages: PageHouse, contact: Browser
) -> None:
    pages.set(dormant_days=1000)
    email = f"{MEMBER}@scheme.example"
    pages.record.wall += timedelta(days=91)
    contact = await pages.signed_in(CONTACT)
    assert "To recertify" in (await contact.get("/accounts")).words
    assert "for you to say who is still needed" in (await contact.get("/")).words
    assert "still needed" not in (await (await pages.signed_in(MEMBER)).get("/")).words
    assert (await pages.a_browser().send_password(email)).status == 303
    pages.record.wall += timedelta(days=13)
    locked = await pages.a_browser().send_password(email)
    assert locked.status == 409
    assert "Ask your agency's point of contact" in locked.words
    assert (await pages.record.get(MEMBER, "/me")).status_code == 401


async def test_a_recertified_account_goes_on_and_nobody_recertifies_themselves(
    pages: PageHouse, contact: Browser
) -> None:
    pages.set(dormant_days=1000)
    pages.record.wall += timedelta(days=100)
    contact = await pages.signed_in(CONTACT)
    assert (await do(contact, f"{at(pages, MEMBER)}/recertify")).status == 303
    assert (await do(contact, f"{at(pages, CONTACT)}/recertify")).status == 409
    pages.record.wall += timedelta(days=10)
    assert (await pages.a_browser().send_password(f"{MEMBER}@scheme.example")).status == 303
    assert (await pages.a_browser().send_password(f"{CONTACT}@scheme.example")).status == 409


async def test_a_dormant_account_locks_after_forty_five_days_and_can_be_unlocked(
    pages: PageHouse, administrator: Browser
) -> None:
    email = f"{MEMBER}@scheme.example"
    await pages.a_browser().sign_in(email)
    pages.record.wall += timedelta(days=44)
    administrator = await pages.signed_in(Role.ANALYST)
    assert (await pages.a_browser().send_password(email)).status == 303
    pages.record.wall += timedelta(days=1)
    administrator = await pages.signed_in(Role.ANALYST)
    assert (await pages.a_browser().send_password(email)).status == 409
    assert re.search(r"not used for a long time", (await administrator.get(at(pages, MEMBER))).words)
    assert (await do(administrator, f"{at(pages, MEMBER)}/unlock")).status == 303
    assert (await pages.a_browser().send_password(email)).status == 303


async def test_what_was_done_to_an_account_stays_on_record(pages: PageHouse, contact: Browser) -> None:
    for deed in ("recertify", "end-sessions"):
        await do(contact, f"{at(pages, MEMBER)}/{deed}")
    words = (await contact.get(at(pages, MEMBER))).words
    for said in ("recertified", "sessions ended", pages.name(CONTACT)):
        assert said in words
