"""Taking the rows of a cohort file into the record, each whole or not at all, in a transaction of its own."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from iom.adapters.cohort_case import Team, first_entries, new_case
from iom.adapters.cohort_csv import FileRow
from iom.adapters.database import Connection, Pool, transaction
from iom.adapters.deeds.cases import fresh_ref
from iom.adapters.store import accounts, audit, imports
from iom.adapters.store.audit import Look
from iom.adapters.store.cases import open_case
from iom.adapters.tables import HeldRow
from iom.calendar import london_date
from iom.cells import Fault
from iom.cohort_reading import read_identifiers, read_row
from iom.cohort_report import Answer, Doubt, Held, Rejected, Report, Standing
from iom.cohort_row import COLUMNS, CohortRow
from iom.vocabulary import Basis, Role

POLICE = "Police"
"""The agency of every police offender manager."""


async def import_cohort(
    pool: Pool,
    rows: Iterable[FileRow],
    now: datetime,
    *,
    dry_run: bool = False,
) -> Report:
    """Opens a case for every sound row about somebody new. Safe to run again, and after an interruption.

    With `dry_run` nothing is written and the report says what would be. `now` is aware UTC. Unknown agencies and
    addresses become agencies and accounts; such an account has no password, so nobody signs in with it yet.
    """
    report, earlier = Report(), _EarlierRows()
    for row in rows:
        report.add(await _answer(pool, row, earlier, now, dry_run))
        earlier.add(row)
    return report


class _EarlierRows:
    """The references and identifiers of the rows before this one, whatever became of them."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}
        self._refs: dict[str, str] = {}

    def add(self, row: FileRow) -> None:
        self._lines.setdefault(_local_ref(row), row.line)
        for identifier in read_identifiers(row.cells):
            self._refs.setdefault(identifier, _local_ref(row))

    def sharing(self, row: FileRow) -> frozenset[str]:
        """References of rows that have an identifier of this one."""
        return frozenset(self._refs[each] for each in read_identifiers(row.cells) if each in self._refs)

    def line_of(self, local_ref: str) -> int | None:
        """The line where this reference came first."""
        return self._lines.get(local_ref)


@dataclass(frozen=True, slots=True)
class _SoundRow:
    """A row without a fault. `twins` are the references of earlier rows about the same person."""

    row: CohortRow
    source: FileRow
    twins: frozenset[str]

    @property
    def digest(self) -> str:
        """The same for the same cells, whatever the order of columns and the spaces around them."""
        cells = [unicodedata.normalize("NFC", self.source.cells[column].strip()) for column in COLUMNS]
        return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


async def _answer(pool: Pool, source: FileRow, earlier: _EarlierRows, now: datetime, dry_run: bool) -> Answer:
    twins = earlier.sharing(source)
    row = (source.fault,) if source.fault else read_row(source.cells, london_date(now))
    if isinstance(row, CohortRow) and not twins and (line := earlier.line_of(row.local_ref)):
        row = (_reference_taken(line),)
    if not isinstance(row, CohortRow):
        return Rejected(source.line, _local_ref(source), row)
    sound = _SoundRow(row, source, twins)
    try:
        return await _take(pool, sound, now, dry_run)
    except UniqueViolation:  # somebody else wrote about this person meanwhile; now the record knows them
        return await _take(pool, sound, now, dry_run)


async def _take(pool: Pool, sound: _SoundRow, now: datetime, dry_run: bool) -> Answer:
    async with transaction(pool) as conn:
        answer = await _decide(conn, sound)
        if dry_run:
            return answer
        if isinstance(answer, Held):
            await _hold(conn, sound, answer, now)
        elif answer is Standing.ACCEPTED:
            await _accept(conn, sound, now)
        return answer


async def _decide(conn: Connection, sound: _SoundRow) -> Standing | Held:
    """A row about somebody the file or the record knows is for a person to decide, unless it says nothing new."""
    row, identity = sound.row, sound.row.identity
    known = await imports.known(conn, row.local_ref, str(identity.pnc_id), identity.crn, identity.noms_number)
    if known.held_decided and known.held == sound.digest:
        return Standing.UNCHANGED
    if known.has_case and not sound.twins:
        if known.imported == sound.digest:
            return Standing.UNCHANGED
        return Held(sound.source.line, row.local_ref, Doubt.DIFFERS_FROM_RECORD, (row.local_ref,))
    if matches := sound.twins | known.sharing:
        return Held(sound.source.line, row.local_ref, Doubt.POSSIBLE_DUPLICATE, tuple(sorted(matches)))
    return Standing.ACCEPTED


async def _hold(conn: Connection, sound: _SoundRow, held: Held, now: datetime) -> None:
    row = HeldRow(
        local_ref=held.local_ref,
        reason=held.reason,
        matches=list(held.matches),
        cells=dict(sound.source.cells),
        digest=sound.digest,
        held_at=now,
    )
    await imports.hold(conn, row)


async def _accept(conn: Connection, sound: _SoundRow, now: datetime) -> None:
    row = sound.row
    lead_agency = await imports.agency_called(conn, row.team.lead_agency)
    team = await _team(conn, row, lead_agency, now)
    new = new_case(row, await fresh_ref(conn), lead_agency, team, sound.digest, now)
    await open_case(conn, new, first_entries(row), now, by=None)
    await imports.let_go(conn, row.local_ref)
    look = Look(None, "collect", f"case:{new.case.ref}", "cohort_import", "command", new.case.id)
    await audit.write(conn, look, now)


async def _team(conn: Connection, row: CohortRow, lead_agency: UUID, now: datetime) -> Team:
    """The lead professional, who is the probation practitioner of a statutory case; police; the coordinator."""
    lead = await imports.account_at(
        conn, row.team.lead_professional, lead_agency, Role.LEAD_PROFESSIONAL, now
    )
    police = await imports.account_at(
        conn,
        row.team.police_offender_manager,
        await imports.agency_called(conn, POLICE),
        Role.POLICE_OFFENDER_MANAGER,
        now,
    )
    team = {Role.LEAD_PROFESSIONAL: lead, Role.POLICE_OFFENDER_MANAGER: police}
    if row.basis is Basis.STATUTORY:
        team[Role.PROBATION_PRACTITIONER] = lead
    if coordinator := await accounts.standing(conn, Role.COORDINATOR):
        team[Role.COORDINATOR] = coordinator
    return tuple(team.items())


def _local_ref(row: FileRow) -> str:
    return unicodedata.normalize("NFC", row.cells["local_ref"].strip())


def _reference_taken(line: int) -> Fault:
    return Fault(
        "local_ref",
        "duplicate_local_ref",
        f"Line {line} has this reference for somebody else. Give each person a reference of their own.",
    )
