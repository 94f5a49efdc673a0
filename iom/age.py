"""Age in whole years, and from when on a person is an adult. Pure."""

from datetime import date

from iom.refusals import Refused

ADULT_AGE = 18
"""The scheme is for adults; the Youth Justice Service leads on children (domain.md §1.3)."""

OLDEST = 110
"""Nobody on a scheme is older: such a date is a slip of the finger."""


def age_on(day: date, born: date) -> int:
    """Whole years on ``day``; negative before the birth. Born on 29 February: a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def check_birth(born: date, today: date) -> None:
    """Raises Refused with date_of_birth_in_future, date_of_birth_under_18 or date_of_birth_too_long_ago."""
    age = age_on(today, born)
    if born > today:
        raise Refused("date_of_birth_in_future", "This day is still to come. Correct it.")
    if age < ADULT_AGE:
        raise Refused(
            "date_of_birth_under_18",
            "This person is under 18: the Youth Justice Service leads on children. Leave them out, or correct the "
            "date.",
        )
    if age > OLDEST:
        raise Refused("date_of_birth_too_long_ago", f"Nobody is {age}. Correct the date.")
