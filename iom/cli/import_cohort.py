"""`iom import cohort`: reads the file, shows progress and what became of every row. Decides nothing about rows."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iom.cli.speech import say
from iom.refusals import Refused

if TYPE_CHECKING:
    from iom.cohort_report import Report

app = typer.Typer(no_args_is_help=True, help="Take people into the record from a file.")

CohortFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV in UTF-8, one person a row; line 1 names the columns.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would become of each row; write nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@app.callback()
def _group() -> None:
    """Makes `cohort` a word of the command: with one command only, typer would drop it."""


@app.command("cohort")
def cohort(file: CohortFile, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Open a case for every person in a cohort file; their plans start by themselves.

    A row with something wrong in it is rejected, with all that is wrong. A row about somebody who seems to be known
    already is held for a person to decide. Neither keeps any other row out. Importing a file again changes nothing:
    correct it, and import it whole.

    Exit status: 0 if every row is in the record, 1 if any was held or rejected, 2 if the file cannot be read.
    """
    import asyncio

    try:
        report = asyncio.run(_import(file, dry_run=dry_run))
    except Refused as refusal:
        if as_json:
            say(json.dumps({"error": {"code": refusal.code, "message": refusal.sentence}}))
        raise
    if as_json:
        say(json.dumps(asdict(report)))
    else:
        _show(report, dry_run=dry_run)
    raise typer.Exit(0 if report.needs_nobody else 1)


async def _import(file: Path, *, dry_run: bool) -> "Report":
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.progress import track

    from iom.adapters.cohort_csv import read_cohort_file
    from iom.adapters.cohort_import import import_cohort
    from iom.cli.record import the_record

    rows = list(read_cohort_file(file))
    console = Console(stderr=True)
    tracked = track(rows, "Importing", console=console, transient=True, disable=not console.is_terminal)
    async with the_record() as pool:
        return await import_cohort(pool, tracked, datetime.now(UTC), dry_run=dry_run)


def _show(report: "Report", *, dry_run: bool) -> None:
    """What to do about each row that is not in the record, then the numbers."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Line", "Reference", "Column", "What to do", box=None)
    for line, *words in _to_do(report):
        table.add_row(str(line), *(Text(_printable(word)) for word in words))
    if table.rows:
        Console().print(table)
    say(
        f"{report.rows} rows: {report.accepted} accepted, {report.unchanged} unchanged, "
        f"{len(report.held)} held, {len(report.rejected)} rejected."
    )
    if dry_run:
        say("This was a dry run: nothing was written.")


def _to_do(report: "Report") -> list[tuple[int, str, str, str]]:
    """Line, reference, column and sentence, in the order of the file."""
    wrong = [
        (row.line, row.local_ref, fault.column, fault.message)
        for row in report.rejected
        for fault in row.errors
    ]
    held = [(row.line, row.local_ref, "", row.sentence) for row in report.held]
    return sorted(wrong + held, key=lambda row: row[0])


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
