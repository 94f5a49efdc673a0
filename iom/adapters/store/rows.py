"""Writing table rows: the one INSERT that fits every table of ``tables``. Reading is each module's own."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import inspect
from sqlmodel import SQLModel

from iom.adapters.database import Connection


async def insert(conn: Connection, *rows: SQLModel) -> None:
    """Inserts rows of one table. A broken rule of the table raises psycopg's IntegrityError."""
    if len(rows) == 1:
        await conn.execute(_statement(type(rows[0])), _values(rows[0]))
    elif rows:
        async with conn.cursor() as cursor:
            await cursor.executemany(_statement(type(rows[0])), [_values(row) for row in rows])


async def insert_new(conn: Connection, rows: Sequence[SQLModel], unique: str) -> int:
    """Inserts those rows whose ``unique`` column is not taken yet; returns how many that were."""
    written = 0
    for row in rows:
        statement = _statement(type(row)) + f' on conflict ("{unique}") do nothing'.encode()
        written += (await conn.execute(statement, _values(row))).rowcount
    return written


@cache
def _statement(table: type[SQLModel]) -> bytes:
    """Made once for each table: putting it together takes longer than running it."""
    columns = _columns(table)
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(str(table.__tablename__)),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
    )
    return statement.as_bytes()


@cache
def _columns(table: type[SQLModel]) -> list[str]:
    columns = inspect(table).columns
    return [column.name for column in columns if not (column.autoincrement is True and column.primary_key)]


def _values(row: SQLModel) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _columns(type(row))}
    return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in values.items()}
