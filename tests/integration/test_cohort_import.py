"""Importing cohorts into a real record: who gets in, who is held, and that nothing is ever half written."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql

from iom.adapters.cohort_csv import FileRow
from iom.adapters.cohort_import import import_cohort
from iom.adapters.database import Pool, transaction
from iom.adapters.programme_files import named
from iom.adapters.store import folded
from iom.cells import Fault
from iom.cohort_report import Doubt, Held, Report
from iom.vocabulary import Anchor, Basis, Rag, Role
from tests.builders import a_scheme, an_adopted_case
from tests.builders_cohort import IN_PRISON, TODAY, VOLUNTARY, a_row

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


def _file(*rows: dict[str, str]) -> list[FileRow]:
    return [FileRow(line, row) for line, row in enumerate(rows, start=2)]


async def _import(pool: Pool, *rows: dict[str, str], dry_run: bool = False) -> Report:
    return await import_cohort(pool, _file(*rows), NOW, dry_run=dry_run)


async def _all(pool: Pool, query: str) -> list[dict[str, Any]]:
    async with transaction(pool) as conn:
        return await (await conn.execute(query.encode())).fetchall()


async def _one(pool: Pool, query: str) -> dict[str, Any]:
    [row] = await _all(pool, query)
    return row


async def _everything(pool: Pool) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    tables = await _all(pool, "select tablename from pg_tables where schemaname = 'public' order by 1")
    found = {}
    async with transaction(pool) as conn:
        for name in (row["tablename"] for row in tables):
            query = sql.SQL("select t::text as row from {} t order by 1").format(sql.Identifier(name))
            found[name] = [row["row"] async for row in await conn.execute(query)]
    return found


async def test_a_sound_row_becomes_a_case_with_all_that_the_row_says(pool: Pool) -> None:
    assert await _import(pool, a_row(7)) == Report(rows=1, accepted=1)
    person = await _one(pool, "select * from person")
    assert (person["surname"], person["pnc_id"], person["ethnicity"]) == ("Wójcik", a_row(7)["pnc_id"], "W9")
    case = await _one(
        pool,
        "select * from cases join assessment on assessment.case_id = cases.id"
        " join adoption on adoption.case_id = cases.id",
    )
    told = {
        name: case[name] for name in ("local_ref", "cohort", "basis", "rag", "police_area", "rosh", "notes")
    }
    assert told.items() <= a_row(7).items()
    assert (case["arp_score"], case["csrp_score"]) == (82, 3.24)
    assert (case["sentence_start_on"], case["sentence_end_on"]) == (date(2026, 1, 10), date(2028, 1, 10))
    assert (case["adopted_on"], case["last_contact_on"]) == (date(2026, 2, 1), date(2026, 11, 20))
    assert [row["need"] for row in await _all(pool, "select need from case_need order by 1")] == [
        "accommodation",
        "health",
    ]


async def test_the_log_begins_with_the_adoption_and_the_plan_with_its_programme(pool: Pool) -> None:
    await _import(pool, a_row())
    case = await _one(pool, "select id, last_seq, acknowledged_seq from cases")
    assert case["last_seq"] > case["acknowledged_seq"] == 0
    async with transaction(pool) as conn:
        plan = await folded.plan(conn, case["id"])
        foreseen = await folded.foreseen(conn, case["id"], NOW + timedelta(days=60))
    assert [enrolment.programme for enrolment in plan.running] == [named("flex").key]
    assert (plan.basis, plan.rag) == (Basis.STATUTORY, Rag.AMBER)
    assert plan.anchors[Anchor.FINAL_THIRD].on == date(2027, 5, 11)
    assert foreseen


async def test_someone_in_prison_begins_in_custody_and_is_graded_once(pool: Pool) -> None:
    await _import(pool, a_row(**IN_PRISON))
    case = await _one(pool, "select case_id as id, establishment, earliest_release_on from whereabouts")
    assert (case["establishment"], case["earliest_release_on"]) == ("HMP Testing", date(2027, 3, 1))
    async with transaction(pool) as conn:
        plan = await folded.plan(conn, case["id"])
    assert {enrolment.programme for enrolment in plan.running} == {named("flex").key, named("custody").key}
    assert plan.custody_since == NOW
    assert plan.anchors[Anchor.EARLIEST_RELEASE].on == date(2027, 3, 1)
    grades = await _all(pool, "select data->>'rag' as rag from event where kind = 'rag_changed'")
    assert grades == [{"rag": "Blue"}]


async def test_the_team_is_made_of_the_addresses_in_the_row_and_the_coordinator(pool: Pool) -> None:
    scheme = await a_scheme(pool)
    await _import(pool, a_row(1), a_row(2, **VOLUNTARY))
    members = await _all(
        pool,
        "select local_ref, team_member.role, email from team_member"
        " join account on account.id = account_id join cases on cases.id = case_id order by 1, 2",
    )
    coordinator = scheme.actors[Role.COORDINATOR].email
    lead, police = "lead01@probation.example", "om01@police.example"
    assert [tuple(row.values()) for row in members] == [
        ("TT00001", Role.COORDINATOR, coordinator),
        ("TT00001", Role.LEAD_PROFESSIONAL, lead),
        ("TT00001", Role.POLICE_OFFENDER_MANAGER, police),
        ("TT00001", Role.PROBATION_PRACTITIONER, lead),
        ("TT00002", Role.COORDINATOR, coordinator),
        ("TT00002", Role.LEAD_PROFESSIONAL, lead),
        ("TT00002", Role.POLICE_OFFENDER_MANAGER, police),
    ]


async def test_new_addresses_become_accounts_that_cannot_sign_in_yet(pool: Pool) -> None:
    await _import(pool, a_row(1), a_row(2, lead_agency="PROBATION "), a_row(3, lead_agency="Open Door"))
    accounts = await _all(
        pool,
        "select email, account.name, agency.name as agency, role, password_hash is null as locked"
        " from account join agency on agency.id = agency_id order by 1",
    )
    assert [tuple(row.values()) for row in accounts] == [
        ("lead01@probation.example", "Lead01", "Probation", "lead_professional", True),
        ("om01@police.example", "Om01", "Police", "police_offender_manager", True),
    ]
    agencies = await _all(pool, "select name from agency order by 1")
    assert [row["name"] for row in agencies] == ["Open Door", "Police", "Probation"]


async def test_an_account_that_is_there_already_stays_as_it_is(pool: Pool) -> None:
    scheme = await a_scheme(pool)
    chair = scheme.actors[Role.CHAIR]
    await _import(pool, a_row(lead_professional_email=chair.email.upper(), lead_agency="Open Door"))
    account = await _one(pool, "select id, role, agency_id from account where role = 'chair'")
    assert account == {"id": chair.account_id, "role": "chair", "agency_id": chair.agency_id}
    lead = await _one(pool, "select account_id from team_member where role = 'lead_professional'")
    assert lead == {"account_id": chair.account_id}


async def test_every_import_leaves_one_look_per_case_in_the_audit(pool: Pool) -> None:
    await _import(pool, a_row(1), a_row(2, rag="Purple"))
    look = await _one(pool, "select action, object, case_id, channel, account_id from audit")
    case = await _one(pool, "select id, ref from cases")
    assert look == {
        "action": "collect",
        "object": f"case:{case['ref']}",
        "case_id": case["id"],
        "channel": "command",
        "account_id": None,
    }


MIXED = (
    a_row(1),
    a_row(2, rag="Purple", needs="karate"),
    a_row(3, **IN_PRISON),
    a_row(4, pnc_id=a_row(1)["pnc_id"], surname="WOJCIK"),
    a_row(5, **VOLUNTARY),
    a_row(6, crn=a_row(3)["crn"]),
    a_row(1, pnc_id=a_row(8)["pnc_id"], crn="", noms_number=""),
)
"""Three sound rows, one with two faults, two twins of others, one with another's reference."""


