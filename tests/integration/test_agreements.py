"""Information sharing agreements: recorded by command, listed, warned of, and read-only once they are over."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.agreements import Signed, record_agreement
from iom.refusals import Refused
from iom.vocabulary import Role
from tests.integration.access_house import today
from tests.integration.page_house import PageHouse
from tests.integration.test_commands import Commands

WORKER = Role.TREATMENT_WORKER


async def agree(
    pages: PageHouse, tiers: str, until: date, begins: date | None = None, ref: str = "ISA-7"
) -> None:
    signed = Signed("Treatment", ref, "Sharing", tuple(tiers.split(",")), begins or date.today(), until)  # noqa: DTZ011
    async with transaction(pages.record.scheme.pool) as conn:
        await record_agreement(conn, signed, datetime.now(UTC))


async def test_an_agreement_narrows_what_its_people_see_from_the_day_it_begins(pages: PageHouse) -> None:
    await today(pages.record)
    case = await pages.record.a_case()
    far = pages.record.wall.date() + timedelta(days=400)
    worker = await pages.signed_in(WORKER)
    await agree(pages, "T4", far, begins=pages.record.wall.date() + timedelta(days=2))
    assert (await worker.get(f"/cases/{case.ref}")).status == 200
    await agree(pages, "T4", far)
    assert (await worker.get(f"/cases/{case.ref}")).status == 404
    await agree(pages, "T0,T1,T2,T4", far, ref="ISA-8")


@pytest.mark.parametrize(
    ("left", "said", "loud"), [(61, "", False), (60, "in 60 days", False), (7, "in 7 days", True)]
)
async def test_its_people_are_warned_on_every_page(
    pages: PageHouse, left: int, said: str, loud: bool
) -> None:
    await today(pages.record)
    await agree(pages, "T0,T1,T2,T4", pages.record.wall.date() + timedelta(days=left))
    worker = await pages.signed_in(WORKER)
    for path in ("/", "/cases", "/account"):
        shown = await worker.get(path)
        assert ("sharing agreement of Treatment ends" in shown.page.words_of("body")) == bool(said)
        assert said in shown.page.words_of("body")
        assert bool(shown.page.all("p", class_="iom-warning-strip iom-warning-strip--loud")) == loud
    coordinator = await pages.signed_in(Role.COORDINATOR)
    assert ("Treatment (" in (await coordinator.get("/")).words) == bool(said)


async def test_once_it_is_over_people_read_and_do_not_write(pages: PageHouse) -> None:
    await today(pages.record)
    case = await pages.record.a_case()
    yesterday = pages.record.wall.date() - timedelta(days=2)
    await pages.record.do(
        "update agreement set expires_on = %s where agency_id = %s",
        yesterday,
        pages.record.scheme.actors[WORKER].agency_id,
    )
    worker = await pages.signed_in(WORKER)
    shown = await worker.get(f"/cases/{case.ref}/notes")
    assert shown.status == 200
    assert "Read only: the information sharing agreement of Treatment ended" in shown.page.words_of("body")
    body = {"kind": "concern", "source": "fact", "words": "He missed it"}
    assert (await worker.fill_in(f"/cases/{case.ref}/notes", body)).status == 409
    answer = await pages.record.post(WORKER, f"/cases/{case.ref}/notes", body)
    assert answer.json()["code"] == "agreement_expired"


async def test_the_list_says_days_left_and_what_is_provisional(pages: PageHouse) -> None:
    await today(pages.record)
    await pages.record.do("update agreement set ref = 'PROVISIONAL' where ref = 'ISA-housing'")
    await agree(pages, "T0,T1", pages.record.wall.date() + timedelta(days=30))
    shown = await (await pages.signed_in(Role.COORDINATOR)).get("/agreements")
    for said in ("ISA-7", "T0, T1", " 30 ", "Provisional"):
        assert said in shown.words, said
    assert (await (await pages.signed_in(WORKER)).get("/agreements")).status == 403


async def test_everybody_reads_who_sees_and_does_what(pages: PageHouse) -> None:
    shown = await (await pages.signed_in(WORKER)).get("/help/access")
    for said in (
        "You are: Treatment worker",
        "T4: Health and treatment",
        "Break glass",
        "Said to a navigator in confidence",
    ):
        assert said in shown.words, said


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"agency": "Nobody"}, "agency_unknown"),
        ({"tiers": ("T9",)}, "tier_unknown"),
        ({"ref": "PROVISIONAL"}, "ref_needed"),
        ({"ends_on": date(2020, 1, 1)}, "agreement_ends_first"),
    ],
)
async def test_what_cannot_be_an_agreement_is_refused(
    pool: Pool, change: dict[str, object], code: str
) -> None:
    begins = date(2026, 1, 1)
    async with transaction(pool) as conn:
        await conn.execute("insert into agency (id, code, name) values (gen_random_uuid(), 'aid', 'Aid')")
        given = {
            "agency": "Aid",
            "ref": "R",
            "title": "T",
            "tiers": ("T0",),
            "begins_on": begins,
            "ends_on": begins,
        }
        with pytest.raises(Refused) as refusal:
            await record_agreement(conn, Signed(**given | change), datetime.now(UTC))  # type: ignore[arg-type]
    assert refusal.value.code == code


async def test_a_signed_agreement_is_recorded_by_command(
    pages: PageHouse, tmp_path: Path, database_url: str
) -> None:
    commands = Commands(tmp_path, database_url)
    agree = ("agency", "agree", "--agency", "treatment", "--ref", "ISA-9", "--title", "Sharing", "--tiers")
    dates = ("--from", "2026-01-02", "--until", "2027-01-01", "--json")
    said = await commands.run(*agree, "t0,T1", *dates)
    assert said.status == 0, said.err
    told = {"agency": "Treatment", "ref": "ISA-9", "tiers": ["T0", "T1"], "until": "2027-01-01"}
    assert json.loads(said.out) == told
    [row] = await pages.record.rows("select * from agreement where ref = 'ISA-9'")
    assert (row["tiers"], row["expires_on"]) == (["T0", "T1"], date(2027, 1, 1))
    wrong = await commands.run(*agree, "T9", *dates)
    assert json.loads(wrong.out)["error"]["code"] == "tier_unknown"
