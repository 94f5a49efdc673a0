"""For every table: its tier, who signed in reads and writes which rows, and what the door may. Data; runs no SQL.

An expression is asked of each row, as ``iom_app``. What it does not name is refused. ``fences`` puts these up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iom.access import Deed, Sight, Tier

SIGNED_IN = "(select fence.me()) is not null"
NOBODY = "false"


@dataclass(frozen=True)
class Rule:
    """One table's fence. ``tier`` is None where nothing is about a person on the scheme.

    ``read``, ``insert`` and ``update`` are SQL expressions; ``shown`` and ``changed`` the columns they are good for,
    all if empty. What is to be updated must be readable as well: PostgreSQL asks both. ``door`` is what may be done
    before anybody is signed in, as grants.
    """

    tier: Tier | None
    read: str
    insert: str = NOBODY
    update: str = NOBODY
    shown: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    door: tuple[str, ...] = ()


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


def _while_opening(expression: str = may(Deed.NOMINATE)) -> str:
    return both(expression, "fence.opening(case_id)")


def _mine(column: str = "account_id") -> str:
    return f"{column} = (select fence.me())"


T1_FULL, T1_OWN = (Tier.LOGISTICS, Sight.FULL), (Tier.LOGISTICS, Sight.OWN)
T2_FULL, T2_OWN, COUNTS = (Tier.CASE, Sight.FULL), (Tier.CASE, Sight.OWN), (Tier.CASE, Sight.PSEUDONYM)

ON_CASE = sees(T1_FULL, T1_OWN)
CASE_TIER = sees(T2_FULL)
COUNTED = sees(T2_FULL, COUNTS)
LET_IN = sees(T1_FULL, T1_OWN, COUNTS)
OPEN_CASE = sees(T1_FULL, T1_OWN, COUNTS, case="cases.id")

STEP = either(
    both("owner <> 'mentor'", sees(T1_FULL)),
    both("owner = 'mentor'", sees((Tier.NAVIGATOR, Sight.OWN))),
    "fence.owns(case_id, owner)",
)
"""A navigator's steps are in confidence with them; all others are logistics. What is yours to do, you see."""

WORDS = either(
    both("tier = 'T2'", CASE_TIER),
    both("tier = 'T4'", sees((Tier.HEALTH, Sight.OWN)), "agency_id = (select fence.agency())"),
    both("tier = 'T5'", sees((Tier.NAVIGATOR, Sight.OWN)), "agency_id = (select fence.agency())"),
    both(_mine("by_id"), ON_CASE),
)
"""What is written with an answer: the case's, or its service's own."""

_NAMED = sees((Tier.EXISTENCE, Sight.FULL), case="cases.id")
PERSON = f"exists (select from cases where cases.person_id = person.id and {_NAMED})"

