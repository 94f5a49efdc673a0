"""`iom import cohort` as people and scripts meet it: what it prints where, and its exit status."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.builders_cohort import a_cohort_file, a_row
from tests.integration.running_demo import without_our_variables


@pytest.fixture
def cohort(database_url: str, tmp_path: Path) -> "Cohort":
    return Cohort(database_url, tmp_path)


class Cohort:
    """A folder for files and the command, pointed at a record of its own."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.folder = folder
        addresses = {"IOM_DATABASE_URL": database_url, "IOM_SMTP_URL": "smtp://127.0.0.1:1"}
        self.environment = without_our_variables() | addresses | {"COLUMNS": "100"}

    def file(self, *rows: dict[str, str]) -> str:
        return str(a_cohort_file(self.folder / "cohort.csv", rows))

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "iom", "import", "cohort", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=self.environment | settings,
            cwd=self.folder,
        )

    def report(self, *arguments: str) -> tuple[int, Any]:
        """Exit status and the one JSON object, with nothing said beside it."""
        done = self.run(*arguments, "--json")
        assert done.stderr == ""
        return done.returncode, json.loads(done.stdout)


def test_a_sound_file_is_accepted_and_then_unchanged(cohort: Cohort) -> None:
    file = cohort.file(a_row(1), a_row(2))
    nothing: dict[str, Any] = {"held": [], "rejected": []}
    assert cohort.report(file) == (0, {"rows": 2, "accepted": 2, "unchanged": 0, **nothing})
    assert cohort.report(file) == (0, {"rows": 2, "accepted": 0, "unchanged": 2, **nothing})


def test_held_and_rejected_rows_are_reported_by_line_and_the_exit_status_is_1(cohort: Cohort) -> None:
    twin = a_row(3, pnc_id=a_row(1)["pnc_id"])
    status, report = cohort.report(cohort.file(a_row(1, notes="two\nlines"), a_row(2, rag="Purple"), twin))
    assert status == 1
    assert report["held"] == [
        {"line": 5, "local_ref": "TT00003", "reason": "possible_duplicate", "matches": ["TT00001"]}
    ]
    assert report["rejected"] == [
        {
            "line": 4,
            "local_ref": "TT00002",
            "errors": [
                {
                    "column": "rag",
                    "code": "unknown_rag",
                    "message": "“Purple” is not one of these: Red, Amber, Green, Blue.",
                }
            ],
        }
    ]


def test_a_dry_run_accepts_the_same_file_twice(cohort: Cohort) -> None:
    file = cohort.file(a_row(1))
    assert cohort.report(file, "--dry-run") == cohort.report(file, "--dry-run")


def test_without_json_it_prints_what_to_do_and_the_numbers(cohort: Cohort) -> None:
    twin = a_row(3, pnc_id=a_row(1)["pnc_id"])
    odd = a_row(2, local_ref="\x1b[31mT", rag="[red]Purple[/red]")
    done = cohort.run(cohort.file(a_row(1), odd, twin), "--dry-run")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "“[red]Purple[/red]” is not one of these" in done.stdout
    assert "May be the same person as TT00001." in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stdout.endswith(
        "3 rows: 1 accepted, 0 unchanged, 1 held, 1 rejected.\nThis was a dry run: nothing was written.\n"
    )


def test_what_is_no_cohort_file_is_refused_in_words_and_in_json(cohort: Cohort) -> None:
    Path(cohort.folder, "notes.txt").write_text("hello")
    done = cohort.run("notes.txt", "--json")
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "missing_columns"
    assert done.stderr == f"{error['message']}\n"


def test_a_fault_at_the_very_end_of_a_file_that_makes_it_unreadable_leaves_nothing_imported(
    cohort: Cohort,
) -> None:
    file = Path(cohort.file(a_row(1)))
    file.write_bytes(file.read_bytes() + b"\xff\n")
    assert cohort.run(str(file)).returncode == 2
    with psycopg.connect(cohort.environment["IOM_DATABASE_URL"]) as conn:
        assert conn.execute("select count(*) from cases").fetchone() == (0,)


def test_a_database_that_does_not_answer_or_has_no_tables_is_said_in_a_sentence(cohort: Cohort) -> None:
    file = cohort.file(a_row(1))
    silent = cohort.run(file, IOM_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert (silent.returncode, silent.stdout) == (2, "")
    assert silent.stderr.startswith("The database does not answer.")
    server = cohort.environment["IOM_DATABASE_URL"].rpartition("/")[0]
    bare = cohort.run(file, IOM_DATABASE_URL=f"{server}/postgres")
    assert (bare.returncode, bare.stderr) == (
        2,
        "The database has no tables of this service yet. Run iom migrate first.\n",
    )


def test_on_a_terminal_a_progress_bar_is_shown(cohort: Cohort) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "iom", "import", "cohort", cohort.file(a_row(1)), "--json"]
    environment = cohort.environment | {"TERM": "xterm"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, env=environment, text=True
    ) as process:
        os.close(theirs)
        stdout, _ = process.communicate()
        shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert json.loads(stdout)["accepted"] == 1
    assert "Importing" in shown
