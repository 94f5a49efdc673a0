"""Erasing a case, with a certificate: when it may be done, and what the certificate says. By command only."""

import json
from collections.abc import Mapping
from datetime import UTC
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import uuid4

from iom.access import Deed
from iom.adapters.database import Connection
from iom.adapters.deeds import retention as keeping
from iom.adapters.deeds.by import By
from iom.adapters.holdings import HOLDINGS, Fate
from iom.adapters.store import erasing, holdings
from iom.adapters.store.holdings import Subject, Trace
from iom.refusals import Refused
from iom.retention import RetentionDecision


class Ground(StrEnum):
    """Why a case is erased. A fixed set: words of one's own would be personal, and the certificate stays."""

    RETENTION = "retention"
    UNLAWFUL = "unlawful"
    COURT_ORDER = "court_order"
    REQUEST_UPHELD = "request_upheld"
    CREATED_IN_ERROR = "created_in_error"


FOUND_ELSEWHERE = "not this case’s, or of somebody of the same name: look at it by hand"
IN_THE_CHAIN = "what somebody searched for or said why they looked: the record of looks is only added to"


async def erase(
    conn: Connection, by: By, ref: str, ground: Ground, *, even_open: bool = False
) -> dict[str, Any]:
    """Takes the person out of the record and returns the certificate; an open plan only if ``even_open``.

    Raises Refused with not_allowed, case_not_found, case_held, plan_open or disposal_not_signed.
    """
    by.check(Deed.CORRECT_RECORD, on_team=True)
    whose = await holdings.subject(conn, ref, held=True)
    standing = await keeping.standing(conn, ref)
    assert whose is not None, "it has just been found"
    _check(standing, ground, even_open=even_open)
    gone = await erasing.clear(conn, whose, by.now, by.actor.account_id)
    await by.note(conn, "erase", f"case:{ref}", whose.case_id, ground)
    left = await holdings.traces(conn, whose.marks)
    certificate = _certificate(by, whose, ground, _rule(standing, ground), gone, _kept(left))
    await erasing.write_certificate(conn, certificate, whose.case_id, by.actor.account_id)
    return certificate


def _check(standing: keeping.Standing, ground: Ground, *, even_open: bool) -> None:
    case = standing.case
    if case.on_hold:
        raise Refused("case_held", "This case is on legal hold: nothing of it may go. Lift the hold first.")
    if case.closed_at is None and not even_open:
        raise Refused("plan_open", "The plan of this case is open. Close the case, or say --even-open.")
    review = case.kept.review
    if ground is Ground.RETENTION and (review is None or review.decision is RetentionDecision.KEEP):
        raise Refused(
            "disposal_not_signed",
            "No signed retention review says that this case goes. Record one with iom rights review, and have "
            "somebody else sign it.",
        )


def _rule(standing: keeping.Standing, ground: Ground) -> str:
    if ground is Ground.RETENTION and standing.clock is not None:
        return f"domain.md §5.6, group {standing.clock.rule.number}: {standing.clock.rule.title}"
    return "Data Protection Act 2018 s.47; UK GDPR Article 17"


def _kept(left: list[Trace]) -> list[dict[str, Any]]:
    """What stays by design, and where the person is still named; no value of theirs in it."""
    kept: list[dict[str, Any]] = [
        {"table": table, "why": each.why} for table, each in HOLDINGS.items() if each.fate is Fate.KEPT
    ]
    kept += [{"table": table, "why": HOLDINGS[table].why} for table in ("cases", "event")]
    for trace in left:
        why = IN_THE_CHAIN if trace.table == "audit" else FOUND_ELSEWHERE
        kept.append({"table": trace.table, "column": trace.column, "rows": trace.rows, "why": why})
    return kept


def _certificate(
    by: By, whose: Subject, ground: Ground, rule: str, gone: Mapping[str, int], kept: list[dict[str, Any]]
) -> dict[str, Any]:
    said = {
        "id": str(uuid4()),
        "ref": whose.ref,
        "at": by.now.astimezone(UTC).isoformat(),
        "by": str(by.actor.account_id),
        "ground": str(ground),
        "rule": rule,
        "gone": dict(sorted(gone.items())),
        "kept": kept,
    }
    return said | {"hash": digest(said)}


def digest(certificate: Mapping[str, Any]) -> str:
    """SHA-256 over the certificate without its hash, as JSON with sorted keys: what proves that a copy is whole."""
    said = {name: value for name, value in certificate.items() if name != "hash"}
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def as_written(row: Mapping[str, Any]) -> dict[str, Any]:
    """A certificate from the record, as it was when it was made: so its hash can be checked."""
    ids = {name: str(row[name]) for name in ("id", "by")}
    return {**row, **ids, "at": row["at"].astimezone(UTC).isoformat()}
