"""A small record for the tests of delivery: one case, its team, and letters that wait. Builders, no assertions."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from iom.adapters.database import Pool, transaction
from iom.adapters.letters.render import LetterKind
from iom.adapters.settings import Settings
from iom.adapters.store import rows
from iom.adapters.tables import Account, Agency, Case, Letter, Person, StepRow, TeamMember

AT = datetime(2026, 12, 1, 8, 45, tzinfo=UTC)
"""A Tuesday, a quarter of an hour before reminders are due to have gone."""


@dataclass
class Wall:
    """The clock on the wall: shows what it is set to."""

    moment: datetime = AT

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **how_far: float) -> None:
        self.moment += timedelta(**how_far)


@dataclass
class LetterRecord:
    """A record of letters with nothing in it yet but an agency. ``url`` is the address of its database."""

    pool: Pool
    url: str
    wall: Wall = field(default_factory=Wall)
    agency_id: UUID = field(default_factory=uuid4)
    written: datetime = AT - timedelta(hours=1)

    async def founded(self) -> "LetterRecord":
        async with transaction(self.pool) as conn:
            code = self.agency_id.hex
            await rows.insert(conn, Agency(id=self.agency_id, code=code, name="Probation"))
        return self

    async def an_account(self, email: str, role: str = "probation_practitioner") -> UUID:
        account = Account(
            email=email, name="Morwenna Treloar", agency_id=self.agency_id, role=role, joined_at=AT
        )
        async with transaction(self.pool) as conn:
            await rows.insert(conn, account)
        return account.id

    async def a_case(self, ref: str, **team: UUID) -> UUID:
        person = Person(surname="Penhaligon", forenames="Tristan", date_of_birth=date(1990, 5, 17))
        case = Case(ref=ref, person_id=person.id, basis="statutory", opened_at=AT)
        members = [
            TeamMember(case_id=case.id, role=role, account_id=account) for role, account in team.items()
        ]
        async with transaction(self.pool) as conn:
            await rows.insert(conn, person)
            await rows.insert(conn, case)
            await rows.insert(conn, *members)
        return case.id

    async def a_step(self, case: UUID, due_at: datetime = AT + timedelta(days=2), **more: Any) -> UUID:
        step = StepRow(
            id=uuid4(),
            case_id=case,
            programme="fixed@1",
            key="home_visit",
            number=1,
            title="Home visit after arrest",
            stage="",
            guidance="",
            form="step",
            owner="probation_practitioner",
            clock="service_level",
            opened_at=AT,
            due_at=due_at,
            outcomes=[],
            results=[],
            **more,
        )
        async with transaction(self.pool) as conn:
            await rows.insert(conn, step)
        return step.id

    async def a_letter(
        self,
        reader: UUID,
        case: UUID | None,
        step: UUID | None,
        kind: LetterKind = LetterKind.DUE_SOON,
        **more: Any,
    ) -> UUID:
        key = more.pop("key", f"{uuid4()}/1/rung/owner")
        self.written += timedelta(seconds=1)
        letter = Letter(key=key, kind=kind, account_id=reader, moment=AT, written_at=self.written, **more)
        letter.case_id, letter.step_id = case, step
        async with transaction(self.pool) as conn:
            await rows.insert(conn, letter)
        return letter.id

    async def waiting(self, email: str = "", kind: LetterKind = LetterKind.DUE_SOON, **step: Any) -> UUID:
        """A letter about a step of a case of its own."""
        reader = await self.an_account(email or f"{uuid4().hex}@example.org")
        case = await self.a_case(f"LX-{uuid4().hex[:6]}", probation_practitioner=reader)
        return await self.a_letter(reader, case, await self.a_step(case, **step), kind)

    async def fate(self, letter: UUID) -> dict[str, Any]:
        """The letter's row, without what was never set."""
        async with transaction(self.pool) as conn:
            found = await (await conn.execute("select * from letter where id = %s", (letter,))).fetchone()
        assert found is not None
        return {name: value for name, value in found.items() if value is not None}

    async def all(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """The rows a query gives."""
        async with transaction(self.pool) as conn:
            return await (await conn.execute(query, values)).fetchall()

    async def do(self, statement: str, *values: Any) -> None:
        """One statement, committed."""
        async with transaction(self.pool) as conn:
            await conn.execute(statement, values)

    def settings(self, smtp_url: str) -> Settings:
        return Settings(
            database_url=self.url,
            smtp_url=smtp_url,
            mail_from="actions@example.org",
            public_url="https://actions.example",
        )
