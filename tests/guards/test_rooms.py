"""The house stays as the design draws it. Reads the source only; import-linter holds the arrows between rooms."""

import ast
import importlib
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
ROOMS = ("iom", "workflows", "activities", "web")
DOMAIN = [path for path in sorted((HOUSE / "iom").glob("*.py")) if path.name != "__main__.py"]
OUTSIDE = {
    "asyncio",
    "logging",
    "os",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
    "urllib",
}
"""Parts of the standard library that reach for a clock, chance or the world. (``random`` is used with a seed.)"""


def imports(source: Path) -> set[str]:
    """The top-level names a module imports."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_is_the_one_in_this_repository(room: str) -> None:
    assert importlib.import_module(room).__file__ == str(HOUSE / room / "__init__.py")


@pytest.mark.parametrize("source", DOMAIN, ids=lambda path: path.stem)
def test_the_domain_needs_the_standard_library_and_pydantic_only(source: Path) -> None:
    assert imports(source) <= (sys.stdlib_module_names - OUTSIDE) | {"pydantic", "pydantic_core", "iom"}


@pytest.mark.parametrize("source", DOMAIN, ids=lambda path: path.stem)
def test_the_domain_never_asks_what_time_it_is(source: Path) -> None:
    asked = {
        node.func.attr
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not asked & {"now", "utcnow", "today"}


@pytest.mark.parametrize("room", [*ROOMS, "tests"])
def test_every_module_says_in_one_line_what_it_is_for(room: str) -> None:
    silent = [
        str(path.relative_to(HOUSE))
        for path in (HOUSE / room).rglob("*.py")
        if not (ast.get_docstring(ast.parse(path.read_text())) or "").strip()
    ]
    assert silent == []
