"""Where cases stand on the retention clock, holds, reviews. Reads and writes; the clock itself is ``iom.retention``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from psycopg.rows import class_row

from iom.adapters.database import Connection
from iom.calendar import london_date
from iom.retention import Kept, RetentionDecision, Signed


@dataclass(frozen=True)
class KeptCase:
    """One case with what its clock turns on."""

    id: UUID
    ref: str
    closed_at: datetime | None
    left_at: datetime | None
    date_of_birth: date
    on_hold: bool
    is_erased: bool
    signed_at: datetime | None
    decision: str | None
    retention_group: int | None
    next_review_on: date | None

    @property
    def kept(self) -> Kept:
        """As the clock takes it: days in London."""
        signed = None
        if self.signed_at is not None:
            signed = Signed(
                london_date(self.signed_at),
                RetentionDecision(str(self.decision)),
                self.retention_group or 0,
                self.next_review_on,
            )
        left_on = london_date(self.left_at) if self.left_at else None
        return Kept(left_on, self.date_of_birth, self.on_hold, signed)


_KEPT = """
select cases.id, ref, closed_at, date_of_birth,
       coalesce((select max(at) from event where case_id = cases.id and kind in ('deselected', 'rejected')), closed_at)
           as left_at,
       exists (select from legal_hold where case_id = cases.id and lifted_at is null) as on_hold,
       exists (select from erasure where case_id = cases.id) as is_erased,
       said.signed_at, said.decision, said.retention_group, said.next_review_on
from cases join person on person.id = cases.person_id
left join lateral (
    select signed_at, decision, retention_group, next_review_on from retention_review
    where case_id = cases.id and signed_at is not null order by signed_at desc limit 1
) said on true
"""


async def one(conn: Connection, ref: str) -> KeptCase | None:
    """The case called ``ref``."""
    async with conn.cursor(row_factory=class_row(KeptCase)) as cursor:
        return await (await cursor.execute(f"{_KEPT} where ref = %s".encode(), (ref,))).fetchone()


async def all_left(conn: Connection) -> Sequence[KeptCase]:
    """Every case whose person has left the scheme and that is not erased."""
    query = f"select * from ({_KEPT}) kept where left_at is not null and not is_erased order by left_at, ref"
    async with conn.cursor(row_factory=class_row(KeptCase)) as cursor:
        return await (await cursor.execute(query.encode())).fetchall()


@dataclass(frozen=True)
class UnsignedReview:
    """A review that waits for somebody else's signature."""

    id: UUID
    reviewed_by_id: UUID
    decision: str


async def unsigned(conn: Connection, case_id: UUID) -> UnsignedReview | None:
    """The case's latest review, held until the transaction ends, if nobody has signed it."""
    async with conn.cursor(row_factory=class_row(UnsignedReview)) as cursor:
        found = await cursor.execute(
            "select id, reviewed_by_id, decision from retention_review"
            " where case_id = %s and signed_at is null order by reviewed_at desc limit 1 for update",
            (case_id,),
        )
        return await found.fetchone()


async def sign(conn: Connection, review_id: UUID, by: UUID, at: datetime) -> None:
    """Notes who signed the review."""
    await conn.execute(
        "update retention_review set signed_at = %s, signed_by_id = %s where id = %s", (at, by, review_id)
    )


async def drop_unsigned(conn: Connection, case_id: UUID) -> None:
    """A new review takes the place of one that nobody signed."""
    await conn.execute("delete from retention_review where case_id = %s and signed_at is null", (case_id,))


async def open_review_step(conn: Connection, case_id: UUID) -> UUID | None:
    """The plan's own open step that asks for this review (programme ``exit``)."""
    found = await conn.execute(
        "select id from step where case_id = %s and key = 'retention_review' and closed_at is null",
        (case_id,),
    )
    row = await found.fetchone()
    return row["id"] if row else None


async def lift_hold(conn: Connection, case_id: UUID, by: UUID, at: datetime, why: str) -> bool:
    """Ends the case's hold; False if there is none."""
    done = await conn.execute(
        "update legal_hold set lifted_at = %s, lifted_by_id = %s, lifted_why = %s"
        " where case_id = %s and lifted_at is null",
        (at, by, why, case_id),
    )
    return done.rowcount > 0
