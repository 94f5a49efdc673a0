"""For every table: its tier, who signed in reads and writes which rows, and what the door may. Data; runs no SQL.

An expression is asked of each row, as ``iom_app``. What it does not name is refused. ``fences`` puts these up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iom.access import Deed, Sight, Tier
from iom.adapters.fences import access_rules as access
from iom.adapters.fences.expressions import both, either, may, mine, sees

SIGNED_IN = "(select fence.me()) is not null"
NOBODY = "false"


@dataclass(frozen=True)
class Rule:
    """One table's fence. ``tier`` is None where nothing is about a person on the scheme.

    ``read``, ``insert`` and ``update`` are SQL expressions, ``leaves`` what an update must leave besides; ``shown`` and
    ``changed`` are the columns they are good for, all if empty. Only what can be read can be updated. ``door`` is what
    may be done before anybody is signed in, as grants.
    """

    tier: Tier | None
    read: str
    insert: str = NOBODY
    update: str = NOBODY
    leaves: str = ""
    shown: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    door: tuple[str, ...] = ()


def _while_opening(expression: str = may(Deed.NOMINATE)) -> str:
    return both(expression, "fence.opening(case_id)")


T1_FULL, T1_OWN = (Tier.LOGISTICS, Sight.FULL), (Tier.LOGISTICS, Sight.OWN)
T2_FULL, COUNTS = (Tier.CASE, Sight.FULL), (Tier.CASE, Sight.PSEUDONYM)

ON_CASE = sees(T1_FULL, T1_OWN)
CASE_TIER = sees(T2_FULL)
COUNTED = sees(T2_FULL, COUNTS)
LET_IN = sees(T1_FULL, T1_OWN, COUNTS)
OPEN_CASE = sees(T1_FULL, T1_OWN, COUNTS, case="cases.id")

WHOM_TO_ASK = "role in ('lead_professional', 'coordinator')"

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
    both(mine("by_id"), ON_CASE),
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
        mine(),
        update=mine(),
        shown=("id", "account_id", "how", "began_at", "seen_at", "until", "ended_at", "address", "agent"),
        changed=("ended_at",),
        door=("select", "insert", "update"),
    ),
    "api_token": Rule(
        None, mine(), shown=("account_id", "made_at", "revoked_at"), door=("select", "insert", "update")
    ),
    "second_factor": Rule(None, NOBODY, door=("select", "insert", "update", "delete")),
    "recovery_code": Rule(None, NOBODY, door=("select", "insert", "update", "delete")),
    "half_sign_in": Rule(None, NOBODY, door=("select", "insert", "update")),
    "sign_in_link": Rule(None, NOBODY, door=("select", "insert", "update")),
    "sign_in_try": Rule(None, NOBODY, door=("select", "insert", "update")),
    "directory_attempt": Rule(None, NOBODY, door=("select", "insert", "update", "delete")),
    "directory_identity": Rule(None, NOBODY, door=("select", "insert")),
    "kept_form": Rule(Tier.CASE, mine(), update=mine(), changed=("fields",), door=("insert",)),
    "kept_answer": Rule(None, mine(), insert=mine()),
    "staff_change": Rule(None, may(Deed.MANAGE_ACCOUNTS), door=("select", "insert")),
    "programme": Rule(None, SIGNED_IN),
    "person": Rule(
        Tier.EXISTENCE, PERSON, insert=may(Deed.NOMINATE), update=both(PERSON, may(Deed.CORRECT_RECORD))
    ),
    "cases": Rule(
        Tier.LOGISTICS,
        OPEN_CASE,
        insert=both(may(Deed.NOMINATE), "not fence.is_on_scheme(person_id)"),
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
        COUNTED,
        insert=_while_opening(),
    ),
    "team_member": Rule(
        Tier.LOGISTICS,
        either(sees(T1_FULL), both(ON_CASE, either(mine(), WHOM_TO_ASK))),
        insert=either(_while_opening(), both(ON_CASE, may(Deed.CHANGE_TEAM))),
        update=may(Deed.CHANGE_TEAM),
        changed=("account_id",),
    ),
    "event": Rule(
        Tier.CASE,
        either(COUNTED, both(mine("by_id"), ON_CASE)),
        insert=both(
            ON_CASE,
            mine("by_id"),
            either(
                "fence.may_write(kind)",
                both("kind in ('nominated', 'team_changed', 'enrolled')", _while_opening()),
            ),
        ),
    ),
    "step": Rule(
        Tier.LOGISTICS,
        STEP,
        update=may(Deed.ANSWER_STEP),
        leaves="closed_by_id is null or closed_by_id = (select fence.me())",
        changed=("due_at", "dating", "paused_at", "closed_at", "closed_by_id", "outcome", "result"),
    ),
    "remark": Rule(
        Tier.CASE,
        WORDS,
        insert=both(
            mine("by_id"),
            ON_CASE,
            may(Deed.ANSWER_STEP),
            "agency_id = (select fence.agency())",
            "exists (select from step where step.id = step_id and step.case_id = remark.case_id"
            " and step.owner = remark.owner)",
            "tier = case owner when 'mentor' then 'T5' when 'treatment_worker' then tier else 'T2' end",
        ),
    ),
    "review": Rule(Tier.CASE, CASE_TIER, insert=both(CASE_TIER, may(Deed.HOLD_REVIEW), mine("held_by_id"))),
    "nomination": Rule(
        Tier.CASE, CASE_TIER, insert=both(ON_CASE, may(Deed.NOMINATE), mine("nominated_by_id"))
    ),
    "panel_decision": Rule(
        Tier.CASE, CASE_TIER, insert=both(CASE_TIER, may(Deed.DECIDE_AT_PANEL), mine("decided_by_id"))
    ),
    "intervention": Rule(Tier.LOGISTICS, sees(T1_FULL, COUNTS), insert=both(ON_CASE, may(Deed.HOLD_REVIEW))),
    "letter": Rule(Tier.LOGISTICS, either(mine(), sees(T1_FULL)), shown=()),
    "mail_block": Rule(None, either(mine(), may(Deed.DECIDE_ON_IMPORTS))),
    "held_row": Rule(Tier.CASE, may(Deed.DECIDE_ON_IMPORTS)),
    "access_request": Rule(
        Tier.EXISTENCE,
        either(mine(), access.DECIDES),
        insert=both(mine(), may(Deed.ASK_ACCESS), "decided_at is null"),
        update=access.DECIDES,
        leaves="decided_by_id = (select fence.me())",
        changed=("decided_at", "decided_by_id", "decision", "words", "until_at"),
    ),
    "access_grant": Rule(
        Tier.EXISTENCE,
        either(mine(), access.DECIDES, access.REVIEWS),
        insert=both(mine("granted_by_id"), either(access.LETS_IN, access.BREAKS_GLASS)),
        update=access.REVIEWS,
        leaves="reviewed_by_id = (select fence.me())",
        changed=("reviewed_at", "reviewed_by_id", "finding", "review_words"),
    ),
    "note": Rule(Tier.CASE, access.NOTE, insert=access.WRITES_NOTE),
    "consent": Rule(
        Tier.HEALTH,
        both(access.HEALTH, either(access.OWN_AGENCY, access.NAMED_AGENCY)),
        insert=both(access.SHARES_HEALTH, mine("recorded_by_id")),
        update=access.SHARES_HEALTH,
        changed=("withdrawn_at",),
    ),
    "public_interest_decision": Rule(
        Tier.HEALTH,
        both(access.HEALTH, either(access.OWN_AGENCY, access.NAMED_AGENCY)),
        insert=both(access.SHARES_HEALTH, mine("decided_by_id")),
    ),
    "correction": Rule(Tier.CASE, CASE_TIER, insert=both(CASE_TIER, may(Deed.CORRECT_RECORD), mine("by_id"))),
    "correction_notice": Rule(
        Tier.LOGISTICS,
        either(mine(), CASE_TIER),
        insert=both(CASE_TIER, may(Deed.CORRECT_RECORD)),
        update=either(mine(), both(CASE_TIER, may(Deed.CORRECT_RECORD))),
        changed=("acknowledged_at", "acknowledged_by_id"),
    ),
    "processing_restriction": Rule(
        Tier.LOGISTICS,
        ON_CASE,
        insert=both(ON_CASE, may(Deed.RESTRICT_PROCESSING), mine("by_id")),
        update=both(ON_CASE, may(Deed.RESTRICT_PROCESSING)),
        changed=("lifted_at", "lifted_by_id", "lifted_why"),
    ),
    "legal_hold": Rule(Tier.CASE, CASE_TIER),
    "retention_review": Rule(Tier.CASE, CASE_TIER),
    "erasure": Rule(None, may(Deed.READ_LOGS)),
    "audit": Rule(
        Tier.CASE,
        either("(select fence.reads_logs())", mine()),
        insert=both(mine(), "role = (select fence.role())", "agency_id = (select fence.agency())"),
        door=("insert",),
    ),
    "audit_head": Rule(None, NOBODY),
    "audit_seal": Rule(None, NOBODY),
}


def unfenced(tables: Iterable[str]) -> list[str]:
    """Tables that have no rule: a guard test wants none."""
    return sorted(set(tables) - set(RULES))
