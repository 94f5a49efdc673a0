"""The commands for people who sign in, tokens, programmes and plans, as processes of their own against real parts."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from temporalio.client import Client

from iom.adapters.database import transaction
from iom.adapters.deeds.joining import NewAccount, add_account
from iom.adapters.passwords import fits
from iom.calendar import london_date
from iom.refusals import Refused
from iom.vocabulary import Role
from tests.integration.api_house import ApiHouse
from workflows.supervision import plan_id
from workflows.worker import TASK_QUEUE, working

NOWHERE = "127.0.0.1:9"


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit status."""

    out: str
    err: str
    status: int

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Commands:
    """Runs `iom` with a record and a Temporal of its own."""

    folder: Path
    database_url: str
    temporal: str = NOWHERE

    async def run(self, *words: str, stdin: str = "") -> Said:
        ours = {"IOM_DATABASE_URL": self.database_url, "IOM_SMTP_URL": f"smtp://{NOWHERE}"}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "iom", *words),
            cwd=self.folder,
            env=os.environ | ours | {"TEMPORAL_ADDRESS": self.temporal, "PYTHONPATH": str(Path.cwd())},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate(stdin.encode())
        return Said(out.decode(), err.decode(), process.returncode or 0)


@pytest.fixture
def iom(tmp_path: Path, database_url: str) -> Commands:
    return Commands(tmp_path, database_url)


ANN = ("--email", "Ann@Probation.example", "--name", "Ann Lee", "--role", "probation_practitioner")


async def test_a_user_is_added_with_a_password_shown_once_and_kept_as_a_hash(
    iom: Commands, api: ApiHouse
) -> None:
    said = await iom.run("user", "add", *ANN, "--agency", "PROBATION", "--json")

    assert said.status == 0, said.err
    assert said.json == {
        "email": "ann@probation.example",
        "role": "probation_practitioner",
        "agency": "Probation",
        "password": said.json["password"],
    }
    [account] = await api.rows("select * from account where email = 'ann@probation.example'")
    assert account["agency_id"] == api.scheme.actors[Role.PROBATION_PRACTITIONER].agency_id
    assert await fits(said.json["password"], account["password_hash"])


async def test_a_user_of_a_new_agency_brings_it_along_with_manager_and_point_of_contact(
    iom: Commands, api: ApiHouse
) -> None:
    head = ("--email", "head@va.example", "--name", "Head", "--role", "mentor", "--agency", "Victim & Aid")
    first = await iom.run(
        "user", "add", *head, "--point-of-contact", "--password-stdin", stdin="a long password\n"
    )
    second = await iom.run("user", "add", *ANN, "--agency", "victim & aid", "--manager", "head@va.example")

    assert (first.status, second.status) == (0, 0), first.err + second.err
    assert "a long password" not in first.out
    [agency] = await api.rows("select * from agency where code = 'victim-aid'")
    [boss] = await api.rows("select * from account where email = 'head@va.example'")
    [ann] = await api.rows("select * from account where email = 'ann@probation.example'")
    assert agency["point_of_contact_id"] == ann["manager_id"] == boss["id"]
    assert ann["agency_id"] == agency["id"]
    assert await fits("a long password", boss["password_hash"])


async def test_a_user_that_cannot_be_added_is_refused_in_one_json_object(
    iom: Commands, api: ApiHouse
) -> None:
    said = await iom.run(
        "user", "add", *ANN, "--agency", "New", "--password-stdin", "--json", stdin="short\n"
    )

    assert said.status == 2
    assert said.json["error"]["code"] == "password_too_short"
    assert said.json["error"]["message"] in said.err


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"email": "nobody"}, "bad_email"),
        ({"email": "coordinator@scheme.example"}, "account_exists"),
        ({"name": " "}, "name_needed"),
        ({"agency": "&"}, "agency_needed"),
        ({"manager": "stranger@x.example"}, "manager_unknown"),
        ({"password": "short"}, "password_too_short"),
    ],
)
async def test_an_account_that_cannot_be_made_is_refused_with_nothing_written(
    api: ApiHouse, wrong: dict[str, Any], code: str
) -> None:
    ann = NewAccount("ann@x.example", "Ann", Role.MENTOR, "New agency", "a long password")
    await api.do("update account set password_hash = 'x' where role = 'coordinator'")
    before = await api.rows("select (select count(*) from account), (select count(*) from agency)")

    with pytest.raises(Refused) as refused:
        async with transaction(api.scheme.pool) as conn:
            await add_account(conn, replace(ann, **wrong), api.wall)

    assert refused.value.code == code
    assert await api.rows("select (select count(*) from account), (select count(*) from agency)") == before


async def test_an_agency_is_made_once(iom: Commands, api: ApiHouse) -> None:
    first = await iom.run("agency", "add", "--name", "Housing First", "--json")
    second = await iom.run("agency", "add", "--name", "housing  first", "--json")

    assert first.json == second.json == {"code": "housing-first", "name": "Housing First"}
    assert len(await api.rows("select 1 from agency where code = 'housing-first'")) == 1