async def test_broken_and_doubtful_rows_keep_nobody_else_out(pool: Pool) -> None:
    report = await _import(pool, *MIXED)
    assert (report.rows, report.accepted, report.unchanged) == (7, 3, 0)
    assert report.held == [
        Held(5, "TT00004", Doubt.POSSIBLE_DUPLICATE, ("TT00001",)),
        Held(7, "TT00006", Doubt.POSSIBLE_DUPLICATE, ("TT00003",)),
    ]
    assert [(row.line, row.local_ref, [fault.code for fault in row.errors]) for row in report.rejected] == [
        (3, "TT00002", ["unknown_rag", "unknown_need"]),
        (8, "TT00001", ["duplicate_local_ref"]),
    ]
    assert [row["local_ref"] for row in await _all(pool, "select local_ref from cases order by 1")] == [
        "TT00001",
        "TT00003",
        "TT00005",
    ]


async def test_importing_the_same_file_again_changes_nothing(pool: Pool) -> None:
    first = await _import(pool, *MIXED)
    before = await _everything(pool)
    again = await import_cohort(pool, _file(*MIXED), NOW + timedelta(days=1))
    assert (again.accepted, again.unchanged) == (0, first.accepted)
    assert (again.held, again.rejected) == (first.held, first.rejected)
    assert await _everything(pool) == before


