"""`iom programme`: what there is, whether a file holds, and what one would do. Needs no database."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iom.cli.answering import AsJson, answering, london, say_json, say_table
from iom.cli.speech import say
from iom.refusals import Refused
from iom.vocabulary import Basis, Rag, Role

if TYPE_CHECKING:
    from iom.forecast import Foreseen
    from iom.preview import Circumstances

app = typer.Typer(
    no_args_is_help=True, help="Programmes: the steps, reviews and reminders that plans follow."
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A programme's name, or a TOML file with one.")]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="Its first day. If left out: today."),
]
Months = Annotated[int, typer.Option(min=1, max=36, help="How far to look ahead.")]
OfBasis = Annotated[Basis, typer.Option(help="Some steps are for one basis only.")]
OfGrade = Annotated[Rag, typer.Option(help="The grade: it sets how often things are due.")]
Team = Annotated[
    list[Role] | None, typer.Option(help="A role on the team, once for each. If left out: all owners.")
]
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="A date that some steps hang on."),
]

FIRST_YEAR, LAST_YEAR = 1978, 2200
"""Between them ``iom.calendar`` knows the working days."""


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """The programmes that come with this release. A plan keeps the version it began on."""
    from iom.adapters.programme_files import programmes

    with answering(as_json=as_json):
        known = [
            {
                "name": programme.name,
                "version": programme.version,
                "title": programme.title,
                "about": programme.about,
                "cohort": programme.cohort,
                "steps": len(programme.steps),
            }
            for programme in programmes().values()
        ]
    if as_json:
        say_json({"programmes": known})
    else:
        say_table(
            ("Name", "Version", "Steps", "Title"),
            [(one["name"], one["version"], one["steps"], one["title"]) for one in known],
        )


@app.command("check")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A programme in TOML.")],
    as_json: AsJson = False,
) -> None:
    """Say everything that is wrong with a programme file: unknown owners, steps nothing opens, circles and more.

    Exit status: 0 if it holds, 2 if not. Those in iom/programmes/ show how one is written.
    """
    from iom.adapters.programme_files import shared_ladders
    from iom.programme_check import read_programme

    with answering(as_json=as_json):
        programme = read_programme(file.name, _text(file), shared_ladders())
    if as_json:
        say_json({"programme": programme.key, "title": programme.title, "steps": len(programme.steps)})
    else:
        say(f"{programme.key} holds: {programme.title}, {len(programme.steps)} steps.")


@app.command("preview")
def preview(
    name: Name,
    from_: From = None,
    months: Months = 12,
    basis: OfBasis = Basis.STATUTORY,
    rag: OfGrade = Rag.RED,
    team: Team = None,
    sentence_start: Day = None,
    sentence_end: Day = None,
    earliest_release: Day = None,
    as_json: AsJson = False,
) -> None:
    """Every step, review and letter to come if nobody ever does anything, by the rules the plans themselves follow.

    For example: `iom programme preview fixed --from 2026-12-01 --months 3 --rag Amber`
    """
    dates = (sentence_start, sentence_end, earliest_release)
    with answering(as_json=as_json):
        foreseen = _foreseen(name, _circumstances(from_, basis, rag, team, dates), months)
    if as_json:
        say_json({"programme": name, "foreseen": [asdict(item) for item in foreseen]})
    else:
        say_table(("When (London)", "What", "Step", "Who"), [_line(item) for item in foreseen])


def _circumstances(
    began: datetime | None, basis: Basis, rag: Rag, team: list[Role] | None, dates: Iterable[datetime | None]
) -> "Circumstances":
    from iom.calendar import london_date
    from iom.decisions import Sentence
    from iom.preview import Circumstances

    began_on = began.date() if began else london_date(datetime.now(UTC))
    if not FIRST_YEAR <= began_on.year < LAST_YEAR:
        sentence = f"Programmes can be tried from {FIRST_YEAR} to {LAST_YEAR - 1}. Check the year of --from."
        raise Refused("date_out_of_range", sentence)
    sentenced = Sentence(*(moment.date() if moment else None for moment in dates))
    return Circumstances(began_on, basis, rag, tuple(team or ()), sentenced)


def _foreseen(name: str, tried_on: "Circumstances", months: int) -> "list[Foreseen]":
    from iom.adapters.programme_files import named, shared_ladders
    from iom.calendar import at_london
    from iom.duration import Duration, Unit
    from iom.forecast import forecast
    from iom.preview import MORNING
    from iom.preview import preview as tried
    from iom.programme_check import read_programme

    file = Path(name)
    programme = (
        read_programme(file.name, _text(file), shared_ladders()) if file.suffix == ".toml" else named(name)
    )
    until = Duration(months, Unit.MONTH).after(at_london(tried_on.began_on, MORNING))
    return list(forecast(tried(programme, tried_on), until))


def _line(item: "Foreseen") -> tuple[str, str, str, str]:
    what = item.kind.replace("_", " ")
    if item.letter:
        what = f"letter: {item.letter.replace('_', ' ')}"
    elif item.due_at:
        what = f"{what}, due {london(item.due_at)}"
    who = ", ".join(dict.fromkeys(f"{letter.to} ({letter.role})" for letter in item.letters)) or item.owner
    return london(item.at), what, item.title, who


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise Refused("file_unreadable", f"{file} cannot be read: {reason}. Name a programme file.") from None
