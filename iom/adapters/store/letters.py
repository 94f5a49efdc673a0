"""Letters as the plan orders them: who reads them is settled here, once. Sending them is ``delivery``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iom.access import EVERYWHERE, MATRIX, Sight
from iom.adapters.database import Connection
from iom.adapters.store.rows import insert_new
from iom.adapters.tables import Letter
from iom.agenda import LetterDue
from iom.tiers import LETTERS
from iom.vocabulary import Role

WAITING = "letters"
"""The channel that tells the delivery round that a letter waits."""

_AGREED = """
coalesce((select tiers from agreement where agreement.agency_id = account.agency_id
          order by signed_on desc, expires_on desc limit 1), '{}') as tiers
"""

_TEAM = f"""
select member.role, member.account_id, account.manager_id, agency.point_of_contact_id, {_AGREED}
from team_member member join account on account.id = member.account_id and account.left_at is null
join agency on agency.id = account.agency_id
where member.case_id = %s
"""

_STANDING = f"""
select distinct on (role) role, id as account_id, manager_id, null::uuid as point_of_contact_id, {_AGREED}
from account where role = any(%s) and left_at is null
     and not exists (select from cases where id = %s and restricted_at is not null)
order by role, joined_at, id
"""


@dataclass(frozen=True)
class Reader:
    """Who holds a role, who manages them, and whom their agency named as its point of contact."""

    role: str
    account_id: UUID
    manager_id: UUID | None
    point_of_contact_id: UUID | None
    tiers: list[str]

    def may_read(self, kind: str) -> bool:
        """Whether they see on the case what a letter of this kind is about. Nothing of it is said in the letter."""
        tier = LETTERS[kind]
        return tier is None or (tier in self.tiers and MATRIX[Role(self.role)][tier] is not Sight.NONE)


async def write(conn: Connection, case_id: UUID, due: Sequence[LetterDue], at: datetime) -> None:
    """Writes each letter once, ever, by its key; one reader gets one letter of a kind about a step at a moment."""
    if not due:
        return
    readers = await _readers(conn, case_id)
    rows: dict[tuple[UUID, str, UUID], Letter] = {}
    for letter in due:
        account_id = _reader(readers, letter)
        if account_id is not None:
            rows.setdefault((letter.step, letter.kind, account_id), _row(case_id, letter, account_id, at))
    await insert_new(conn, list(rows.values()), unique="key")
    await conn.execute("select pg_notify(%s, '')", (WAITING,))


async def _readers(conn: Connection, case_id: UUID) -> dict[str, Reader]:
    """The case's team first; the roles that serve every case are there unnamed, unless the case is restricted."""
    standing = await conn.execute(_STANDING, (sorted(EVERYWHERE), case_id))
    readers = [Reader(**row) async for row in standing]
    readers += [Reader(**row) async for row in await conn.execute(_TEAM, (case_id,))]
    return {reader.role: reader for reader in readers}


def _reader(team: dict[str, Reader], letter: LetterDue) -> UUID | None:
    """The account for "owner" and the rest. A role nobody holds on the case falls to its lead, then the coordinator."""
    readers = {role: reader for role, reader in team.items() if reader.may_read(letter.kind)}
    coordinator = readers.get(Role.COORDINATOR)
    owner = readers.get(letter.role) or readers.get(Role.LEAD_PROFESSIONAL) or coordinator
    if letter.to in (Role.COORDINATOR, Role.CHAIR):
        owner = readers.get(letter.to) or coordinator
    if owner is None:
        return None
    fallback = coordinator.account_id if coordinator else owner.account_id
    if letter.to == "manager":
        return owner.manager_id or fallback
    if letter.to == "point_of_contact":
        return owner.point_of_contact_id or owner.manager_id or fallback
    return owner.account_id


def _row(case_id: UUID, letter: LetterDue, account_id: UUID, at: datetime) -> Letter:
    return Letter(
        key=letter.key,
        kind=letter.kind,
        account_id=account_id,
        case_id=case_id,
        step_id=letter.step,
        moment=letter.moment,
        written_at=at,
        in_digest=letter.digest,
    )