async def test_a_token_opens_the_api_and_is_kept_as_a_hash(iom: Commands, api: ApiHouse) -> None:
    said = await iom.run("token", "create", "--email", "Coordinator@scheme.example")
    token = said.out.strip()

    reply = await api.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert reply.json()["role"] == "coordinator"
    kept = await api.rows("select token_hash from api_token")
    assert token.encode() not in [row["token_hash"] for row in kept]
    refused = await iom.run("token", "create", "--email", "stranger@x.example", "--json")
    assert (refused.status, refused.json["error"]["code"]) == (2, "account_unknown")


async def test_programmes_are_listed_checked_and_previewed_without_a_database(tmp_path: Path) -> None:
    iom = Commands(tmp_path, "postgresql://127.0.0.1:9/none")
    faulty = tmp_path / "odd.toml"
    faulty.write_text('name = "odd"\nversion = 1\n')

    listed = await iom.run("programme", "list", "--json")
    preview = await iom.run(
        "programme", "preview", "fixed", "--from", "2026-12-01", "--months", "2", "--json"
    )
    refused = await iom.run("programme", "check", str(faulty), "--json")

    assert {"fixed", "flex", "free", "nomination"} <= {one["name"] for one in listed.json["programmes"]}
    foreseen = preview.json["foreseen"]
    assert foreseen[0]["at"] == "2026-12-01 09:00:00+00:00"
    assert {"step_opened", "step_reminded"} == {item["kind"] for item in foreseen}
    assert any(item["key"] == "review" for item in foreseen)
    assert (refused.status, refused.json["error"]["code"]) == (2, "programme_refused")
    missing = await iom.run("programme", "check", "nowhere.toml", "--json")
    assert (missing.status, missing.json["error"]["code"]) == (2, "file_unreadable")
    from_today = await iom.run("programme", "preview", "free", "--months", "1", "--json")
    assert from_today.json["foreseen"][0]["at"][:10] >= london_date(datetime.now(UTC)).isoformat()
    never = await iom.run("programme", "preview", "fixed", "--from", "9999-12-31", "--json")
    assert (never.status, never.json["error"]["code"]) == (2, "date_out_of_range")


async def test_an_amber_preview_asks_for_contact_less_often_than_a_red_one(tmp_path: Path) -> None:
    iom = Commands(tmp_path, "postgresql://127.0.0.1:9/none")
    due = {}
    for rag in ("Red", "Amber"):
        words = (
            "programme",
            "preview",
            "fixed",
            "--from",
            "2026-12-01",
            "--months",
            "1",
            "--rag",
            rag,
            "--json",
        )
        foreseen = (await iom.run(*words)).json["foreseen"]
        due[rag] = next(item["due_at"] for item in foreseen if item["key"] == "police_contact")

    assert due["Red"] < due["Amber"]


async def test_a_plan_is_shown_from_the_record_while_temporal_is_out_of_reach(
    iom: Commands, api: ApiHouse
) -> None:
    case = await api.a_case()

    listed = await iom.run("plans", "list", "--json")
    shown = await iom.run("plans", "show", case.ref.lower(), "--json")
    told = await iom.run("plans", "show", case.ref)
    refused = await iom.run("plans", "rebuild", "--json")

    assert [plan["ref"] for plan in listed.json["plans"]] == [case.ref]
    assert shown.json["programmes"] == ["fixed@1"]
    assert len(shown.json["steps"]) == 4
    assert shown.json["temporal"]["state"] == "unreachable"
    assert "Temporal cannot be reached" in told.out
    assert (refused.status, refused.json["error"]["code"]) == (2, "temporal_unreachable")
    unknown = await iom.run("plans", "show", "LX-0000", "--json")
    assert (unknown.status, unknown.json["error"]["code"]) == (2, "case_not_found")


async def test_rebuild_starts_every_open_plan_and_show_says_what_temporal_holds(
    iom: Commands, api: ApiHouse, temporal_client: Client, temporal_address: str
) -> None:
    cases = [await api.a_case() for _ in range(3)]
    with_temporal = Commands(iom.folder, iom.database_url, temporal_address)
    before = await with_temporal.run("plans", "show", cases[0].ref, "--json")

    async with working(temporal_client, api.scheme.pool, TASK_QUEUE):
        rebuilt = await with_temporal.run("plans", "rebuild", "--json")
        await _until_all_read(api)
        shown = await with_temporal.run("plans", "show", cases[0].ref, "--json")
        for case in cases:
            await _end(temporal_client, case.id)

    assert before.json["temporal"]["state"] == "missing"
    assert rebuilt.json == {"plans": 3}
    assert shown.json["temporal"]["state"] == "running"
    assert shown.json["temporal"]["seq"] == shown.json["last_seq"]


async def _until_all_read(api: ApiHouse) -> None:
    async with asyncio.timeout(30):
        while await api.rows("select 1 from cases where acknowledged_seq < last_seq"):
            await asyncio.sleep(0.1)


async def _end(client: Client, case_id: UUID) -> None:
    await client.get_workflow_handle(plan_id(case_id)).terminate()
