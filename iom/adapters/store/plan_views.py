"""Plans as an administrator lists them: how far each log has come and its plan has read. Holds nothing personal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from iom.adapters.database import Connection


@dataclass(frozen=True)
class PlanRow:
    """The plan of one case. It is behind while ``acknowledged_seq`` is less than ``last_seq``."""

    case_id: UUID
    ref: str
    cohort: str | None
    rag: str | None
    opened_at: datetime
    closed_at: datetime | None
    last_seq: int
    acknowledged_seq: int
    open_steps: int


_READ = """
select cases.id as case_id, ref, cohort, rag, opened_at, closed_at, last_seq, acknowledged_seq,
       (select count(*) from step where step.case_id = cases.id and step.closed_at is null) as open_steps
from cases left join assessment on assessment.case_id = cases.id
"""


async def open_ones(conn: Connection) -> Sequence[PlanRow]:
    """The plan of every open case, oldest first."""
    async with conn.cursor(row_factory=class_row(PlanRow)) as cursor:
        found = await cursor.execute(f"{_READ} where closed_at is null order by opened_at, ref")
        return await found.fetchall()


async def of_case(conn: Connection, ref: str) -> PlanRow | None:
    """The plan of the case called ``ref``, open or closed."""
    async with conn.cursor(row_factory=class_row(PlanRow)) as cursor:
        return await (await cursor.execute(f"{_READ} where ref = %s", (ref,))).fetchone()