RULES: Mapping[str, Rule] = {
    "agency": Rule(None, SIGNED_IN, door=("select", "insert", "update")),
    "agreement": Rule(None, SIGNED_IN, door=("select",)),
    "account": Rule(
        None,
        SIGNED_IN,
        shown=("id", "email", "name", "agency_id", "role", "manager_id", "joined_at", "left_at"),
        door=("select", "insert", "update"),
    ),
    "session": Rule(
        None,
        _mine(),
        update=_mine(),
        shown=("id", "account_id", "how", "began_at", "seen_at", "until", "ended_at", "address", "agent"),
        changed=("ended_at",),
        door=("select", "insert", "update"),
    ),
    "api_token": Rule(
        None, _mine(), shown=("account_id", "made_at", "revoked_at"), door=("select", "insert", "update")
    ),
    "second_factor": Rule(None, NOBODY, door=("select", "insert", "update", "delete")),
    "recovery_code": Rule(None, NOBODY, door=("select", "insert", "update", "delete")),
    "half_sign_in": Rule(None, NOBODY, door=("select", "insert", "update")),
    "sign_in_link": Rule(None, NOBODY, door=("select", "insert", "update")),
    "sign_in_try": Rule(None, NOBODY, door=("select", "insert", "update")),
    "directory_attempt": Rule(None, NOBODY, door=("select", "insert", "update", "delete")),
    "directory_identity": Rule(None, NOBODY, door=("select", "insert")),
    "kept_form": Rule(Tier.CASE, _mine(), update=_mine(), changed=("fields",), door=("insert",)),
    "staff_change": Rule(None, may(Deed.MANAGE_ACCOUNTS), door=("select", "insert")),
    "programme": Rule(None, SIGNED_IN),
    "person": Rule(
        Tier.EXISTENCE, PERSON, insert=may(Deed.NOMINATE), update=both(PERSON, may(Deed.CORRECT_RECORD))
    ),
    "cases": Rule(
        Tier.LOGISTICS,
        OPEN_CASE,
        insert=may(Deed.NOMINATE),
        update=may(Deed.ANSWER_STEP, Deed.NOMINATE),
        changed=("last_seq",),
    ),
    "adoption": Rule(Tier.LOGISTICS, LET_IN, insert=both(ON_CASE, may(Deed.DECIDE_AT_PANEL))),
    "whereabouts": Rule(Tier.LOGISTICS, LET_IN, insert=_while_opening(), update=may(Deed.RECORD_CUSTODY)),
    "assessment": Rule(
        Tier.CASE,
        COUNTED,
        insert=_while_opening(),
        update=may(Deed.DECIDE_AT_PANEL, Deed.HOLD_REVIEW, Deed.RECORD_CUSTODY, Deed.CORRECT_RECORD),
    ),
    "case_need": Rule(
        Tier.CASE,
        sees(T2_FULL, T2_OWN, COUNTS),
        insert=_while_opening(),
    ),
    "team_member": Rule(
        Tier.LOGISTICS,
        ON_CASE,
        insert=either(_while_opening(), both(ON_CASE, may(Deed.CHANGE_TEAM))),
        update=may(Deed.CHANGE_TEAM),
        changed=("account_id",),
    ),
    "event": Rule(
        Tier.CASE,
        either(COUNTED, both(_mine("by_id"), ON_CASE)),
        insert=both(ON_CASE, _mine("by_id"), "fence.may_write(kind)"),
    ),
    "step": Rule(
        Tier.LOGISTICS,
        STEP,
        update=may(Deed.ANSWER_STEP),
        changed=("due_at", "dating", "paused_at", "closed_at", "closed_by_id", "outcome", "result"),
    ),
    "remark": Rule(
        Tier.CASE,
        WORDS,
        insert=both(_mine("by_id"), ON_CASE, may(Deed.ANSWER_STEP)),
    ),
    "review": Rule(Tier.CASE, CASE_TIER, insert=both(CASE_TIER, may(Deed.HOLD_REVIEW), _mine("held_by_id"))),
    "nomination": Rule(Tier.CASE, CASE_TIER, insert=both(may(Deed.NOMINATE), _mine("nominated_by_id"))),
    "panel_decision": Rule(
        Tier.CASE, CASE_TIER, insert=both(CASE_TIER, may(Deed.DECIDE_AT_PANEL), _mine("decided_by_id"))
    ),
    "intervention": Rule(Tier.LOGISTICS, LET_IN, insert=both(ON_CASE, may(Deed.HOLD_REVIEW))),
    "letter": Rule(Tier.LOGISTICS, either(_mine(), sees(T1_FULL)), shown=()),
    "mail_block": Rule(None, either(_mine(), may(Deed.DECIDE_ON_IMPORTS))),
    "held_row": Rule(Tier.CASE, may(Deed.DECIDE_ON_IMPORTS)),
    "correction": Rule(
        Tier.CASE, CASE_TIER, insert=both(CASE_TIER, may(Deed.CORRECT_RECORD), _mine("by_id"))
    ),
    "correction_notice": Rule(
        Tier.LOGISTICS,
        either(_mine(), CASE_TIER),
        insert=both(CASE_TIER, may(Deed.CORRECT_RECORD)),
        update=either(_mine(), both(CASE_TIER, may(Deed.CORRECT_RECORD))),
        changed=("acknowledged_at", "acknowledged_by_id"),
    ),
    "processing_restriction": Rule(
        Tier.LOGISTICS,
        ON_CASE,
        insert=both(ON_CASE, may(Deed.RESTRICT_PROCESSING), _mine("by_id")),
        update=both(ON_CASE, may(Deed.RESTRICT_PROCESSING)),
        changed=("lifted_at", "lifted_by_id", "lifted_why"),
    ),
    "legal_hold": Rule(Tier.CASE, CASE_TIER),
    "retention_review": Rule(Tier.CASE, CASE_TIER),
    "erasure": Rule(None, may(Deed.READ_LOGS)),
    "audit": Rule(
        Tier.CASE,
        either("(select fence.reads_logs())", _mine()),
        insert=_mine(),
        door=("insert",),
    ),
    "audit_head": Rule(None, NOBODY),
    "audit_seal": Rule(None, NOBODY),
}


def unfenced(tables: Iterable[str]) -> list[str]:
    """Tables that have no rule: a guard test wants none."""
    return sorted(set(tables) - set(RULES))
