"""The record of looks on pages: who has looked at a person, what an account was at, what is unusual."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from iom.adapters.database import transaction
from iom.adapters.store import audit
from iom.adapters.store.audit import Look
from iom.adapters.store.rows import insert
from iom.adapters.tables import Account, Agency, Agreement
from iom.vocabulary import Role
from tests.builders import START
from tests.integration.page_house import PASSWORD_HASH, Browser, PageHouse

AT_WORK = datetime(2026, 9, 2, 10, 0, tzinfo=UTC)
"""A Wednesday at eleven in London."""


@pytest.fixture
async def auditor(pages: PageHouse) -> Browser:
    """A browser in which a data protection officer is signed in."""
    await add_auditor(pages)
    return await pages.signed_in(Role.AUDITOR)


async def add_auditor(pages: PageHouse) -> None:
    scheme = pages.record.scheme
    agency = Agency(code="council", name="Council")
    account = Account(
        email="dpo@council.example", name="Demelza Roskilly", agency_id=agency.id, role=Role.AUDITOR,
        password_hash=PASSWORD_HASH, joined_at=START, recertified_at=START,
    )  # fmt: skip
    agreement = Agreement(
        agency_id=agency.id, ref="ISA-9", title="Logs", tiers=[], signed_on=START.date(),
        expires_on=(START + timedelta(days=365)).date(),
    )  # fmt: skip
    async with transaction(scheme.pool) as conn:
        for row in (agency, account, agreement):
            await insert(conn, row)
    other = scheme.actors[Role.CHAIR]
    scheme.actors[Role.AUDITOR] = replace(
        other, account_id=account.id, name=account.name, email=account.email, role=Role.AUDITOR
    )


async def looked(
    pages: PageHouse, role: Role | None, case_id: UUID | None, at: datetime, **more: Any
) -> None:
    actor = pages.record.scheme.actors[role] if role else None
    said = {"action": "consult", "object": "case:X", "purpose": "case", "channel": "page"} | more
    who = {"account_id": actor.account_id, "role": actor.role} if actor else {"account_id": None}
    async with transaction(pages.record.scheme.pool) as conn:
        await audit.write(conn, Look(**who, case_id=case_id, **said), at)


async def test_those_who_see_all_of_a_case_read_who_has_looked_at_it(pages: PageHouse) -> None:
    case, other = await pages.record.a_case(), await pages.record.a_case()
    worker, chair = await pages.signed_in(Role.TREATMENT_WORKER), await pages.signed_in(Role.CHAIR)
    await worker.get(f"/cases/{case.ref}")
    await worker.get(f"/cases/{other.ref}")
    await chair.get("/cases")
    shown = await chair.get(f"/cases/{case.ref}/looks")
    assert shown.status == 200
    assert "Treatment worker, Treatment Looked at the case Case Page" in shown.words
    assert "Looked at a list" in shown.words
    assert other.ref not in shown.words
    assert shown.words.count("Looked at the case") == 2
    assert shown.words.index("Who has looked Page") < shown.words.index("Treatment worker")


async def test_reading_who_has_looked_is_a_look_itself(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    chair = await pages.signed_in(Role.CHAIR)
    before = len(await pages.looks())
    await chair.get(f"/cases/{case.ref}/looks")
    assert (await pages.looks())[before:] == [f"consult case:{case.ref}"]


@pytest.mark.parametrize("role", [Role.TREATMENT_WORKER, Role.HOUSING_OFFICER, Role.ANALYST])
async def test_those_who_see_part_of_a_case_do_not_read_who_has_looked(pages: PageHouse, role: Role) -> None:
    case = await pages.record.a_case()
    shown = await (await pages.signed_in(role)).get(f"/cases/{case.ref}/looks")
    assert shown.status == 404


@pytest.mark.parametrize("path", ["/audit", "/audit/unusual", "/audit/unusual?kind=busy"])
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR, Role.ANALYST])
async def test_nobody_but_an_auditor_reads_the_record_of_looks(
    pages: PageHouse, role: Role, path: str
) -> None:
    browser = await pages.signed_in(role)
    assert (await browser.get(path)).status == 403
    account = pages.record.scheme.id_of(Role.HOUSING_OFFICER)
    assert (await browser.get(f"/audit/accounts/{account}")).status == 403


async def test_an_auditor_reads_who_has_looked_at_a_case_but_not_the_case(
    pages: PageHouse, auditor: Browser
) -> None:
    case = await pages.record.a_case()
    assert (await auditor.get(f"/cases/{case.ref}")).status == 404
    shown = await auditor.get(f"/cases/{case.ref}/looks")
    assert shown.status == 200
    names = await pages.record.rows("select surname from person")
    assert names[0]["surname"] not in shown.answer.text


async def test_an_auditor_reads_what_one_account_was_at_page_by_page(
    pages: PageHouse, auditor: Browser
) -> None:
    case = await pages.record.a_case()
    for minute in range(60):
        await looked(pages, Role.HOUSING_OFFICER, case.id, AT_WORK + timedelta(minutes=minute))
    await looked(pages, Role.CHAIR, case.id, AT_WORK, purpose="another's")
    account = pages.record.scheme.id_of(Role.HOUSING_OFFICER)
    first = await auditor.get(f"/audit/accounts/{account}")
    assert first.words.count(case.ref) == 50
    (link,) = [each for each in first.page.all("a") if "before=" in each.attributes["href"]]
    second = await auditor.get(link.attributes["href"])
    assert second.words.count(case.ref) == 10
    assert "Another's" not in first.words + second.words
    assert (await auditor.get(f"/audit/accounts/{uuid4()}")).status == 404


async def test_an_auditor_finds_who_searched_for_whom(pages: PageHouse, auditor: Browser) -> None:
    chair = await pages.signed_in(Role.CHAIR)
    await chair.post("/cases", (await chair.get("/cases")).page.fields("/cases") | {"q": "Trelawney"})
    form = (await auditor.get("/audit")).page.fields("/audit")
    found = await auditor.post("/audit", form | {"terms": "trelaw"})
    assert "Searched for “Trelawney”" in found.words
    assert found.words.count("Panel chair") == 1
    assert "No look fits" in (await auditor.post("/audit", form | {"terms": "Penrose"})).words


async def test_an_auditor_narrows_a_search_and_goes_on_with_it(pages: PageHouse, auditor: Browser) -> None:
    case = await pages.record.a_case()
    for minute in range(55):
        await looked(pages, Role.CHAIR, case.id, AT_WORK + timedelta(minutes=minute), action="alter")
    await looked(pages, Role.ANALYST, case.id, AT_WORK)
    wanted = {
        "email": pages.record.scheme.actors[Role.CHAIR].email, "case": case.ref.lower(), "action": "alter",
        "first-day": "2", "first-month": "9", "first-year": "2026",
        "last-day": "2", "last-month": "9", "last-year": "2026",
    }  # fmt: skip
    form = (await auditor.get("/audit")).page.fields("/audit")
    first = await auditor.post("/audit", form | wanted | {"before": ""})
    assert first.words.count("Changed the case") == 50
    rest = await auditor.post("/audit", first.page.fields("/audit") | wanted)
    assert rest.words.count("Changed the case") == 5


async def test_a_search_for_nobody_who_signs_in_says_so(pages: PageHouse, auditor: Browser) -> None:
    form = (await auditor.get("/audit")).page.fields("/audit")
    shown = await auditor.post("/audit", form | {"email": "nobody@police.example"})
    assert shown.status == 422
    assert "Nobody signs in" in shown.words


@pytest.mark.parametrize(
    ("at", "is_unusual"),
    [
        (datetime(2026, 9, 2, 5, 59, tzinfo=UTC), True),
        (datetime(2026, 9, 2, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 9, 2, 17, 59, tzinfo=UTC), False),
        (datetime(2026, 9, 2, 18, 0, tzinfo=UTC), True),
        (datetime(2026, 9, 5, 10, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 2, 6, 30, tzinfo=UTC), True),
    ],
    ids=["early", "at seven", "just before", "from the evening on", "a Saturday", "early in winter"],
)
async def test_looks_out_of_hours_are_unusual(
    pages: PageHouse, auditor: Browser, at: datetime, is_unusual: bool
) -> None:
    case = await pages.record.a_case()
    await looked(pages, Role.CHAIR, case.id, at, purpose="odd")
    shown = await auditor.get("/audit/unusual")
    assert ("Odd" in shown.words) is is_unusual


async def test_many_cases_in_an_hour_are_unusual(pages: PageHouse, auditor: Browser) -> None:
    pages.set(unusual_cases_an_hour=5)
    pages.record.wall = AT_WORK + timedelta(days=1)
    auditor = await pages.signed_in(Role.AUDITOR)
    for role, cases in ((Role.CHAIR, 5), (Role.ANALYST, 4)):
        for minute in range(cases):
            await looked(pages, role, uuid4(), AT_WORK + timedelta(minutes=minute))
    for _ in range(9):
        await looked(pages, Role.LEAD_PROFESSIONAL, UUID(int=1), AT_WORK)
    shown = await auditor.get("/audit/unusual?kind=busy")
    assert len(shown.page.all("tr")) == 2
    assert f"{pages.name(Role.CHAIR)} 5" in shown.words


async def test_a_look_at_somebody_of_the_same_surname_is_unusual(pages: PageHouse, auditor: Browser) -> None:
    case, other = await pages.record.a_case(), await pages.record.a_case()
    await pages.record.do("update person set surname = 'Tregellas' where id = %s", case.person_id)
    await pages.record.do("update account set name = 'Ann TREGELLAS' where role = 'chair'")
    for each in (case, other):
        await looked(pages, Role.CHAIR, each.id, AT_WORK)
    shown = await auditor.get("/audit/unusual?kind=namesake")
    assert case.ref in shown.words
    assert other.ref not in shown.words


async def test_a_look_at_a_case_of_others_is_unusual(pages: PageHouse, auditor: Browser) -> None:
    case = await pages.record.a_case(team=(Role.COORDINATOR, Role.TREATMENT_WORKER))
    for role in (Role.TREATMENT_WORKER, Role.HOUSING_OFFICER, Role.CHAIR):
        await looked(pages, role, case.id, AT_WORK)
    shown = await auditor.get("/audit/unusual?kind=not_own")
    assert "Housing officer" in shown.words
    assert "Treatment worker" not in shown.words
    assert "Panel chair" not in shown.words


async def test_broken_glass_is_unusual_and_says_why(pages: PageHouse, auditor: Browser) -> None:
    case = await pages.record.a_case()
    await looked(
        pages, Role.CHAIR, case.id, AT_WORK, purpose="break_glass", justification="He is at the door"
    )
    shown = await auditor.get("/audit/unusual?kind=break_glass")
    assert "He is at the door" in shown.words


async def test_what_an_auditor_reads_is_noted_with_whom_it_showed(pages: PageHouse, auditor: Browser) -> None:
    case = await pages.record.a_case()
    await looked(pages, Role.CHAIR, case.id, AT_WORK)
    before = len(await pages.looks())
    await auditor.get("/audit")
    await auditor.get("/audit/unusual?kind=busy")
    assert (await pages.looks())[before:] == [f"consult cases:{case.ref}", "consult busy_hours"]
