"""The programme files that come with the service. Reads them from the package; the record keeps what was published."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from iom.programme import Programme
from iom.programme_check import read_programme
from iom.refusals import Refused
from iom.vocabulary import Cohort

FOLDER = files("iom") / "programmes"
LADDERS = "ladders.toml"


@cache
def shared_ladders() -> dict[str, Any]:
    """The ladders every programme may use, as written."""
    return tomllib.loads((FOLDER / LADDERS).read_text("utf-8"))


@cache
def programmes() -> dict[str, Programme]:
    """The programmes that come with the service, by name. Raises Refused(programme_refused) if one is faulty."""
    return {path.name.removesuffix(".toml"): read_file(path.name) for path in _paths()}


def read_file(name: str) -> Programme:
    """The programme in one of the package's files."""
    return read_programme(name, text_of(name), shared_ladders())


def text_of(name: str) -> str:
    """The file as written."""
    return (FOLDER / name).read_text("utf-8")


def named(name: str) -> Programme:
    """The newest version of the programme called ``name``. Raises Refused(programme_unknown)."""
    known = programmes()
    if name not in known:
        raise Refused("programme_unknown", f"There is no programme {name!r}. Known: {', '.join(known)}.")
    return known[name]


def interventions() -> tuple[Programme, ...]:
    """The programmes that can begin as an intervention on a plan: those that end by one of their own steps."""
    return tuple(each for each in programmes().values() if each.ends and each.ends.after)


def for_cohort(cohort: Cohort) -> Programme:
    """The programme of a cohort. Raises Refused(programme_unknown) if none says it is for that one."""
    for programme in programmes().values():
        if programme.cohort is cohort:
            return programme
    raise Refused(
        "programme_unknown", f'No programme is for the {cohort} cohort. Give one of them cohort = "{cohort}".'
    )


def _paths() -> list[Any]:
    return sorted(
        (p for p in FOLDER.iterdir() if p.name.endswith(".toml") and p.name != LADDERS), key=lambda p: p.name
    )
