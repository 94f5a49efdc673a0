"""A review as a calendar entry: time and reference, nothing else. It asks for no answer, as nobody reads replies."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from icalendar import Calendar, Event, Timezone, vCalAddress

from iom.calendar import LONDON

LENGTH = timedelta(minutes=30)
"""Time set aside in the reader's calendar. A case takes 3 to 6 minutes of a conference (domain.md §6.2)."""

_LONDON_CLOCK = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:DAYLIGHT
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


@dataclass(frozen=True)
class Invitation:
    """One review. ``step`` never changes, and ``sequence`` grows with each new date, so calendars move the entry."""

    step: UUID
    sequence: int
    case_ref: str
    starts_at: datetime
    link: str

    def ics(self, organizer: str, attendee: str, at: datetime) -> bytes:
        """The iTIP request (RFC 5546) in UTF-8. Addresses are bare; ``at`` is when it is written, aware UTC."""
        calendar = Calendar()
        calendar.add("prodid", "-//Partner Actions//Review//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "REQUEST")
        calendar.add_component(Timezone.from_ical(_LONDON_CLOCK))
        calendar.add_component(self._event(organizer, attendee, at))
        ics: bytes = calendar.to_ical()
        return ics

    def _event(self, organizer: str, attendee: str, at: datetime) -> Event:
        starts_at = self.starts_at.astimezone(LONDON)
        event = Event()
        event.add("uid", str(self.step))
        event.add("sequence", self.sequence)
        event.add("dtstamp", at)
        event.add("dtstart", starts_at)
        event.add("dtend", starts_at + LENGTH)
        event.add("summary", f"Review – ref {self.case_ref}")
        event.add("description", f"Sign in to see it: {self.link}")
        event.add("class", "PRIVATE")
        event.add("status", "CONFIRMED")
        event.add("organizer", vCalAddress(f"mailto:{organizer}"))
        reader = vCalAddress(f"mailto:{attendee}")
        reader.params["RSVP"] = "FALSE"
        event.add("attendee", reader)
        return event