async def test_a_dry_run_says_what_an_import_would_do_and_writes_nothing(pool: Pool) -> None:
    before = await _everything(pool)
    foretold = await _import(pool, *MIXED, dry_run=True)
    assert await _everything(pool) == before
    assert foretold == await _import(pool, *MIXED)


async def test_a_row_that_is_twice_in_its_file_is_held_the_second_time(pool: Pool) -> None:
    rows = a_row(1), a_row(1)
    held = [Held(3, "TT00001", Doubt.POSSIBLE_DUPLICATE, ("TT00001",))]
    assert await _import(pool, *rows, dry_run=True) == Report(rows=2, accepted=1, held=held)
    assert await _import(pool, *rows) == Report(rows=2, accepted=1, held=held)
    before = await _everything(pool)
    assert await _import(pool, *rows) == Report(rows=2, unchanged=1, held=held)
    assert await _everything(pool) == before


async def test_a_twin_of_a_rejected_row_is_held_too(pool: Pool) -> None:
    report = await _import(pool, a_row(1, surname=" "), a_row(2, pnc_id=a_row(1)["pnc_id"]))
    assert report.held == [Held(3, "TT00002", Doubt.POSSIBLE_DUPLICATE, ("TT00001",))]


async def test_a_held_row_is_kept_whole_for_a_person_to_decide(pool: Pool) -> None:
    twin = a_row(2, pnc_id=a_row(1)["pnc_id"])
    await _import(pool, a_row(1), twin)
    kept = await _one(pool, "select local_ref, reason, matches, cells, decided_at from held_row")
    assert kept == {
        "local_ref": "TT00002",
        "reason": "possible_duplicate",
        "matches": ["TT00001"],
        "cells": twin,
        "decided_at": None,
    }


async def test_a_held_row_that_somebody_decided_on_is_not_held_again(pool: Pool) -> None:
    rows = a_row(1), a_row(2, pnc_id=a_row(1)["pnc_id"])
    await _import(pool, *rows)
    async with transaction(pool) as conn:
        await conn.execute("update held_row set decided_at = now()")
    assert await _import(pool, *rows) == Report(rows=2, unchanged=2)
    changed = await _import(pool, rows[0], rows[1] | {"notes": "now different"})
    assert [held.local_ref for held in changed.held] == ["TT00002"]
    assert (await _one(pool, "select decided_at from held_row"))["decided_at"] is None


