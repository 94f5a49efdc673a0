"""Subject access, erasure, holds and reviews, by deed and by command, on real tables as the real roles."""

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import SQLModel

from iom.adapters.database import Connection, Pool, open_pool, transaction
from iom.adapters.deeds import erasure, retention
from iom.adapters.deeds.by import By
from iom.adapters.deeds.erasure import Ground
from iom.adapters.deeds.retention import Said
from iom.adapters.embedded.postgres import as_role
from iom.adapters.holdings import HOLDINGS
from iom.adapters.programme_files import named
from iom.adapters.store import audit, events, folded, holdings, plans
from iom.adapters.store.audit import Look
from iom.adapters.store.rows import insert
from iom.adapters.subject_access import Pack, gather
from iom.adapters.tables import Case, HeldRow, KeptForm, Nomination, Remark
from iom.agenda import acts_due
from iom.decisions import deselected
from iom.fold import fold_all
from iom.refusals import Refused
from iom.retention import RetentionDecision
from iom.vocabulary import Role
from tests.builders import START
from tests.integration.api_house import ApiHouse
from tests.integration.test_commands import Commands

LATER = START + timedelta(days=400)
SECRET_WORDS = "Relapsed after the funeral"
COUNT = "select count(*) as n from {} where case_id = %s"
Deed = Callable[[Connection], Coroutine[Any, Any, object]]


@pytest.fixture
async def worker(pool: Pool, database_url: str) -> AsyncIterator[Pool]:
    """The record as commands reach it."""
    async with open_pool(as_role(database_url, "iom_worker"), size=2) as opened:
        yield opened


@pytest.fixture
async def case(api: ApiHouse) -> Case:
    """A case in which something of everybody stands: words of health, of police, a form not sent, a search."""
    found = await api.a_case()
    [person] = await api.rows("select * from person")
    treatment = api.scheme.actors[Role.TREATMENT_WORKER]
    step = await api.a_step(found, Role.LEAD_PROFESSIONAL)
    said = Remark(step_id=step, case_id=found.id, tier="T4", owner=Role.TREATMENT_WORKER, at=START,
                  agency_id=treatment.agency_id, by_id=treatment.account_id, note=SECRET_WORDS)  # fmt: skip
    why = Nomination(case_id=found.id, nominated_at=START, nominated_by_id=treatment.account_id,
                     why=f"Seen with {api.scheme.actors[Role.CHAIR].name}")  # fmt: skip
    form = KeptForm(
        account_id=treatment.account_id, path=f"/cases/{found.ref}/exit", fields={"n": "x"}, kept_at=START
    )
    cells = {"surname": person["surname"], "crn": person["crn"]}
    row = HeldRow(
        local_ref="LR-9", reason="possible_duplicate", matches=[], cells=cells, digest="d", held_at=START
    )
    async with transaction(api.scheme.pool) as conn:
        for each in (said, why, form, row):
            await insert(conn, each)
        look = Look(
            treatment.account_id, "consult", f"cases:{found.ref}", "search", "page", terms=person["surname"]
        )
        await audit.write(conn, look, START)
    return found


async def leave(api: ApiHouse, case: Case) -> None:
    """The panel has deselected them, and the plan has come to its end."""
    async with transaction(api.scheme.pool) as conn:
        await events.append(conn, case.id, deselected(uuid4(), named("exit")), START)
    await api.do("update cases set closed_at = %s where id = %s", START, case.id)


def by(api: ApiHouse, role: Role = Role.COORDINATOR) -> By:
    return api.scheme.by(role, LATER)


async def refusal(pool: Pool, deed: Deed) -> str:
    with pytest.raises(Refused) as refused:
        async with transaction(pool) as conn:
            await deed(conn)
    return refused.value.code


async def test_a_pack_holds_what_every_table_holds_on_the_person(
    api: ApiHouse, worker: Pool, case: Case
) -> None:
    other = await api.a_case()
    pack = await a_pack(api, worker, case)
    [person] = await api.rows("select * from person where id = %s", case.person_id)
    [stranger] = await api.rows("select * from person where id = %s", other.person_id)
    for table in SQLModel.metadata.sorted_tables:
        if "case_id" in table.columns:
            rows = await api.rows(COUNT.format(table.name), case.id)
            got = [item for item in pack.items if item.table == table.name]
            assert len(got) >= rows[0]["n"] or table.name == "audit", table.name
    text = json.dumps([dict(item.values) for item in pack.items], default=str)
    for value in (person["surname"], person["crn"], "1991-04-17", SECRET_WORDS, "Prefers mornings", "LR-9"):
        assert value in text, value
    assert str(stranger["surname"]) not in text


async def a_pack(api: ApiHouse, pool: Pool, case: Case) -> Pack:
    async with transaction(pool) as conn:
        return await gather(conn, by(api), case.ref, "the data subject")


