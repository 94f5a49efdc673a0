"""Hands out part of the record of looks as a file, and notes that it did. Decides nothing about who may have it."""

import csv
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, aclosing, nullcontext
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TextIO

from iom.adapters.database import Pool, transaction
from iom.adapters.store import audit, audit_reads
from iom.adapters.store.audit import Look
from iom.adapters.store.audit_reads import Logged, Wanted
from iom.calendar import at_london
from iom.refusals import Refused
from iom.spreadsheet import harmless

COLUMNS = tuple(field.name for field in fields(Logged))
FORMATS = ("csv", "jsonl")


@dataclass(frozen=True)
class Asked:
    """What to hand out: looks of London days, both included; to whom, and why."""

    first: date
    last: date
    case_ref: str | None
    account: str | None
    file_format: str
    recipient: str
    why: str


async def write_file(pool: Pool, asked: Asked, output: Path | None, at: datetime) -> int:
    """Writes the looks to a new file that only its owner can read, or to standard output; returns how many.

    Noted, and that committed, before the first is read. Raises Refused with format_unknown, no_such_days,
    account_unknown or file_exists.
    """
    if asked.file_format not in FORMATS:
        raise Refused("format_unknown", f"Ask for one of these formats: {', '.join(FORMATS)}.")
    if asked.last < asked.first:
        raise Refused("no_such_days", "The last day is before the first. Change --from and --to.")
    wanted = await _wanted(pool, asked)
    with _opened(output) as file:
        await _note(pool, asked, wanted, at)
        async with transaction(pool) as conn, aclosing(audit_reads.all_of(conn, wanted)) as looks:
            return await (_write_csv if asked.file_format == "csv" else _write_jsonl)(file, looks)


def _opened(output: Path | None) -> AbstractContextManager[TextIO]:
    if output is None:
        return nullcontext(sys.stdout)
    try:
        number = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused("file_exists", f"{output} is there already. Name a new file.") from None
    return os.fdopen(number, "w", newline="", encoding="utf-8")


async def _wanted(pool: Pool, asked: Asked) -> Wanted:
    account_id = None
    if asked.account is not None:
        async with transaction(pool) as conn:
            account_id = await audit_reads.account_named(conn, asked.account)
        if account_id is None:
            raise Refused("account_unknown", "Nobody signs in, or did, with this address. Check it.")
    since, until = at_london(asked.first, time.min), at_london(asked.last + timedelta(days=1), time.min)
    return Wanted(since, until, account_id, asked.case_ref)


async def _note(pool: Pool, asked: Asked, wanted: Wanted, at: datetime) -> None:
    """The disclosure, committed: whatever becomes of the file, it was asked for."""
    narrowed = [f"case {wanted.case_ref}"] if wanted.case_ref else []
    narrowed += [f"account {wanted.account_id}"] if wanted.account_id else []
    thing = "looks:" + " ".join([f"{asked.first}..{asked.last}", *narrowed])
    look = Look(
        None, "disclose", thing, "audit_export", "command", justification=asked.why, recipient=asked.recipient
    )
    async with transaction(pool) as conn:
        await audit.write(conn, look, at)


async def _write_csv(file: TextIO, looks: AsyncIterator[Logged]) -> int:
    count, writer = 0, csv.writer(file)
    writer.writerow(COLUMNS)
    async for look in looks:
        writer.writerow([harmless(value) for value in _plain(look).values()])
        count += 1
    return count


async def _write_jsonl(file: TextIO, looks: AsyncIterator[Logged]) -> int:
    count = 0
    async for look in looks:
        file.write(json.dumps(_plain(look), default=str, ensure_ascii=False) + "\n")
        count += 1
    return count


def _plain(look: Logged) -> dict[str, object]:
    return asdict(look) | {"at": look.at.isoformat(), "hash": look.hash.hex()}
