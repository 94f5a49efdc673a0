"""What partners say before a review: one line each. Asking them for it is the plan's."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import class_row

from iom.adapters.database import Connection
from iom.programme import PARTNER_UPDATE

_FOR_REVIEW = """
select update.owner, account.name as by_name, update.result, said.note, update.outcome, said.reason
from step review
join step update on update.case_id = review.case_id and update.programme = review.programme
     and update.number = review.number and update.form = %(form)s
left join account on account.id = update.closed_by_id
left join lateral (
    select string_agg(reason, E'\\n' order by at, id) as reason, string_agg(note, E'\\n' order by at, id) as note
    from remark where step_id = update.id
) said on true
where review.id = %(review)s and review.case_id = %(case)s order by update.owner
"""


@dataclass(frozen=True)
class PartnerUpdate:
    """One partner's line; ``outcome`` is None while it is still waited for."""

    owner: str
    by_name: str | None
    result: str | None
    note: str | None
    outcome: str | None
    reason: str | None


async def for_review(conn: Connection, case_id: UUID, review_id: UUID) -> Sequence[PartnerUpdate]:
    """The updates asked for with this review of this case."""
    async with conn.cursor(row_factory=class_row(PartnerUpdate)) as cursor:
        asked = {"form": PARTNER_UPDATE, "review": review_id, "case": case_id}
        return await (await cursor.execute(_FOR_REVIEW, asked)).fetchall()
