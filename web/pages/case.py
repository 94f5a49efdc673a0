"""A case: its plan, what will happen, and its timeline. Shows what there is; changing it has pages of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from iom.access import Deed, Sight, Tier, may, sight
from iom.adapters.deeds import access as requests
from iom.adapters.deeds import looks
from iom.adapters.programme_files import programmes
from iom.adapters.store import case_file
from iom.adapters.store.access import Waiting
from iom.adapters.store.case_file import CaseFile, Cover, PersonView
from iom.vocabulary import Role
from web.api import cursors
from web.deps import settings_of
from web.sessions import PageVisit, SignedIn
from web.telling import Day, by_day, foretell, is_told, tell

router = APIRouter()

Ref = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,20}$")]
"""A case's reference in an address."""

AT_ONCE = 50
"""Things on one page of the timeline."""
AHEAD = timedelta(days=92)
"""How far ahead the forecast tells: about three months."""


@dataclass(frozen=True)
class Action:
    """Something this person may do on the case, and where."""

    text: str
    href: str


@dataclass(frozen=True)
class Work:
    """An intervention by the name people read."""

    title: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class CasePage:
    """The case and its plan as they stand."""

    now: datetime
    case: CaseFile
    work: tuple[Work, ...]
    actions: tuple[Action, ...]
    ask: str
    """Whom to ask for more than this person sees."""
    waiting: tuple[Waiting, ...]
    """Who asks to be let in, for whoever decides on that; one click is good for so many days."""
    days: int
    sees_looks: bool
    """Whether they may read who has looked at it."""


@dataclass(frozen=True)
class Face:
    """Whose case it is, for the pages beside its first."""

    cover: Cover
    person: PersonView | None


@dataclass(frozen=True)
class ForecastPage:
    """What will happen on the case if nobody does anything more."""

    case: Face
    until: datetime
    days: tuple[Day, ...]


@dataclass(frozen=True)
class TimelinePage:
    """What has happened on the case, the newest first. ``further`` leads to what was before."""

    case: Face
    days: tuple[Day, ...]
    further: str | None


@router.get("/cases/{ref}")
async def show(ref: Ref, visit: SignedIn) -> Response:
    """Who it is about, how it stands, what is open."""
    case = await looks.at_case(visit.conn, visit.by, ref)
    work = tuple(Work(_title(each.programme), each.started_at, each.ended_at) for each in case.interventions)
    sees_looks = sight(visit.actor, Tier.CASE, case.cover.relation) is Sight.FULL
    view = CasePage(
        visit.now,
        case,
        work,
        actions=tuple(_actions(visit, case)),
        ask=_whom_to_ask(case),
        sees_looks=sees_looks,
        waiting=tuple(await requests.to_decide(visit.conn, visit.by, case.cover.id)),
        days=settings_of(visit.request).access_days,
    )
    return visit.show("case.html", view)


@router.get("/cases/{ref}/forecast")
async def forecast(ref: Ref, visit: SignedIn) -> Response:
    """The next three months, by day."""
    until = visit.now + AHEAD
    coming = await looks.at_forecast(visit.conn, visit.by, ref, until)
    view = ForecastPage(await _face(visit, ref), until, by_day(foretell(coming)))
    return visit.show("forecast.html", view)


@router.get("/cases/{ref}/timeline")
async def timeline(ref: Ref, visit: SignedIn, behind: str = "") -> Response:
    """What has happened, page by page."""
    place = cursors.at_moment(behind) if behind else None
    found = await looks.at_timeline(visit.conn, visit.by, ref, AT_ONCE, place)
    further = None
    if found.more:
        last = found.rows[-1]
        further = f"/cases/{ref}/timeline?behind={cursors.pack(last.at.isoformat(), last.place)}"
    days = by_day([tell(each) for each in found.rows if is_told(each)])
    return visit.show("timeline.html", TimelinePage(await _face(visit, ref), days, further))


async def _face(visit: PageVisit, ref: str) -> Face:
    """Who it is about. The look itself has been allowed and noted already."""
    cover = await case_file.cover(visit.conn, ref, visit.actor)
    assert cover is not None, "it was looked at just now"
    return Face(cover, await case_file.person(visit.conn, cover, visit.actor))


def _whom_to_ask(case: CaseFile) -> str:
    holders = {member.role: member.name for member in case.team}
    lead = holders.get(Role.LEAD_PROFESSIONAL) or holders.get(Role.COORDINATOR)
    return (
        f"If you need more for your work, ask {lead}." if lead else "If you need more, ask the coordinator."
    )


def _title(programme: str) -> str:
    known = programmes().get(programme.partition("@")[0])
    return known.title if known else programme


def _actions(visit: PageVisit, case: CaseFile) -> list[Action]:
    """What this person may do here now."""
    cover = case.cover
    role, on_team, at = visit.actor.role, cover.on_team, f"/cases/{cover.ref}"
    offered = RIGHTS if cover.closed_at is not None else (*_offered(cover), *RIGHTS)
    actions = [Action(text, at + path) for text, path, deed in offered if may(role, deed, on_team=on_team)]
    review = next((step for step in case.steps if step.form == "review"), None)
    if review is not None and may(role, Deed.HOLD_REVIEW, on_team=on_team):
        actions.insert(0, Action("Hold the review", f"{at}/reviews/{review.id}"))
    return actions


RIGHTS = (
    ("Correct the record", "/correction", Deed.CORRECT_RECORD),
    ("Restrict processing, or lift that", "/processing", Deed.RESTRICT_PROCESSING),
)
"""What is done on closed cases too."""


def _offered(cover: Cover) -> tuple[tuple[str, str, Deed], ...]:
    restrict = (
        "Lift the restriction" if cover.is_restricted else "Restrict to the team",
        "/restriction",
        Deed.RESTRICT_CASE,
    )
    team = ("Give a role on this case", "/team", Deed.CHANGE_TEAM)
    if cover.adopted_on is None:
        return ("Record the panel's decision", "/panel-decision", Deed.DECIDE_AT_PANEL), team, restrict
    return (
        ("Record custody or release", "/custody", Deed.RECORD_CUSTODY),
        ("Start an intervention", "/interventions", Deed.HOLD_REVIEW),
        team,
        restrict,
        ("Propose exit from the scheme", "/exit", Deed.HOLD_REVIEW),
        ("Record the panel's decision on exit", "/panel-decision", Deed.DECIDE_AT_PANEL),
    )