async def test_a_pack_marks_third_parties_and_says_who_must_be_asked(
    api: ApiHouse, worker: Pool, case: Case
) -> None:
    pack = await a_pack(api, worker, case)
    [remark] = [item for item in pack.items if item.table == "remark"]
    assert remark.ask == "the health service that wrote it: Treatment"
    assert (
        remark.values["by_id"] == f"[third party: {api.scheme.actors[Role.TREATMENT_WORKER].name}, Treatment]"
    )
    [nomination] = [item for item in pack.items if item.table == "nomination"]
    assert api.scheme.actors[Role.CHAIR].name in nomination.third_parties
    assert "Treatment" in pack.recipients
    assert str(api.scheme.id_of(Role.TREATMENT_WORKER)) not in json.dumps(
        [dict(each.values) for each in pack.items]
    )


async def test_a_pack_is_noted_as_a_disclosure(api: ApiHouse, worker: Pool, case: Case) -> None:
    await a_pack(api, worker, case)
    [look] = await api.rows("select * from audit where action = 'disclose' and purpose = 'subject_access'")
    assert (look["case_id"], look["recipient"]) == (case.id, "the data subject")


async def test_an_erased_person_is_found_nowhere_but_where_the_certificate_says(
    api: ApiHouse, worker: Pool, case: Case
) -> None:
    neighbour = await api.a_case()
    [person] = await api.rows("select * from person where id = %s", case.person_id)
    await api.do(
        "update assessment set notes = %s where case_id = %s", f"Knows {person['surname']}", neighbour.id
    )
    await leave(api, case)
    async with transaction(worker) as conn:
        said = await erasure.erase(conn, by(api), case.ref, Ground.REQUEST_UPHELD)
        values = [str(person[name]) for name in ("surname", "pnc_id", "crn")]
        left = await holdings.traces(conn, [*values, SECRET_WORDS, "LR-9", "Seen with"])
    named_kept = {(each["table"], each["column"]) for each in said["kept"] if "column" in each}
    assert (
        {(trace.table, trace.column) for trace in left}
        == named_kept
        == {("audit", "terms"), ("assessment", "notes")}
    )
    for table, holding in HOLDINGS.items():
        if holding.fate == "deleted" and "case_id" in SQLModel.metadata.tables[table].columns:
            rows = await api.rows(COUNT.format(table), case.id)
            assert rows[0]["n"] == 0, table
    [blank] = await api.rows("select * from person where id = %s", case.person_id)
    assert {value for name, value in blank.items() if name not in ("id", "date_of_birth")} == {"", None}
    assert person["surname"] not in json.dumps(said)
    said_in_log = await api.rows("select distinct kind, data from event where case_id = %s", case.id)
    assert said_in_log == [{"kind": "plan_ended", "data": {}}]


async def test_an_erasure_is_noted_certified_and_cannot_be_looked_at(
    api: ApiHouse, worker: Pool, case: Case
) -> None:
    await leave(api, case)
    async with transaction(worker) as conn:
        said = await erasure.erase(conn, by(api), case.ref, Ground.UNLAWFUL)
    [look] = await api.rows("select * from audit where action = 'erase'")
    assert (look["case_id"], look["purpose"]) == (case.id, "unlawful")
    [row] = await api.rows("select *, encode(hash, 'hex') as said from erasure")
    assert row["said"] == said["hash"] == erasure.digest(said)
    assert erasure.digest(said | {"ref": "other"}) != said["hash"]
    assert (await api.get(Role.COORDINATOR, f"/cases/{case.ref}")).status_code == 404
    assert (
        await refusal(worker, lambda conn: erasure.erase(conn, by(api), case.ref, Ground.UNLAWFUL))
        == "case_not_found"
    )


async def test_the_plan_of_an_erased_case_ends_from_wherever_it_has_read_to(
    api: ApiHouse, worker: Pool, case: Case
) -> None:
    async with transaction(worker) as conn:
        before = await folded.plan(conn, case.id)
        await erasure.erase(conn, by(api), case.ref, Ground.CREATED_IN_ERROR, even_open=True)
    async with transaction(worker) as conn:
        anew = await folded.plan(conn, case.id)
        from_before = await events.read_after(conn, case.id, before.seq)
        halfway = await events.read_after(conn, case.id, 2)
        assert case.id not in await plans.open_cases(conn)
    for plan in (anew, fold_all(before, from_before)):
        assert plan.ended_at is not None
        assert acts_due(plan, LATER + timedelta(days=4000)) == ()
    assert next(event.seq for event in halfway) == 3


