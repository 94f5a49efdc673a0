"""The cohort as a list, with filters and search. A search holds a name, so it is posted and no address has one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from iom.adapters.deeds import looks
from iom.adapters.store import cohort
from iom.adapters.store.cohort import CohortQuery, CohortRow
from iom.vocabulary import Cohort, Rag
from web.forms import Form
from web.sessions import PageVisit, SignedIn

router = APIRouter()

AT_ONCE = 40
FILTERS = ("cohort", "rag", "area", "overdue")


@dataclass(frozen=True)
class CohortPage:
    """Part of the cohort, with what it is narrowed to. ``after`` is where the next page begins, if there is one."""

    now: datetime
    rows: tuple[CohortRow, ...]
    form: Form
    after: str | None
    next_page: str | None
    areas: Sequence[str]
    cohorts: tuple[Cohort, ...] = tuple(Cohort)
    grades: tuple[Rag, ...] = tuple(Rag)


@router.get("/cases")
async def show(visit: SignedIn) -> Response:
    """The list as its address says."""
    asked = visit.request.query_params
    return await _page(
        visit, Form({name: asked.get(name, "").replace("\0", "") for name in (*FILTERS, "after")})
    )


@router.post("/cases")
async def search(visit: SignedIn) -> Response:
    """A search, or filters alone: those may stand in an address, so that a list can be kept and sent on."""
    if visit.form["q"]:
        return await _page(visit, visit.form)
    chosen = {name: visit.form[name] for name in FILTERS if visit.form[name]}
    return RedirectResponse("/cases" + (f"?{urlencode(chosen)}" if chosen else ""), 303)


async def _page(visit: PageVisit, form: Form) -> Response:
    wanted = CohortQuery(
        cohort=form.choice("cohort", Cohort),
        rag=form.choice("rag", Rag),
        area=form.text("area") or None,
        overdue=True if form["overdue"] else None,
        q=form.text("q") or None,
    )
    found = await looks.at_cohort(visit.conn, visit.by, wanted, AT_ONCE, form["after"] or None)
    after = found.rows[-1].ref if found.more else None
    chosen = {name: form[name] for name in FILTERS if form[name]}
    next_page = f"/cases?{urlencode(chosen | {'after': after})}" if after and not wanted.q else None
    areas = await cohort.areas(visit.conn)
    return visit.show("cohort.html", CohortPage(visit.now, found.rows, form, after, next_page, areas))
