"""What may stand in a cell of an exported file, so that no spreadsheet takes it for a formula. Pure."""

BEGIN_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets run instead of show, at the beginning of a cell (OWASP, "CSV injection")."""


def harmless(value: object) -> str:
    """The value as a cell: None is empty, and what would begin a formula has an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(BEGIN_A_FORMULA) else text
