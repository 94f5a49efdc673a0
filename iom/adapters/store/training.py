"""The demo's training case, whose days are minutes. Real schemes have none."""

from dataclasses import dataclass
from uuid import UUID

from iom.adapters.database import Connection
from iom.adapters.store.working_on import works_on

LOCAL_REF = "TRAINING"

_FIND = f"""
select id, ref, {works_on("cases.id", "%s")} as on_team
from cases where local_ref = %s and closed_at is null
"""


@dataclass(frozen=True)
class TrainingCase:
    """The open training case. ``on_team`` says whether the asker works on it."""

    id: UUID
    ref: str
    on_team: bool


async def was_opened(conn: Connection) -> bool:
    """Whether there ever was one, be it closed by now."""
    found = await conn.execute(
        "select exists (select from cases where local_ref = %s) as opened", (LOCAL_REF,)
    )
    row = await found.fetchone()
    return row is not None and bool(row["opened"])


async def find(conn: Connection, account_id: UUID) -> TrainingCase | None:
    """The training case, if there is one. ``account_id`` is who asks."""
    found = await conn.execute(_FIND, (account_id, LOCAL_REF))
    row = await found.fetchone()
    return TrainingCase(**row) if row else None
