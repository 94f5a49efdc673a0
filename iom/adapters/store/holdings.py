"""Rows on one person, table by table, found as ``iom.adapters.holdings`` says. Sees what the connection's role sees."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from sqlalchemy import Column
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import String
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from iom.adapters.database import Connection
from iom.adapters.holdings import HOLDINGS

SHORTEST_MARK = 4
"""Shorter surnames stand inside too many words to be looked for by themselves."""


@dataclass(frozen=True)
class Subject:
    """The person of one case: what their rows are found by. All of it but the ids is personal."""

    case_id: UUID
    person_id: UUID
    ref: str
    local_ref: str | None
    surname: str
    forenames: str
    date_of_birth: date
    identifiers: tuple[str, ...]
    opened_at: datetime
    closed_at: datetime | None

    @property
    def marks(self) -> tuple[str, ...]:
        """What gives this person away in a text: full name either way round, identifiers, a surname long enough."""
        first = self.forenames.split()[:1]
        names = [f"{each} {self.surname}" for each in (self.forenames, *first) if self.surname]
        names += [f"{self.surname}, {self.forenames}"] if self.surname else []
        names += [self.surname] if len(self.surname) >= SHORTEST_MARK else []
        numbers = [*self.identifiers, *([self.local_ref] if self.local_ref else [])]
        return tuple(dict.fromkeys([*names, *numbers]))

    def asked(self) -> dict[str, Any]:
        """The parameters of every holding's condition."""
        return {
            "case": self.case_id,
            "person": self.person_id,
            "ref": self.ref,
            "local_ref": self.local_ref,
            "marks": patterns(self.marks),
        }


_SUBJECT = """
select cases.id as case_id, person.id as person_id, ref, local_ref, surname, forenames, date_of_birth,
       array_remove(array[pnc_id, crn, noms_number], null) as identifiers, opened_at, closed_at
from cases join person on person.id = cases.person_id where ref = %s
"""


async def subject(conn: Connection, ref: str, *, held: bool = False) -> Subject | None:
    """The person of the case called ``ref``, the case ``held`` until the transaction ends if so asked."""
    statement = f"{_SUBJECT} for update" if held else _SUBJECT
    row = await (await conn.execute(statement.encode(), (ref,))).fetchone()
    return Subject(**{**row, "identifiers": tuple(row["identifiers"])}) if row else None


async def rows_of(conn: Connection, table: str, whose: Subject) -> Sequence[Mapping[str, Any]]:
    """This table's rows on the person, with the columns that are given out."""
    holding = HOLDINGS[table]
    columns = sql.SQL(", ").join(map(sql.Identifier, holding.given)) if holding.given else sql.SQL("*")
    statement = sql.SQL("select {} from {} where ").format(columns, sql.Identifier(table))
    condition = sql.SQL(holding.rows)  # our own text
    return await (await conn.execute(statement + condition, whose.asked())).fetchall()


async def delete_rows(conn: Connection, table: str, whose: Subject) -> int:
    """Deletes this table's rows on the person; returns how many there were."""
    condition = sql.SQL(HOLDINGS[table].rows)  # our own text
    statement = sql.SQL("delete from {} where ").format(sql.Identifier(table)) + condition
    return (await conn.execute(statement, whose.asked())).rowcount


def patterns(marks: Iterable[str]) -> list[str]:
    """The marks as LIKE looks for them anywhere in a text."""
    return [f"%{mark.translate(_ESCAPED)}%" for mark in marks]


_ESCAPED = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


@dataclass(frozen=True)
class Trace:
    """A column in which something of the person still stands, and in how many rows."""

    table: str
    column: str
    rows: int


async def traces(conn: Connection, marks: Sequence[str]) -> list[Trace]:
    """Every column of text, in any table, in which one of the marks stands. Reads all of every table: rarely."""
    found = []
    for table in sorted(SQLModel.metadata.tables.values(), key=lambda each: each.name):
        for column in filter(_holds_text, table.columns):
            rows = await _rows_with(conn, table.name, column.name, marks)
            found += [Trace(table.name, column.name, rows)] if rows else []
    return found


def _holds_text(column: Column[Any]) -> bool:
    return isinstance(column.type, AutoString | String | ARRAY | JSONB)


async def _rows_with(conn: Connection, table: str, column: str, marks: Sequence[str]) -> int:
    statement = sql.SQL("select count(*) as rows from {} where {}::text ilike any(%s::text[])").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    row = await (await conn.execute(statement, (patterns(marks),))).fetchone()
    return int(row["rows"]) if row else 0
