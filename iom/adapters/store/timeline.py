"""What has happened on a case, newest first: its log with names and titles, and its letters among it. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from iom.adapters.database import Connection
from iom.events import Scalar


class Fate(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    IN_DIGEST = "in_digest"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class LetterView:
    """A letter: its kind, who was to read it, and what became of it."""

    kind: str
    reader_name: str
    reader_agency: str
    fate: Fate


@dataclass(frozen=True)
class Happening:
    """One thing on the timeline: an entry of the log, or a letter.

    ``place`` orders what happened at one moment. ``by_name`` is None where the plan itself acted. ``words`` is what
    people wrote with it: a reason, a note, a review's summary. ``member_name`` is who got a role on the team.
    """

    at: datetime
    place: str
    kind: str
    seq: int | None
    by_name: str | None
    by_role: str | None
    by_agency: str | None
    step_id: UUID | None
    step_title: str | None
    step_owner: str | None
    member_name: str | None
    words: str | None
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    letter: LetterView | None = None


_EVENTS = """
select event.at, '2' || lpad(event.seq::text, 12, '0') as place, event.kind, event.seq, author.name as by_name,
       author.role as by_role, employer.name as by_agency, step.id as step_id, step.title as step_title,
       step.owner as step_owner, member.name as member_name, event.data as facts,
       case when event.kind = 'review_held' then review.summary
            when remark.id is not null then concat_ws(' ', remark.reason, remark.note)
            when event.kind = 'nominated' then nomination.why
            when event.kind in ('adopted', 'rejected', 'deferred', 'deselected') then decision.reason end as words,
       null as reader_name, null as reader_agency, null as fate
from event
left join account author on author.id = event.by_id
left join agency employer on employer.id = author.agency_id
left join step on step.id = (event.data ->> 'step')::uuid
left join account member on member.id = (event.data ->> 'account')::uuid
left join review on review.step_id = step.id
left join remark on remark.step_id = step.id and remark.at = event.at
left join nomination on nomination.case_id = event.case_id
left join lateral (select reason from panel_decision where case_id = event.case_id and decided_at = event.at limit 1)
    decision on true
where event.case_id = %(case)s and (%(whole)s or event.by_id = %(account)s)
"""

_LETTERS = """
select coalesce(letter.sent_at, letter.refused_at, letter.unknown_at, letter.withdrawn_at, letter.written_at) as at,
       '1' || letter.id::text as place, 'letter_' || letter.kind as kind, null as seq, null as by_name,
       null as by_role, null as by_agency, step.id as step_id, step.title as step_title, step.owner as step_owner,
       null as member_name, jsonb_build_object() as facts, null as words, reader.name as reader_name,
       employer.name as reader_agency,
       case when letter.sent_at is not null then 'sent' when letter.refused_at is not null then 'refused'
            when letter.unknown_at is not null then 'unknown' when letter.withdrawn_at is not null then 'withdrawn'
            when digest.sent_at is not null then 'sent' when letter.in_digest then 'in_digest'
            else 'waiting' end as fate
from letter
join account reader on reader.id = letter.account_id
join agency employer on employer.id = reader.agency_id
left join step on step.id = letter.step_id
left join letter digest on digest.id = letter.digest_id
where letter.case_id = %(case)s
"""

_PAGE = f"""
select * from ({_EVENTS} union all {_LETTERS}) happening {{behind}}
order by at desc, place desc limit %(limit)s
"""
_BEHIND = "where (at, place) < (%(at)s, %(place)s)"


@dataclass(frozen=True)
class Reader:
    """Who reads the timeline: ``whole`` if they see the case tier, else what they themselves recorded, and letters."""

    account_id: UUID
    whole: bool


async def read(
    conn: Connection, case_id: UUID, reader: Reader, limit: int, behind: tuple[datetime, str] | None = None
) -> Sequence[Happening]:
    """At most ``limit`` things, newest first, from behind (``at``, ``place``) of the last one of the page before."""
    at, place = behind or (None, None)
    asked = {"account": reader.account_id, "whole": reader.whole}
    statement = _PAGE.format(behind=_BEHIND if behind else "")
    found = await conn.execute(
        statement, {"case": case_id, "limit": limit, "at": at, "place": place, **asked}
    )
    return [_happening(row) async for row in found]


def _happening(row: dict[str, Any]) -> Happening:
    reader, agency, fate = row.pop("reader_name"), row.pop("reader_agency"), row.pop("fate")
    letter = None
    if fate:
        letter = LetterView(row["kind"].removeprefix("letter_"), reader, agency, Fate(fate))
    return Happening(**{**row, "words": row["words"] or None}, letter=letter)