async def test_a_held_row_is_let_go_once_its_correction_is_accepted(pool: Pool) -> None:
    await _import(pool, a_row(1), a_row(2, pnc_id=a_row(1)["pnc_id"]))
    assert await _import(pool, a_row(1), a_row(2)) == Report(rows=2, accepted=1, unchanged=1)
    assert await _all(pool, "select * from held_row") == []


@pytest.mark.parametrize("shared", ["pnc_id", "crn", "noms_number"])
async def test_a_row_about_somebody_the_record_knows_is_held(pool: Pool, shared: str) -> None:
    await _import(pool, a_row(1))
    report = await _import(pool, a_row(2, **{shared: a_row(1)[shared]}))
    assert report.held == [Held(2, "TT00002", Doubt.POSSIBLE_DUPLICATE, ("TT00001",))]


async def test_a_person_who_was_nominated_here_is_named_by_case_reference(pool: Pool) -> None:
    case = await an_adopted_case(await a_scheme(pool))
    crn = (await _one(pool, "select crn from person"))["crn"]
    report = await _import(pool, a_row(crn=crn))
    assert report.held[0].matches == (case.ref,)


@pytest.mark.parametrize("change", [{"rag": "Red"}, {"pnc_id": a_row(9)["pnc_id"]}])
async def test_a_row_that_differs_from_what_was_imported_overwrites_nothing(
    pool: Pool, change: dict[str, str]
) -> None:
    await _import(pool, a_row(1))
    before = await _everything(pool)
    report = await _import(pool, a_row(1, **change))
    assert report.held == [Held(2, "TT00001", Doubt.DIFFERS_FROM_RECORD, ("TT00001",))]
    assert {**await _everything(pool), "held_row": []} == before


async def test_the_order_of_columns_and_spaces_around_cells_are_no_difference(pool: Pool) -> None:
    await _import(pool, a_row(1))
    backwards = {column: f" {cell} " for column, cell in reversed(a_row(1).items())}
    assert await _import(pool, backwards) == Report(rows=1, unchanged=1)


async def test_a_row_of_the_wrong_form_is_rejected_for_that_alone(pool: Pool) -> None:
    fault = Fault("", "wrong_number_of_cells", "Look for a comma.")
    report = await import_cohort(pool, [FileRow(2, a_row(rag="Purple"), fault)], NOW)
    assert [row.errors for row in report.rejected] == [(fault,)]


async def test_formulas_are_stored_as_the_text_they_are(pool: Pool) -> None:
    await _import(pool, a_row(surname="=1+1", notes='=HYPERLINK("x")'))
    assert (await _one(pool, "select surname from person"))["surname"] == "=1+1"
    assert (await _one(pool, "select notes from assessment"))["notes"] == '=HYPERLINK("x")'


async def test_a_row_that_cannot_be_finished_leaves_nothing_behind(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await conn.execute("alter table audit add constraint full_up check (object = '')")
    before = await _everything(pool)
    with pytest.raises(psycopg.errors.CheckViolation):
        await _import(pool, a_row(1))
    assert await _everything(pool) == before


def _cut_short(rows: Iterable[FileRow], after: int) -> Iterator[FileRow]:
    for number, row in enumerate(rows):
        if number == after:
            raise KeyboardInterrupt
        yield row


async def test_an_import_that_was_cut_short_is_finished_by_the_next(pool: Pool) -> None:
    rows = _file(*(a_row(number) for number in range(5)))
    with pytest.raises(KeyboardInterrupt):
        await import_cohort(pool, _cut_short(rows, after=3), NOW)
    assert await import_cohort(pool, rows, NOW) == Report(rows=5, accepted=2, unchanged=3)


async def test_imports_of_one_file_at_once_make_one_case_of_each_row(pool: Pool) -> None:
    rows = [a_row(number) for number in range(12)]
    reports = await asyncio.gather(*(_import(pool, *rows) for _ in range(4)))
    assert sum(report.accepted for report in reports) == 12
    assert sum(report.unchanged for report in reports) == 3 * 12
    assert (await _one(pool, "select count(*) as cases from cases"))["cases"] == 12
