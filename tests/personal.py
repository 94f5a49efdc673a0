"""Every personal value and every free text that stands in a database, for searching what must not hold any.

And what may not stand in a letter whoever it is about (domain.md §5.7).
"""

import re
from datetime import date
from email.message import EmailMessage

from iom.adapters.database import Connection

COLUMNS = {
    "person": (
        "surname", "forenames", "date_of_birth", "ethnicity", "pnc_id", "crn", "noms_number", "postcode_district",
    ),
    "account": ("email", "name"),
    "cases": ("local_ref",),
    "whereabouts": ("establishment",),
    "assessment": ("index_offence", "notes"),
    "nomination": ("why", "evidence"),
    "panel_decision": ("reason", "dissent"),
    "review": ("summary",),
    "remark": ("reason", "note"),
}  # fmt: skip
"""Tables and columns that hold what only people allowed to may read."""

FORBIDDEN = re.compile(
    r"\b(?:\d{2,4}/\d{5,7}[A-Z]|[A-Z]\d{6}|[A-Z]\d{4}[A-Z]{2}"  # PNC id, CRN, NOMS number
    r"|red|amber|green|blue|fixed|flex|free|cohort|grade|iom|offend\w*|offence\w*|nominal|licen[cs]e|recall\w*"
    r"|police|probation|prison\w*|custody|court|sentence\w*|drugs?|alcohol|treatment|clinic\w*|health|mental|victim\w*"
    r"|marac|mappa|vip|dip|keywork\w*|housing|panel|arrest\w*)\b",
    re.IGNORECASE,
)
"""Identifiers by their form; grades, cohorts, agencies, health, drugs and schemes by their words."""

NAMES = ("forenames", "surname", "name")
TOO_SHORT_TO_TELL = 4


async def personal_values(conn: Connection) -> set[str]:
    """All of them as text, each name also by its parts; those too short to mean anything are left out."""
    found: set[str] = set()
    for table, columns in COLUMNS.items():
        rows = await conn.execute(f"select {', '.join(columns)} from {table}")  # noqa: S608 - our own names
        async for row in rows:
            for column, value in row.items():
                text = value.isoformat() if isinstance(value, date) else str(value or "")
                found |= {text, *(text.split() if column in NAMES else ())}
    return {text for text in found if len(text) >= TOO_SHORT_TO_TELL}


def found_in(content: bytes, values: set[str]) -> set[str]:
    """Which of the values stand in the content, as UTF-8 or escaped as JSON does."""
    lowered = content.lower()
    return {
        value
        for value in values
        if value.lower().encode() in lowered or value.encode("unicode_escape").lower() in lowered
    }


def forbidden_in(letter: EmailMessage, values: set[str]) -> set[str]:
    """What stands in the letter's subject or any of its parts, attachments and their names too, and may not."""
    parts = [part for part in letter.walk() if not part.is_multipart()]
    said = "\n".join(
        [letter["Subject"], *(f"{part.get_filename() or ''}\n{_content(part)}" for part in parts)]
    )
    values = {value for value in values if value not in letter["To"]} - {
        "Review"
    }  # as an invitation must say
    return found_in(said.encode(), values) | {match.group() for match in FORBIDDEN.finditer(said)}


def _content(part: EmailMessage) -> str:
    content = part.get_content()
    return content.decode() if isinstance(content, bytes) else str(content)
