"""The SQL that fences are made of: who sees a row's case, who may do a deed. Writes text; runs none."""

from collections.abc import Iterable

from iom.access import Deed, Sight, Tier


def sees(*wanted: tuple[Tier, Sight], case: str = "case_id") -> str:
    """Rows of cases on which they have one of these sights."""
    sights = [f"{tier}:{sight}" for tier, sight in wanted]
    everywhere = f"(select fence.sees_all({_array(f'{each}:all' for each in sights)}))"
    is_walled = f"{case} in (select fence.walled())"
    if case == "cases.id":
        is_walled = "(cases.restricted_at is not null or cases.id in (select fence.limited()))"
    return f"(({everywhere} and not {is_walled}) or {case} in (select fence.seen({_array(sights)})))"


def may(*deeds: Deed) -> str:
    """They may do one of these deeds today."""
    return f"(select fence.may({_array(deeds)}))"


def _array(words: Iterable[str]) -> str:
    return f"'{{{','.join(words)}}}'"


def both(*expressions: str) -> str:
    return " and ".join(f"({each})" for each in expressions)


def either(*expressions: str) -> str:
    return " or ".join(f"({each})" for each in expressions)


def mine(column: str = "account_id") -> str:
    """Rows of their own."""
    return f"{column} = (select fence.me())"
