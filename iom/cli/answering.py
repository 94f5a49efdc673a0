"""How commands answer: tables for people, exactly one JSON object for programs, refusals among them."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer

from iom.cli.speech import say
from iom.refusals import Refused

WIDE = 200
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@contextmanager
def answering(*, as_json: bool) -> Iterator[None]:
    """A refusal inside is printed as ``{"error": {"code", "message"}}`` if JSON was asked for; it goes on outwards."""
    try:
        yield
    except Refused as refusal:
        if as_json:
            say_json({"error": {"code": refusal.code, "message": refusal.sentence}})
        raise


def say_json(answer: object) -> None:
    """One JSON object. Moments are written in ISO 8601."""
    say(json.dumps(answer, default=str))


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows in columns; in full where the output is not a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)


def london(moment: datetime) -> str:
    """A moment as a London clock shows it."""
    from iom.calendar import LONDON

    return moment.astimezone(LONDON).strftime("%a %d %b %Y %H:%M")
