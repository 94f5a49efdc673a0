"""Notes with tiers: who writes which and who reads it, by page, by API and by SQL under iom_app, all the same."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import CheckViolation, InsufficientPrivilege

from iom.access import MATRIX, Sight
from iom.adapters.database import Pool, open_pool, transaction
from iom.adapters.embedded.postgres import as_role
from iom.adapters.store import accounts
from iom.adapters.store.rows import insert
from iom.adapters.tables import Case, Note
from iom.notes import KINDS, STATUSES, NoteKind, kinds_of
from iom.vocabulary import Role
from tests.builders import STATUTORY_TEAM
from tests.integration.access_house import today
from tests.integration.api_house import ApiHouse
from tests.integration.page_house import PageHouse

EVERYBODY = (*STATUTORY_TEAM, Role.HOUSING_OFFICER)


def body(kind: NoteKind) -> dict[str, str]:
    words = STATUSES[0] if kind is NoteKind.SUPPORT_STATUS else f"words of {kind}"
    return {"kind": kind, "source": "fact", "words": words}


async def all_kinds(api: ApiHouse, case: Case) -> None:
    """One note of each kind, by another agency's account than anybody's who reads here."""
    agency = uuid4()
    await api.do("insert into agency (id, code, name) values (%s, 'elsewhere', 'Elsewhere')", agency)
    writer = uuid4()
    await api.do(
        "insert into account (id, email, name, agency_id, role, joined_at) values (%s, %s, 'W', %s, 'manager', now())",
        writer,
        "w@elsewhere.example",
        agency,
    )
    for kind, rule in KINDS.items():
        note = Note(case_id=case.id, tier=rule.tier, kind=kind, source="fact", by_id=writer, agency_id=agency,
                    at=api.wall, words=body(kind)["words"])  # fmt: skip
        async with transaction(api.scheme.pool) as conn:
            await insert(conn, note)


@pytest.fixture
async def app_pool(pool: Pool, database_url: str) -> Any:
    async with open_pool(as_role(database_url, "iom_app"), 2) as opened:
        yield opened


async def kinds_by_sql(app_pool: Pool, api: ApiHouse, role: Role) -> set[str]:
    async with transaction(app_pool) as conn:
        assert await accounts.by_api_token(conn, api.tokens[role])
        return {row["kind"] async for row in await conn.execute("select kind from note")}


async def kinds_by_api(api: ApiHouse, role: Role, ref: str) -> set[str]:
    answer = await api.get(role, f"/cases/{ref}/notes")
    return {note["kind"] for note in answer.json()["notes"]} if answer.status_code == 200 else set()


async def test_each_role_reads_the_same_kinds_by_api_and_by_sql_as_the_table_says(
    api: ApiHouse, app_pool: Pool
) -> None:
    case = await api.a_case(team=EVERYBODY)
    await all_kinds(api, case)
    for role in EVERYBODY:
        expected = {
            kind
            for kind, rule in KINDS.items()
            if MATRIX[role][rule.tier] in rule.sights or role in rule.also
        }
        assert await kinds_by_api(api, role, case.ref) == expected, role
        assert await kinds_by_sql(app_pool, api, role) == expected, role
    police = await kinds_by_sql(app_pool, api, Role.POLICE_OFFENDER_MANAGER)
    assert not police & {NoteKind.CONFIDENTIAL, NoteKind.CLINICAL}
    assert police >= {NoteKind.SUPPORT_STATUS, NoteKind.SAFETY_ALERT, NoteKind.ATTENDANCE}


async def test_a_role_off_the_team_reads_no_note(api: ApiHouse, app_pool: Pool) -> None:
    case = await api.a_case(team=STATUTORY_TEAM)
    await all_kinds(api, case)
    assert await kinds_by_sql(app_pool, api, Role.HOUSING_OFFICER) == set()
    assert (await api.get(Role.HOUSING_OFFICER, f"/cases/{case.ref}/notes")).status_code == 404


async def write_by_sql(
    app_pool: Pool, api: ApiHouse, role: Role, case_id: UUID, kind: NoteKind, tier: str
) -> None:
    actor = api.scheme.actors[role]
    async with transaction(app_pool) as conn:
        assert await accounts.by_api_token(conn, api.tokens[role])
        await insert(conn, Note(case_id=case_id, tier=tier, kind=kind, source="fact", by_id=actor.account_id,
                                agency_id=actor.agency_id, at=api.wall, words=body(kind)["words"]))  # fmt: skip


async def test_each_role_writes_its_kinds_at_their_tiers_and_no_others(api: ApiHouse, app_pool: Pool) -> None:
    case = await api.a_case(team=EVERYBODY)
    for role in EVERYBODY:
        told = await api.get(role, f"/cases/{case.ref}/notes")
        offered = {each["kind"] for each in told.json()["may_write"]}
        assert offered == set(kinds_of(role)), role
        for kind in NoteKind:
            answer = await api.post(role, f"/cases/{case.ref}/notes", body(kind))
            assert answer.status_code == (201 if kind in offered else 409 if offered else 403), (role, kind)
            if kind in offered:
                await write_by_sql(app_pool, api, role, case.id, kind, KINDS[kind].tier)
                wrong = "T1" if KINDS[kind].tier != "T1" else "T2"
                with pytest.raises(InsufficientPrivilege):
                    await write_by_sql(app_pool, api, role, case.id, kind, wrong)
            else:
                with pytest.raises(InsufficientPrivilege):
                    await write_by_sql(app_pool, api, role, case.id, kind, KINDS[kind].tier)


async def test_a_note_is_written_once_for_each_key(api: ApiHouse) -> None:
    case = await api.a_case()
    for _ in range(2):
        answer = await api.post(
            Role.COORDINATOR, f"/cases/{case.ref}/notes", body(NoteKind.CONTACT), key="one"
        )
        assert answer.status_code == 201
    assert len(await api.rows("select * from note")) == 1
    noted = [each["object"] for each in await api.looks() if each["purpose"] == "note"]
    assert noted[0].startswith("note:")


async def test_a_navigators_status_says_one_of_four_words_whatever_is_tried(api: ApiHouse) -> None:
    case = await api.a_case()
    note = Note(case_id=case.id, tier="T5", kind=NoteKind.SUPPORT_STATUS, source="fact",
                by_id=api.scheme.id_of(Role.CHAIR), agency_id=api.scheme.actors[Role.CHAIR].agency_id,
                at=api.wall, words="told me where he sleeps")  # fmt: skip
    with pytest.raises(CheckViolation):
        async with transaction(api.scheme.pool) as conn:
            await insert(conn, note)


async def test_consent_opens_clinical_notes_to_the_agency_it_names_until_it_is_withdrawn(
    pages: PageHouse, app_pool: Pool
) -> None:
    api = pages.record
    await today(api)
    case = await api.a_case()
    assert (
        await api.post(Role.TREATMENT_WORKER, f"/cases/{case.ref}/notes", body(NoteKind.CLINICAL))
    ).is_success
    worker = await pages.signed_in(Role.TREATMENT_WORKER)
    probation, police = Role.PROBATION_PRACTITIONER, Role.POLICE_OFFENDER_MANAGER
    assert "clinical" not in await kinds_by_api(api, probation, case.ref)

    asked = await worker.get(f"/cases/{case.ref}/sharing")
    path = f"/cases/{case.ref}/consents"
    empty = await worker.post(path, asked.page.fields(path))
    assert empty.status == 422
    assert "Name the agencies" in empty.words
    day = {"given_on-day": "1", "given_on-month": "9", "given_on-year": "2026"}
    said = {"what": "My probation officer may know", "agency-probation": "yes", "agency-police": "yes", **day}
    assert (await worker.post(path, asked.page.fields(path) | said)).status == 303
    for read in (await kinds_by_api(api, probation, case.ref), await kinds_by_sql(app_pool, api, probation)):
        assert "clinical" in read
    for read in (await kinds_by_api(api, police, case.ref), await kinds_by_sql(app_pool, api, police)):
        assert "clinical" not in read, "no consent gives more than the role's own sight"
    told = [each["recipient"] for each in await api.looks() if each["purpose"] == "consent"]
    assert len(told) == 2

    [consent] = await api.rows("select * from consent")
    ending = f"/cases/{case.ref}/consents/{consent['id']}/withdraw"
    shown = await worker.get(f"/cases/{case.ref}/sharing")
    assert (await worker.post(ending, shown.page.fields(ending))).status == 303
    for read in (await kinds_by_api(api, probation, case.ref), await kinds_by_sql(app_pool, api, probation)):
        assert "clinical" not in read


async def test_a_public_interest_decision_opens_them_until_its_last_day(
    pages: PageHouse, app_pool: Pool
) -> None:
    api = pages.record
    await today(api)
    case = await api.a_case()
    assert (
        await api.post(Role.TREATMENT_WORKER, f"/cases/{case.ref}/notes", body(NoteKind.CLINICAL))
    ).is_success
    worker = await pages.signed_in(Role.TREATMENT_WORKER)
    path = f"/cases/{case.ref}/public-interest"
    fields = (await worker.get(f"/cases/{case.ref}/sharing?about=decision")).page.fields(path)
    last = {"until_on-day": "1", "until_on-month": "1", "until_on-year": str(api.wall.year + 1)}
    said = {"why": "He says he will hurt his brother", "seniority": "Caldicott guardian", "person_told": "no",
            "agency-probation": "yes", **last}  # fmt: skip
    assert (await worker.post(path, fields | {"agency-probation": "yes"})).status == 422
    assert (await worker.post(path, fields | said)).status == 303
    probation = Role.PROBATION_PRACTITIONER
    assert "clinical" in await kinds_by_api(api, probation, case.ref)
    assert "clinical" in await kinds_by_sql(app_pool, api, probation)
    officer = await pages.signed_in(probation)
    assert "The person was not told" in (await officer.get(f"/cases/{case.ref}/sharing")).words
    await api.do("update public_interest_decision set until_on = current_date - 1")
    assert "clinical" not in await kinds_by_api(api, probation, case.ref)
    assert "clinical" not in await kinds_by_sql(app_pool, api, probation)


async def test_the_page_says_tier_and_readers_before_a_note_is_saved(pages: PageHouse) -> None:
    case = await pages.record.a_case()
    worker = await pages.signed_in(Role.TREATMENT_WORKER)
    shown = await worker.get(f"/cases/{case.ref}/notes")
    assert (
        "T4, health and treatment. Read by your own service and, on this case: IOM coordinator" in shown.words
    )
    path = f"/cases/{case.ref}/notes"
    assert (await worker.fill_in(path, {})).status == 422
    assert (await worker.fill_in(path, {"kind": "contact", "source": "fact", "words": "x"})).status == 409
    sent = await worker.fill_in(
        path, {"kind": "concern", "source": "opinion", "words": "He missed two sessions"}
    )
    assert sent.to == f"{path}?done=note"
    police = await pages.signed_in(Role.POLICE_OFFENDER_MANAGER)
    assert "He missed two sessions" in (await police.get(path)).words
    assert Sight.SUMMARY is MATRIX[Role.POLICE_OFFENDER_MANAGER][KINDS[NoteKind.CONCERN].tier]
