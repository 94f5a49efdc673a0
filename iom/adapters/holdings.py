"""What each table holds on a person on the scheme, how its rows are found, and what erasure does to them. Runs nothing.

Whoever adds a table says so here, or why it holds nothing on such a person: a guard test asks. Subject access, erasure
and docs/information-governance.md go by this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a row when its case is erased."""

    DELETED = "deleted"
    BLANKED = "blanked"
    KEPT = "kept"


class Owner(StrEnum):
    """Who has to be asked before a row is given to the person (domain.md §5.3)."""

    SCHEME = "the scheme’s lead agency"
    WRITER = "the agency that wrote it"
    POLICE = "the police"
    HEALTH = "the health service that wrote it"
    NAVIGATOR = "the navigator’s service"


@dataclass(frozen=True)
class Holding:
    """One table. ``rows`` finds what is on one person: it may ask for case, person, ref, local_ref and marks.

    ``why`` says why a kept row stays. ``given`` are the columns a subject access pack shows, all if empty.
    """

    what: str
    fate: Fate = Fate.DELETED
    rows: str = "case_id = %(case)s"
    owner: Owner = Owner.SCHEME
    why: str = ""
    given: tuple[str, ...] = ()


_MARKED = "{}::text ilike any(%(marks)s::text[])"

HOLDINGS: Mapping[str, Holding] = {
    "person": Holding("Who the person is", Fate.BLANKED, "id = %(person)s"),
    "cases": Holding(
        "The cover of the case",
        Fate.BLANKED,
        "id = %(case)s",
        why="its reference and dates, which name nobody",
    ),
    "adoption": Holding("When they came onto the scheme"),
    "whereabouts": Holding("Custody, prison, release date"),
    "assessment": Holding("Cohort, grade, offence, sentence, scores, notes"),
    "case_need": Holding("Needs, by pathway"),
    "team_member": Holding("Who works with them"),
    "nomination": Holding("Why they were put forward", owner=Owner.WRITER),
    "panel_decision": Holding("What the panel decided and why"),
    "review": Holding("Reviews held, and what was said"),
    "intervention": Holding("Interventions"),
    "step": Holding("Steps and what came of them"),
    "remark": Holding("What was written with answers to steps", owner=Owner.WRITER),
    "event": Holding(
        "The case’s log: ids, codes and dates",
        Fate.BLANKED,
        why="each entry says only that the plan has ended, so that the plan ends too",
    ),
    "letter": Holding("That letters about the case were written, and to whom"),
    "held_row": Holding(
        "Rows of a cohort file that wait for a decision",
        rows=f"local_ref = %(local_ref)s or {_MARKED.format('cells')}",
    ),
    "kept_form": Holding(
        "A form somebody had not sent when their session ended",
        rows=f"path like '%%/cases/' || %(ref)s || '%%' or {_MARKED.format('fields')}",
        owner=Owner.WRITER,
    ),
    "note": Holding("Notes, each of its own tier", owner=Owner.WRITER),
    "consent": Holding("Consents to health’s notes being read", owner=Owner.WRITER),
    "public_interest_decision": Holding("Decisions to tell without consent", owner=Owner.WRITER),
    "access_request": Holding("Who asked to see the case, and why"),
    "access_grant": Holding("Who was let in for a time, and why"),
    "correction": Holding("What was corrected"),
    "correction_notice": Holding("Who hears of a correction"),
    "processing_restriction": Holding("That processing was restricted, and why"),
    "legal_hold": Holding("That the case was held, and why"),
    "retention_review": Holding("Whether keeping it was still necessary"),
    "erasure": Holding(
        "The certificate of an erasure", Fate.KEPT, why="the proof that it was done; it holds no content"
    ),
    "audit": Holding(
        "Who looked at it, and why",
        Fate.KEPT,
        "case_id = %(case)s or (object like 'cases:%%'"
        " and string_to_array(split_part(object, ':', 2), ',') @> array[%(ref)s::text])",
        why="the record of looks is a chain that is only added to; it names the case by id and reference",
        given=("at", "account_id", "role", "agency_id", "action", "purpose", "recipient", "channel"),
    ),
}

STAFF = "about those who sign in, not about anybody on the scheme"
NOBODY = "about nobody"

NOT_HELD: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "account",
            "api_token",
            "directory_attempt",
            "directory_identity",
            "half_sign_in",
            "mail_block",
            "recovery_code",
            "second_factor",
            "session",
            "sign_in_link",
            "sign_in_try",
            "staff_change",
        ),
        STAFF,
    ),
    **dict.fromkeys(("agency", "agreement", "audit_head", "audit_seal", "programme"), NOBODY),
    "kept_answer": "references and ids, which name nobody",
}


def unsaid(tables: Mapping[str, frozenset[str]]) -> list[str]:
    """Tables (with their columns) of which nothing is said here, or that hold a case in spite of what is said."""
    named = {name for name, columns in tables.items() if columns & {"case_id", "person_id"}}
    return sorted((set(tables) - set(HOLDINGS) - set(NOT_HELD)) | (named - set(HOLDINGS)))
