"""Every route, table and letter names its tier. Reads the app's routes; starts nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import SQLModel

import iom.adapters.tables  # noqa: F401 - it is what fills the metadata
from iom.adapters.fences.rules import RULES, unfenced
from iom.adapters.letters.render import LetterKind
from iom.adapters.settings import Settings
from iom.tiers import LETTERS, ROUTES
from web.app import create_app

NOWHERE = "postgresql://127.0.0.1:9/none"


def paths(routes: Any, prefix: str = "") -> Iterator[str]:
    """Every path that is served, those of included routers too."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from paths(route.original_router.routes, prefix + route.include_context.prefix)
        else:
            yield prefix + route.path


@pytest.fixture(scope="module")
def served() -> set[str]:
    app = create_app(Settings(database_url=NOWHERE, door_database_url=NOWHERE, smtp_url="smtp://127.0.0.1:9"))
    return set(paths(app.routes))


def test_every_route_names_its_tier(served: set[str]) -> None:
    assert sorted(served - set(ROUTES)) == [], "name the tier of these routes in iom/tiers.py"


def test_no_tier_is_named_for_a_route_that_is_not_served(served: set[str]) -> None:
    assert sorted(set(ROUTES) - served) == []


def test_every_table_names_its_tier() -> None:
    assert unfenced(SQLModel.metadata.tables) == [], (
        "name the tier of these tables in iom/adapters/fences/rules.py"
    )
    assert sorted(set(RULES) - set(SQLModel.metadata.tables)) == []


def test_every_letter_names_its_tier() -> None:
    assert set(LETTERS) == set(LetterKind), "name the tier of each letter in iom/tiers.py"


def test_what_is_about_a_case_names_a_tier() -> None:
    of_a_case = {name for name, table in SQLModel.metadata.tables.items() if "case_id" in table.columns}
    assert sorted(name for name in of_a_case if RULES[name].tier is None) == ["erasure"]


def test_a_route_that_names_no_tier_is_found(served: set[str]) -> None:
    assert {"/cases/{ref}/secrets", *served} - set(ROUTES) == {"/cases/{ref}/secrets"}
