"""Every table says what it holds on a person, what erasure does to it, and stands so in the documents. Reads only."""

from sqlmodel import SQLModel

import iom.adapters.tables  # noqa: F401 - it is what fills the metadata
from iom.adapters.fences.rules import RULES
from iom.adapters.holdings import HOLDINGS, NOT_HELD, Fate, unsaid
from tests.guards.documents import HOUSE, Document

TABLES = {table.name: frozenset(table.columns.keys()) for table in SQLModel.metadata.sorted_tables}
OF_THEIR_OWN = ("remark", "note")
"""Tables whose rows each carry a tier."""


def test_every_table_says_what_it_holds_on_a_person_or_that_it_holds_nothing() -> None:
    assert unsaid(TABLES) == []
    assert set(HOLDINGS) <= set(TABLES)
    assert not set(HOLDINGS) & set(NOT_HELD)


def test_a_new_table_about_a_case_is_missed() -> None:
    assert unsaid({**TABLES, "diary": frozenset({"case_id"})}) == ["diary"]
    assert unsaid({**TABLES, "account": frozenset({"person_id"})}) == ["account"]


def test_what_is_kept_says_why() -> None:
    assert [table for table, each in HOLDINGS.items() if each.fate is Fate.KEPT and not each.why] == []


def test_the_documents_say_of_every_table_what_the_code_does() -> None:
    rows = Document(HOUSE / "docs" / "information-governance.md").rows("Table")
    told = {row[0].strip("`"): (row[1], row[2], row[3]) for row in rows}
    assert told == {
        table: (
            "own" if table in OF_THEIR_OWN else str(RULES[table].tier or ""),
            each.what,
            f"{each.fate}: {each.why}" if each.why else str(each.fate),
        )
        for table, each in HOLDINGS.items()
    }
