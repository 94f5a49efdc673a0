"""Forms that came when their session was over, kept for whoever wrote them. Shown to nobody else."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from iom.adapters.database import Connection


@dataclass(frozen=True)
class Kept:
    """A form as it was sent, and where to."""

    path: str
    fields: dict[str, str]
    kept_at: datetime


async def keep(conn: Connection, account_id: UUID, path: str, fields: dict[str, str], at: datetime) -> UUID:
    """Keeps a form; gives its id."""
    form_id = uuid4()
    await conn.execute(
        "insert into kept_form (id, account_id, path, fields, kept_at) values (%s, %s, %s, %s, %s)",
        (form_id, account_id, path, Jsonb(fields), at),
    )
    return form_id


async def one(conn: Connection, form_id: UUID, account_id: UUID, kept_after: datetime) -> Kept | None:
    """The form, if this person wrote it and it was not sent, thrown away or kept too long."""
    found = await conn.execute(
        "select path, fields, kept_at from kept_form"
        " where id = %s and account_id = %s and kept_at > %s and fields <> '{}'",
        (form_id, account_id, kept_after),
    )
    row = await found.fetchone()
    return Kept(row["path"], row["fields"], row["kept_at"]) if row else None


async def empty(conn: Connection, form_id: UUID, account_id: UUID) -> None:
    """Forgets what was typed."""
    await conn.execute(
        "update kept_form set fields = '{}' where id = %s and account_id = %s", (form_id, account_id)
    )
