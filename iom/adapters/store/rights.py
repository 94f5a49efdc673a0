"""Corrections, who hears of them, and restrictions of processing: as rows. Row-level security says whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.rows import class_row

from iom.adapters.database import Connection
from iom.corrections import Field, Value

_KEYS = {
    "person": "id = (select person_id from cases where id = %(case)s)",
    "assessment": "case_id = %(case)s",
}


async def value_of(conn: Connection, case_id: UUID, field: Field) -> Any:
    """What stands in the field now."""
    statement = sql.SQL("select {} as now from {} where ").format(
        sql.Identifier(field.column), sql.Identifier(field.table)
    )
    row = await (await conn.execute(statement + sql.SQL(_KEYS[field.table]), {"case": case_id})).fetchone()
    assert row is not None, "whoever may correct a case sees it"
    return row["now"]


async def set_value(conn: Connection, case_id: UUID, field: Field, value: Value) -> None:
    """Puts the value there. An identifier that somebody else has raises psycopg's UniqueViolation."""
    statement = sql.SQL("update {} set {} = %(value)s where ").format(
        sql.Identifier(field.table), sql.Identifier(field.column)
    )
    written = await conn.execute(statement + sql.SQL(_KEYS[field.table]), {"case": case_id, "value": value})
    assert written.rowcount == 1, "row-level security hides no row from somebody who may correct it"


async def to_tell(conn: Connection, case_id: UUID, but: UUID) -> tuple[list[UUID], list[str]]:
    """Who was told of the case: accounts of its team and of disclosures, and recipients outside the service."""
    team = await conn.execute(
        "select distinct account_id from team_member where case_id = %s and account_id <> %s", (case_id, but)
    )
    accounts = {row["account_id"] async for row in team}
    outside = []
    told = await (await conn.execute("select fence.told_of(%s) as recipient", (case_id,))).fetchall()
    for row in told:
        inside = await _account_of(conn, row["recipient"])
        if inside is None:
            outside.append(row["recipient"])
        elif inside != but:
            accounts.add(inside)
    return sorted(accounts), sorted(outside)


async def _account_of(conn: Connection, recipient: str) -> UUID | None:
    """Who hears for a recipient of the record of looks: the account itself, or its agency's point of contact."""
    kind, _, said = recipient.partition(":")
    try:
        identity = UUID(said)
    except ValueError:
        return None
    if kind == "account":
        return identity
    found = await conn.execute("select point_of_contact_id as id from agency where id = %s", (identity,))
    row = await found.fetchone()
    return row["id"] if row and kind == "agency" else None


@dataclass(frozen=True)
class Notice:
    """That a value was corrected which somebody was told. It names the field and never the value."""

    id: UUID
    case_id: UUID
    ref: str
    field: str
    recipient: str | None
    at: datetime


async def notices_of(conn: Connection, account_id: UUID) -> Sequence[Notice]:
    """What this account has not acknowledged, the oldest first."""
    async with conn.cursor(row_factory=class_row(Notice)) as cursor:
        found = await cursor.execute(
            "select id, case_id, ref, field, recipient, at from correction_notice"
            " where account_id = %s and acknowledged_at is null order by at, id",
            (account_id,),
        )
        return await found.fetchall()


async def outside_of(conn: Connection, case_id: UUID) -> Sequence[Notice]:
    """Recipients outside the service whom nobody has told yet."""
    async with conn.cursor(row_factory=class_row(Notice)) as cursor:
        found = await cursor.execute(
            "select id, case_id, ref, field, recipient, at from correction_notice"
            " where case_id = %s and account_id is null and acknowledged_at is null order by at, id",
            (case_id,),
        )
        return await found.fetchall()


async def acknowledge(conn: Connection, notice_id: UUID, by: UUID, at: datetime) -> UUID | None:
    """Notes that a notice was read, or passed on; the case it is about, None if it is not theirs or not open.

    Somebody else's notice stays: only those to recipients outside are ticked off by whoever corrects records.
    """
    found = await conn.execute(
        "update correction_notice set acknowledged_at = %(at)s, acknowledged_by_id = %(by)s where id = %(id)s"
        " and acknowledged_at is null and (account_id = %(by)s or account_id is null) returning case_id",
        {"at": at, "by": by, "id": notice_id},
    )
    row = await found.fetchone()
    return row["case_id"] if row else None


@dataclass(frozen=True)
class Corrected:
    """A correction as those who see the case read it."""

    at: datetime
    by_name: str
    field: str
    was: str | None
    is_now: str | None
    reason: str


async def corrections_of(conn: Connection, case_id: UUID) -> Sequence[Corrected]:
    """The case's corrections, the newest first."""
    async with conn.cursor(row_factory=class_row(Corrected)) as cursor:
        found = await cursor.execute(
            "select at, account.name as by_name, field, was, is_now, reason from correction"
            " join account on account.id = by_id where case_id = %s order by at desc, correction.id",
            (case_id,),
        )
        return await found.fetchall()


@dataclass(frozen=True)
class Restriction:
    """That processing is restricted, since when and why."""

    since: datetime
    why: str


async def restriction_of(conn: Connection, case_id: UUID) -> Restriction | None:
    """The restriction in force."""
    async with conn.cursor(row_factory=class_row(Restriction)) as cursor:
        found = await cursor.execute(
            "select since, why from processing_restriction where case_id = %s and lifted_at is null",
            (case_id,),
        )
        return await found.fetchone()


async def lift(conn: Connection, case_id: UUID, by: UUID, at: datetime, why: str) -> bool:
    """Ends the restriction; False if there is none."""
    done = await conn.execute(
        "update processing_restriction set lifted_at = %s, lifted_by_id = %s, lifted_why = %s"
        " where case_id = %s and lifted_at is null",
        (at, by, why, case_id),
    )
    return done.rowcount > 0
