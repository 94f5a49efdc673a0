"""The queries in the runbook are ones that the record answers. Changes nothing: each is undone."""

import re
from pathlib import Path

import psycopg
import pytest

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
QUERIES = re.findall(r"^```sql\n(.*?)^```$", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL)


def test_the_runbook_has_queries() -> None:
    assert len(QUERIES) >= 4


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: " ".join(query.split()[:5]))
def test_the_record_answers(query: str, database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        for statement in filter(str.strip, query.split(";")):
            conn.execute(statement.encode())
        conn.rollback()
