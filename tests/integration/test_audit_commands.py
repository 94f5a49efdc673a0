"""`iom audit` as a process of its own: what it says of a sound and of a touched record, and what it hands out."""

import csv
import json
from pathlib import Path

import pytest

from iom.adapters.database import transaction
from iom.adapters.store import audit
from iom.adapters.store.audit import Look
from iom.spreadsheet import harmless
from iom.vocabulary import Role
from tests.builders import START
from tests.integration.api_house import ApiHouse
from tests.integration.test_audit_chain import tamper
from tests.integration.test_commands import Commands

DAYS = ("--from", "2026-09-01", "--to", "2026-09-01")
TO_WHOM = ("--recipient", "the court", "--why", "an order")


@pytest.fixture
def commands(tmp_path: Path, database_url: str) -> Commands:
    return Commands(tmp_path, database_url)


@pytest.fixture
async def looked(api: ApiHouse) -> str:
    """A case that was looked at once alone and once in a list; its reference."""
    case = await api.a_case()
    await api.get(Role.COORDINATOR, f"/cases/{case.ref}")
    await api.get(Role.CHAIR, "/cases")
    return case.ref


async def test_a_sound_record_is_said_to_be_sound(commands: Commands, looked: str) -> None:
    said = await commands.run("audit", "verify", "--seal")
    assert said.status == 0, said.err
    assert "Every row is as it was written." in said.out
    assert "are sealed" in said.out


async def test_a_touched_record_is_said_to_be_and_where(
    commands: Commands, looked: str, database_url: str
) -> None:
    await tamper(database_url, "update audit set purpose = 'x' where id = 1")
    said = await commands.run("audit", "verify", "--json")
    assert said.status == 1
    assert said.json["sound"] is False
    assert [(fault["kind"], fault["id"], fault["place"]) for fault in said.json["faults"]] == [
        ("altered", 1, 1)
    ]
    assert "altered" in (await commands.run("audit", "verify")).out


async def test_a_seal_written_down_must_still_stand(
    commands: Commands, looked: str, database_url: str
) -> None:
    stands = (await commands.run("audit", "verify", "--seal", "--json")).json["last_seal"]
    assert (await commands.run("audit", "verify", "--stands", stands)).status == 0
    await tamper(database_url, "delete from audit_seal")
    assert (await commands.run("audit", "verify", "--stands", stands)).status == 1


async def test_an_export_holds_the_looks_of_those_days_and_is_noted(commands: Commands, looked: str) -> None:
    said = await commands.run("audit", "export", *DAYS, *TO_WHOM, "--output", "looks.csv")
    assert said.status == 0, said.err
    file = commands.folder / "looks.csv"
    assert file.stat().st_mode & 0o077 == 0
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [(row["action"], row["role"], row["object"]) for row in rows if row["channel"] == "api"] == [
        ("consult", "coordinator", f"case:{looked}"),
        ("consult", "chair", f"cases:{looked}"),
    ]
    assert rows[0]["case_ref"] == looked
    noted = await commands.run("audit", "export", "--from", "2026-09-02", "--to", "2099-01-01", *TO_WHOM,
                               "--format", "jsonl", "--output", "later.jsonl")  # fmt: skip
    assert noted.status == 0, noted.err
    (disclosed, itself) = map(json.loads, (commands.folder / "later.jsonl").read_text().splitlines())
    assert disclosed["action"] == itself["action"] == "disclose"
    assert (disclosed["recipient"], disclosed["justification"]) == ("the court", "an order")


async def test_an_export_narrowed_to_a_case_or_an_account_holds_no_other(
    commands: Commands, api: ApiHouse
) -> None:
    one, other = await api.a_case(), await api.a_case()
    for case in (one, other):
        await api.get(Role.CHAIR, f"/cases/{case.ref}")
    await api.get(Role.COORDINATOR, "/cases")
    asked = ("audit", "export", *DAYS, *TO_WHOM, "--output")
    await commands.run(*asked, "case.csv", "--case", one.ref)
    await commands.run(*asked, "account.csv", "--account", api.scheme.actors[Role.CHAIR].email)
    about = (commands.folder / "case.csv").read_text()
    assert f"case:{one.ref}" in about
    assert "cases:" in about
    assert f"case:{other.ref}" not in about
    with (commands.folder / "account.csv").open(newline="") as opened:
        assert {row["role"] for row in csv.DictReader(opened)} == {"chair"}


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_begins_a_formula(begins: str) -> None:
    assert harmless(f"{begins}1+1") == f"'{begins}1+1"
    assert harmless("a" + begins) == "a" + begins
    assert harmless(None) == ""


async def test_what_was_searched_for_cannot_run_in_a_spreadsheet(commands: Commands, api: ApiHouse) -> None:
    look = Look(None, "consult", "cases:", "cohort", "page", terms='=HYPERLINK("http://x";"y")')
    async with transaction(api.scheme.pool) as conn:
        await audit.write(conn, look, START)
    await commands.run("audit", "export", *DAYS, *TO_WHOM, "--output", "looks.csv")
    with (commands.folder / "looks.csv").open(newline="") as opened:
        assert [row["terms"] for row in csv.DictReader(opened) if row["terms"]] == ["'" + str(look.terms)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--from", "2026-09-02", "--to", "2026-09-01"), "before the first"),
        ((*DAYS, "--account", "nobody@police.example"), "Nobody signs in"),
        ((*DAYS, "--format", "xlsx"), "csv, jsonl"),
    ],
)
async def test_an_export_that_cannot_be_is_refused(
    commands: Commands, words: tuple[str, ...], sentence: str
) -> None:
    said = await commands.run("audit", "export", *words, *TO_WHOM, "--output", "looks.csv")
    assert said.status == 2
    assert sentence in said.err
    assert not (commands.folder / "looks.csv").exists()


async def test_an_export_goes_to_standard_output_and_nothing_else_does(
    commands: Commands, looked: str
) -> None:
    said = await commands.run("audit", "export", *DAYS, *TO_WHOM)
    rows = list(csv.DictReader(said.out.splitlines()))
    assert looked in {row["case_ref"] for row in rows}
    assert said.err == ""


async def test_an_export_replaces_no_file(commands: Commands) -> None:
    (commands.folder / "looks.csv").write_text("mine")
    said = await commands.run("audit", "export", *DAYS, *TO_WHOM, "--output", "looks.csv")
    assert said.status == 2
    assert (commands.folder / "looks.csv").read_text() == "mine"
