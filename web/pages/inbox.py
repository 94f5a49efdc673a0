"""The demo's inbox: each letter as its reader sees it. There is no such page where letters go to real people."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from icalendar import Calendar
from starlette.responses import HTMLResponse, Response

from iom.adapters.inbox import InboxLetter, read_inbox
from iom.refusals import Refused
from web.deps import settings_of
from web.sessions import PageVisit, SignedIn
from web.walls import policy

router = APIRouter()

AT_ONCE = 100
LetterId = Annotated[str, Path(pattern=r"^[0-9]{1,30}$")]

AS_SENT = policy(
    style_src="'unsafe-inline'", frame_ancestors="'self'", sandbox="allow-top-navigation-by-user-activation"
)
"""A letter has its own inline styles, and nothing else: it stands in a frame of its own, without scripts or forms."""


@dataclass(frozen=True)
class InboxPage:
    """The letters, newest first."""

    letters: Sequence[InboxLetter]


@dataclass(frozen=True)
class Invitation:
    """A calendar entry that came with a letter."""

    summary: str
    starts_at: datetime
    ends_at: datetime
    sequence: int


@dataclass(frozen=True)
class LetterPage:
    """One letter."""

    letter: InboxLetter
    invitation: Invitation | None


@router.get("/inbox")
async def show(visit: SignedIn) -> Response:
    """Every letter."""
    return visit.show("inbox.html", InboxPage(await _letters(visit)))


@router.get("/inbox/{letter_id}")
async def one(letter_id: LetterId, visit: SignedIn) -> Response:
    """One letter: its text, its HTML in a frame, its calendar entry in words."""
    letter = await _letter(visit, letter_id)
    view = LetterPage(letter, read_invitation(letter.ics) if letter.ics else None)
    answer = visit.show("letter.html", view)
    answer.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    return answer


@router.get("/inbox/{letter_id}/html")
async def as_sent(letter_id: LetterId, visit: SignedIn) -> Response:
    """The letter's HTML as sent; its links lead the whole page there, not the frame."""
    letter = await _letter(visit, letter_id)
    html = letter.html.replace("<head>", '<head>\n<base target="_top">', 1)
    return HTMLResponse(html, headers={"Content-Security-Policy": AS_SENT})


def read_invitation(ics: str) -> Invitation | None:
    """What a calendar would show of the entry."""
    for event in Calendar.from_ical(ics).walk("VEVENT"):
        starts_at, ends_at = event.decoded("dtstart"), event.decoded("dtend")
        return Invitation(str(event["summary"]), starts_at, ends_at, int(str(event["sequence"])))
    return None


async def _letters(visit: PageVisit) -> Sequence[InboxLetter]:
    """Raises Refused(inbox_not_found) where letters go to real people."""
    folder = settings_of(visit.request).inbox_dir
    if folder is None:
        raise Refused("inbox_not_found", "There is nothing at this address. Check it.")
    return await asyncio.to_thread(read_inbox, folder, AT_ONCE)


async def _letter(visit: PageVisit, letter_id: str) -> InboxLetter:
    for letter in await _letters(visit):
        if letter.id == letter_id:
            return letter
    raise Refused("letter_not_found", "This letter is not among the newest in the inbox.")
