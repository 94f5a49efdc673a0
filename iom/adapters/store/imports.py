"""What a cohort import asks of the record, and the rows it holds for a person to decide. Decides nothing."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from iom.adapters.database import Connection
from iom.adapters.store import agreements
from iom.adapters.store.rows import insert_new
from iom.adapters.tables import Account, Agency, HeldRow
from iom.vocabulary import Role


@dataclass(frozen=True)
class Known:
    """What the record has for a row, at one moment: under its reference, and of anybody who has its identifiers.

    ``imported`` and ``held`` are digests; ``sharing`` are local or case references.
    """

    has_case: bool
    imported: str | None
    held: str | None
    held_decided: bool
    sharing: frozenset[str]


_KNOWN = """
select cases.id is not null as has_case, cases.imported_digest as imported,
       held_row.digest as held, held_row.decided_at is not null as held_decided,
       array(
           select distinct on (person.id) coalesce(theirs.local_ref, theirs.ref)
           from person join cases as theirs on theirs.person_id = person.id
           where person.pnc_id = %(pnc_id)s or person.crn = %(crn)s or person.noms_number = %(noms_number)s
           order by person.id, theirs.opened_at desc
       ) as sharing
from (select %(local_ref)s::text as local_ref) as asked
left join cases using (local_ref) left join held_row using (local_ref)
"""
"""One statement and so one moment: with two, what another import commits in between would look like a duplicate."""

_AGENCY = "select id from agency where code = %s"

_ACCOUNT = "select id from account where email = %s"

_HOLD = """
insert into held_row (id, local_ref, reason, matches, cells, digest, held_at)
values (%(id)s, %(local_ref)s, %(reason)s, %(matches)s, %(cells)s, %(digest)s, %(held_at)s)
on conflict (local_ref) do update
set reason = excluded.reason, matches = excluded.matches, cells = excluded.cells, digest = excluded.digest,
    held_at = excluded.held_at, decided_at = null, decided_by_id = null
where held_row.digest <> excluded.digest
"""


async def known(
    conn: Connection, local_ref: str, pnc_id: str, crn: str | None, noms_number: str | None
) -> Known:
    """What is known of a row with this reference and these identifiers (canonical; None is nobody's)."""
    asked = {"local_ref": local_ref, "pnc_id": pnc_id, "crn": crn, "noms_number": noms_number}
    row = await (await conn.execute(_KNOWN, asked)).fetchone()
    assert row is not None, "there is always one row for what was asked"
    return Known(**{**row, "sharing": frozenset(row["sharing"])})


async def hold(conn: Connection, row: HeldRow) -> None:
    """Keeps the row for a person to decide. The same row again changes nothing; another one takes its place."""
    await conn.execute(_HOLD, {**row.model_dump(), "cells": Jsonb(row.cells)})


async def let_go(conn: Connection, local_ref: str) -> None:
    """Forgets a held row that nobody needs to decide any more."""
    await conn.execute("delete from held_row where local_ref = %s and decided_at is null", (local_ref,))


async def agency_called(conn: Connection, name: str) -> UUID:
    """The agency of this name, however it is spaced or capitalised; made if it is new."""
    code = re.sub(r"\W+", "-", name.casefold()).strip("-") or name
    return await _found(conn, _AGENCY, code) or await _made(conn, _AGENCY, code, Agency(code=code, name=name))


async def account_at(conn: Connection, email: str, agency_id: UUID, role: Role, now: datetime) -> UUID:
    """The account with this address; made if it is new, without a password, so nobody can sign in with it yet."""
    name = re.sub(r"[\W_]+", " ", email.partition("@")[0]).strip().title() or email
    new = Account(email=email, name=name, agency_id=agency_id, role=role, joined_at=now)
    return await _found(conn, _ACCOUNT, email) or await _made(conn, _ACCOUNT, email, new)


async def _found(conn: Connection, query: LiteralString, key: str) -> UUID | None:
    row = await (await conn.execute(query, (key,))).fetchone()
    return UUID(str(row["id"])) if row else None


async def _made(conn: Connection, query: LiteralString, key: str, new: Agency | Account) -> UUID:
    """Makes it, unless somebody else has in the meantime: then theirs."""
    is_agency = isinstance(new, Agency)
    if await insert_new(conn, [new], unique="code" if is_agency else "email") and is_agency:
        await agreements.begin_provisional(conn, new.id)
    made = await _found(conn, query, key)
    assert made is not None, "it was made, by us or by them"
    return made
