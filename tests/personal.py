"""Every personal value and every free text that stands in a database, for searching what must not hold any."""

from datetime import date

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
