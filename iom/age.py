"""Age in whole years, and from when on a person is an adult. Pure."""

from datetime import date

ADULT_AGE = 18
"""The scheme is for adults; the Youth Justice Service leads on children (domain.md §1.3)."""


def age_on(day: date, born: date) -> int:
    """Whole years on ``day``; negative before the birth. Born on 29 February: a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
