"""Taking a person out of the record, row by row, and the certificate that says so. Decides nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlmodel import SQLModel

from iom.adapters.database import Connection
from iom.adapters.holdings import HOLDINGS, Fate
from iom.adapters.store import events, holdings
from iom.adapters.store.holdings import Subject
from iom.events import Entry, EventKind

_BLANK_CASE = """
update cases set local_ref = null, police_area = '', lead_agency_id = null, imported_digest = null, basis = '',
       closed_at = coalesce(closed_at, %(at)s), restricted_at = coalesce(restricted_at, %(at)s)
where id = %(case)s
"""
"""Closed, so that no plan is started for it again; restricted and without a team, so that nobody opens it."""

_BLANK_PERSON = """
update person set surname = '', forenames = '', date_of_birth = '1900-01-01', sex = null, ethnicity = null,
       pnc_id = null, crn = null, noms_number = null, postcode_district = null
where id = %(person)s and not exists (
    select from cases where person_id = %(person)s and id <> %(case)s
    and not exists (select from erasure where case_id = cases.id))
"""
"""Unless another case of theirs is still kept."""

_BLANK_LOG = """
update event set kind = %(ended)s, data = '{}', by_id = null, request_id = null, at = %(at)s where case_id = %(case)s
"""
"""Numbers stay without gaps: a plan that has read only part of the log reads on, and ends."""


async def clear(conn: Connection, whose: Subject, at: datetime, by: UUID) -> dict[str, int]:
    """Deletes and blanks everything that ``iom.adapters.holdings`` says goes; returns how many rows of each table.

    The plan's workflow, and those of its interventions, hear of it as of anything that a person writes, and end.
    """
    gone: dict[str, int] = {}
    for table in reversed(SQLModel.metadata.sorted_tables):
        holding = HOLDINGS.get(table.name)
        if holding is not None and holding.fate is Fate.DELETED:
            gone[table.name] = await holdings.delete_rows(conn, table.name, whose)
    asked = {"case": whose.case_id, "person": whose.person_id, "at": at, "ended": EventKind.PLAN_ENDED}
    gone["event"] = (await conn.execute(_BLANK_LOG.encode(), asked)).rowcount
    gone["person"] = (await conn.execute(_BLANK_PERSON, asked)).rowcount
    gone["cases"] = (await conn.execute(_BLANK_CASE, asked)).rowcount
    await events.append(conn, whose.case_id, [Entry(EventKind.PLAN_ENDED)], at, by)
    return {table: rows for table, rows in gone.items() if rows}


async def write_certificate(conn: Connection, certificate: dict[str, Any], case_id: UUID, by: UUID) -> None:
    """Keeps the certificate; its ``hash`` is hexadecimal."""
    await conn.execute(
        "insert into erasure (id, case_id, ref, at, by_id, ground, rule, gone, kept, hash)"
        " values (%(id)s, %(case)s, %(ref)s, %(at)s, %(by)s, %(ground)s, %(rule)s, %(gone)s, %(kept)s, %(hash)s)",
        {
            **certificate,
            "case": case_id,
            "by": by,
            "gone": Jsonb(certificate["gone"]),
            "kept": Jsonb(certificate["kept"]),
            "hash": bytes.fromhex(certificate["hash"]),
        },
    )


async def certificate_of(conn: Connection, ref: str) -> dict[str, Any] | None:
    """The certificate of the case called ``ref``."""
    found = await conn.execute(
        "select id, ref, at, by_id as by, ground, rule, gone, kept, encode(hash, 'hex') as hash"
        " from erasure where ref = %s",
        (ref,),
    )
    return await found.fetchone()
