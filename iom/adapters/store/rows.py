"""Writing table rows: the one INSERT that fits every table of ``tables``. Reading is each module's own."""

from collections.abc import Sequence
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import inspect
from sqlmodel import SQLModel

from iom.adapters.database import Connection


async def insert(conn: Connection, *rows: SQLModel) -> None:
    """Inserts rows of one table. A broken rule of the table raises psycopg's IntegrityError."""
    if rows:
        async with conn.cursor() as cursor:
            await cursor.executemany(_statement(type(rows[0])), [_values(row) for row in rows])


async def insert_new(conn: Connection, rows: Sequence[SQLModel], unique: str) -> int:
    """Inserts those rows whose ``unique`` column is not taken yet; returns how many that were."""
    written = 0
    for row in rows:
        statement = _statement(type(row)) + sql.SQL(" on conflict ({}) do nothing").format(
            sql.Identifier(unique)
        )
        written += (await conn.execute(statement, _values(row))).rowcount
    return written


def _statement(table: type[SQLModel]) -> sql.Composed:
    columns = _columns(table)
    return sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(str(table.__tablename__)),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
    )


def _columns(table: type[SQLModel]) -> list[str]:
    columns = inspect(table).columns
    return [column.name for column in columns if not (column.autoincrement is True and column.primary_key)]


def _values(row: SQLModel) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _columns(type(row))}
    return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in values.items()}
