"""Looking: reads of people's data for those who may see it, each leaving one line in the record of looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from iom.access import Deed, Sight, Tier, may, sight
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.store import case_file, cohort, folded, step_views, steps, timeline
from iom.adapters.store.asker import Asker
from iom.adapters.store.case_file import CaseFile, Cover
from iom.adapters.store.cohort import CohortQuery, CohortRow
from iom.adapters.store.step_views import StepView
from iom.adapters.store.steps import ListedStep
from iom.adapters.store.timeline import Happening, Reader
from iom.forecast import Foreseen
from iom.refusals import Refused

Row = TypeVar("Row")
CONSULT = "consult"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Part of a list; ``more`` if there is more behind its last row."""

    rows: tuple[Row, ...]
    more: bool

    @classmethod
    def of(cls, found: Sequence[Row], limit: int) -> "Page[Row]":
        """From up to ``limit`` + 1 rows found."""
        return cls(tuple(found[:limit]), len(found) > limit)


async def at_cohort(
    conn: Connection, by: By, wanted: CohortQuery, limit: int, after: str | None = None
) -> Page[CohortRow]:
    """The cases this person may see, by surname, from behind the one called ``after``."""
    found = await cohort.listed(conn, Asker(by.actor), wanted, by.now, limit + 1, after)
    page = Page.of(found, limit)
    await _note_list(conn, by, [row.ref for row in page.rows], "search" if wanted.q else "cohort", wanted.q)
    return page


async def at_case(conn: Connection, by: By, ref: str, purpose: str = "case") -> CaseFile:
    """The whole case; ``purpose`` is what it is opened for. Raises Refused(case_not_found)."""
    return await case_file.whole(conn, await at_cover(conn, by, ref, purpose), by.actor)


async def at_timeline(
    conn: Connection, by: By, ref: str, limit: int, behind: tuple[datetime, str] | None = None
) -> Page[Happening]:
    """What has happened on the case, newest first. Raises Refused(case_not_found)."""
    cover = await at_cover(conn, by, ref, "timeline")
    reader = Reader(by.actor.account_id, sight(by.actor, Tier.CASE, cover.relation) is Sight.FULL)
    return Page.of(await timeline.read(conn, cover.id, reader, limit + 1, behind), limit)


async def at_forecast(conn: Connection, by: By, ref: str, until: datetime) -> Sequence[Foreseen]:
    """What will happen on the case if nobody does anything more.

    Raises Refused with case_not_found, or case_tier_needed: the plan ahead is of the case tier.
    """
    cover = await at_cover(conn, by, ref, "forecast")
    if sight(by.actor, Tier.CASE, cover.relation) is not Sight.FULL:
        raise Refused(
            "case_tier_needed",
            "What will happen is shared with those who hold the plan. Your own steps are on the case; for more, ask "
            "the lead professional.",
        )
    return await folded.foreseen(conn, cover.id, until)


async def at_steps(
    conn: Connection,
    by: By,
    *,
    mine: bool,
    limit: int,
    overdue: bool = False,
    after: tuple[datetime, UUID] | None = None,
    beside: Sequence[str] = (),
) -> Page[ListedStep]:
    """Open steps that do not rest, soonest due first: this person's own if ``mine``, else all they may see.

    ``beside`` are the cases that the same page shows for another reason: one look names them all.
    """
    found = await steps.listed(
        conn,
        Asker(by.actor),
        mine=mine,
        due_before=by.now if overdue else None,
        after=after,
        limit=limit + 1,
    )
    page = Page.of(found, limit)
    await _note_list(conn, by, [*(row.case_ref for row in page.rows), *beside], "steps")
    return page


async def at_step(conn: Connection, by: By, step_id: UUID) -> StepView:
    """One step, open or closed. Raises Refused(step_not_found)."""
    step = await step_views.one(conn, step_id, by.actor)
    if step is None or not may(
        by.actor.role, Deed.SEE_CASE, on_team=step.on_team, is_restricted=step.is_restricted
    ):
        raise Refused("step_not_found", "There is no such step among those you can see. Check the address.")
    await by.note(conn, CONSULT, f"step:{step_id}", step.case_id, "step")
    return step


async def at_cover(conn: Connection, by: By, ref: str, purpose: str) -> Cover:
    """The cover of the case, opened for this purpose. Raises Refused(case_not_found)."""
    cover = await case_file.cover(conn, ref, by.actor)
    if cover is None or not may(
        by.actor.role, Deed.SEE_CASE, on_team=cover.on_team, is_restricted=cover.is_restricted
    ):
        raise Refused("case_not_found", "There is no such case among those you can see. Check the reference.")
    await by.note(conn, CONSULT, f"case:{ref}", cover.id, purpose)
    return cover


async def _note_list(
    conn: Connection, by: By, shown: Sequence[str], purpose: str, terms: str | None = None
) -> None:
    """One line that names everybody shown. Only a list that nobody searched and that showed nobody leaves none."""
    if shown or terms:
        thing = f"cases:{','.join(dict.fromkeys(shown))}"
        await by.note(conn, CONSULT, thing, None, purpose, terms=terms)