async def test_a_hold_and_an_open_plan_stand_in_the_way(api: ApiHouse, worker: Pool, case: Case) -> None:
    async def erase(conn: Connection) -> None:
        await erasure.erase(conn, by(api), case.ref, Ground.COURT_ORDER)

    assert await refusal(worker, erase) == "plan_open"
    await leave(api, case)
    async with transaction(worker) as conn:
        await retention.hold(conn, by(api), case.ref, "An inquest")
    assert await refusal(worker, erase) == "case_held"
    assert (
        await refusal(worker, lambda conn: retention.hold(conn, by(api), case.ref, "Again")) == "already_held"
    )
    async with transaction(worker) as conn:
        await retention.lift_hold(conn, by(api), case.ref, "It is over")
    async with transaction(worker) as conn:
        await erase(conn)
    assert await api.rows("select 1 from erasure")


async def test_disposal_needs_a_review_that_somebody_else_signed(
    api: ApiHouse, worker: Pool, case: Case
) -> None:
    await leave(api, case)

    async def erase(conn: Connection) -> None:
        await erasure.erase(conn, by(api), case.ref, Ground.RETENTION)

    async with transaction(worker) as conn:
        assert [each.ref for each, _ in await retention.due(conn, LATER.date())] == [case.ref]
        await retention.review(conn, by(api), case.ref, Said(RetentionDecision.DISPOSE, 3, "Nothing since"))
    assert await refusal(worker, erase) == "disposal_not_signed"
    assert await refusal(worker, lambda conn: retention.sign(conn, by(api), case.ref)) == "own_review"
    async with transaction(worker) as conn:
        await retention.sign(conn, by(api, Role.CHAIR), case.ref)
        found = await retention.standing(conn, case.ref)
        assert found.clock is not None
        assert found.clock.is_disposal_due(LATER.date())
        await erase(conn)
        assert await retention.due(conn, LATER.date()) == []
    [row] = await api.rows("select rule from erasure")
    assert row["rule"].startswith("domain.md §5.6, group 3")


async def test_a_signed_review_closes_the_step_that_asked_for_it(
    api: ApiHouse, worker: Pool, case: Case
) -> None:
    await leave(api, case)
    step = await api.a_step(case, Role.LEAD_PROFESSIONAL)
    await api.do("update step set key = 'retention_review' where id = %s", step)
    kept = Said(RetentionDecision.KEEP, 2, "Violence, and a partner to protect")
    async with transaction(worker) as conn:
        await retention.review(conn, by(api), case.ref, kept)
        await retention.sign(conn, by(api, Role.CHAIR), case.ref)
    [row] = await api.rows("select outcome, closed_by_id from step where id = %s", step)
    assert (row["outcome"], row["closed_by_id"]) == ("done", api.scheme.id_of(Role.CHAIR))


async def test_nobody_is_reviewed_before_they_left(api: ApiHouse, worker: Pool, case: Case) -> None:
    said = Said(RetentionDecision.KEEP, 3, "Why")
    assert (
        await refusal(worker, lambda conn: retention.review(conn, by(api), case.ref, said)) == "not_left_yet"
    )


async def test_the_commands_gather_review_hold_and_erase(
    api: ApiHouse, case: Case, tmp_path: Path, database_url: str
) -> None:
    iom = Commands(tmp_path, as_role(database_url, "iom_worker"))
    await leave(api, case)
    mine = ("--case", case.ref, "--by", api.scheme.actors[Role.COORDINATOR].email)
    theirs = ("--case", case.ref, "--by", api.scheme.actors[Role.CHAIR].email)
    said = await iom.run("rights", "subject-access", *mine, "--out", "pack")
    assert said.status == 0, said.err
    pack = tmp_path / "pack"
    assert pack.stat().st_mode & 0o077 == 0
    assert SECRET_WORDS in (pack / "pack.md").read_text()
    assert json.loads((pack / "pack.json").read_text())["ref"] == case.ref
    held = await iom.run("rights", "hold", *mine, "--why", "A complaint")
    assert held.status == 0, held.err
    refused = await iom.run(
        "rights", "erase", *mine, "--reason", "retention", "--certificate", "c.json", "--json"
    )
    assert (refused.status, refused.json["error"]["code"]) == (2, "case_held")
    assert not (tmp_path / "c.json").exists()
    assert (await iom.run("rights", "lift-hold", *mine, "--why", "Settled")).status == 0
    reviewed = await iom.run(
        "rights", "review", *mine, "--group", "3", "--necessary", "No longer", "--dispose"
    )
    assert reviewed.status == 0, reviewed.err
    assert (await iom.run("rights", "sign", *theirs)).status == 0
    erased = await iom.run("rights", "erase", *theirs, "--reason", "retention", "--certificate", "c.json")
    assert erased.status == 0, erased.err
    assert "Still named in 1 rows of audit.terms" in erased.out
    shown = (await iom.run("rights", "certificate", "--case", case.ref, "--json")).json
    assert shown["sound"] is True
    assert shown["hash"] == json.loads((tmp_path / "c.json").read_text())["hash"]
