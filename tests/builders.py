"""Builders for tests: a scheme with its people, and cases on it, written as the service itself writes them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from iom.access import Actor, Tier
from iom.adapters.database import Pool, transaction
from iom.adapters.deeds.by import By
from iom.adapters.programme_files import named
from iom.adapters.store.cases import NewCase, open_case
from iom.adapters.store.rows import insert
from iom.adapters.tables import Account, Agency, Agreement, Assessment, Case, Person
from iom.decisions import Sentence, adopted, anchors
from iom.programme import Programme
from iom.vocabulary import Basis, Cohort, Rag, Role

START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
"""A Tuesday in summer time; the autumn change, Christmas and the spring change lie ahead."""

ROLES = {
    Role.COORDINATOR: "Police",
    Role.CHAIR: "Police",
    Role.ANALYST: "Police",
    Role.POLICE_OFFENDER_MANAGER: "Police",
    Role.PROBATION_PRACTITIONER: "Probation",
    Role.LEAD_PROFESSIONAL: "Probation",
    Role.TREATMENT_WORKER: "Treatment",
    Role.HOUSING_OFFICER: "Housing",
    Role.PRISON_OFFENDER_MANAGER: "Prison",
    Role.MENTOR: "Mentoring",
    Role.ADMINISTRATOR: "Police",
    Role.AUDITOR: "Police",
}
STATUTORY_TEAM = (
    Role.COORDINATOR,
    Role.CHAIR,
    Role.ANALYST,
    Role.POLICE_OFFENDER_MANAGER,
    Role.PROBATION_PRACTITIONER,
    Role.LEAD_PROFESSIONAL,
    Role.TREATMENT_WORKER,
)


@dataclass(frozen=True)
class Scheme:
    """A scheme in which every role is somebody else, and so is every manager and point of contact."""

    pool: Pool
    actors: dict[Role, Actor]

    def by(self, role: Role, now: datetime, key: str | None = None) -> By:
        """That person, about to do something."""
        return By(self.actors[role], "test", now, key=key)

    def role_of(self, account_id: UUID | None) -> Role | None:
        """What this account is, if it is one of the scheme's."""
        return next((role for role, actor in self.actors.items() if actor.account_id == account_id), None)

    def id_of(self, role: Role) -> UUID:
        return self.actors[role].account_id


async def a_scheme(pool: Pool) -> Scheme:
    """Agencies, accounts, managers and points of contact."""
    agencies = {name: Agency(code=name.lower(), name=name) for name in sorted(set(ROLES.values()))}
    contacts = {name: _account(f"contact@{name.lower()}.example", agencies[name]) for name in agencies}
    for name, agency in agencies.items():
        agency.point_of_contact_id = contacts[name].id
    managers = {role: _account(f"manager.of.{role}@scheme.example", agencies[ROLES[role]]) for role in ROLES}
    members = {
        role: _account(f"{role}@scheme.example", agencies[ROLES[role]], role, managers[role].id)
        for role in ROLES
    }
    async with transaction(pool) as conn:
        await insert(conn, *agencies.values())
        await insert(conn, *map(_agreement, agencies.values()))
        await insert(conn, *contacts.values(), *managers.values())
        await insert(conn, *members.values())
    return Scheme(pool, {role: _actor(account, agencies[ROLES[role]]) for role, account in members.items()})


def _agreement(agency: Agency) -> Agreement:
    return Agreement(
        agency_id=agency.id,
        ref=f"ISA-{agency.code}",
        title="Integrated Offender Management",
        tiers=list(Tier),
        signed_on=START.date() - timedelta(days=30),
        expires_on=date(2100, 1, 1),
    )


def _account(email: str, agency: Agency, role: str = "manager", manager_id: UUID | None = None) -> Account:
    name = f"Kerensa Tregellas{len(email)}"
    return Account(
        email=email, name=name, agency_id=agency.id, role=role, manager_id=manager_id, joined_at=START
    )


def _actor(account: Account, agency: Agency) -> Actor:
    return Actor(account.id, account.name, account.email, Role(account.role), agency.id, agency.name)


async def an_adopted_case(
    scheme: Scheme,
    *,
    cohort: Cohort = Cohort.FIXED,
    basis: Basis = Basis.STATUTORY,
    rag: Rag = Rag.RED,
    programme: Programme | None = None,
    sentence: Sentence | None = None,
    team: tuple[Role, ...] = STATUTORY_TEAM,
    at: datetime = START,
) -> Case:
    """A case adopted at ``at`` with everybody on its team, its programme begun."""
    person = Person(
        surname=f"Trevanion{uuid4().hex[:6]}",
        forenames="Jowan Kenwyn",
        date_of_birth=date(1991, 4, 17),
        pnc_id=f"19{uuid4().int % 10**8}",
        crn=f"X{uuid4().int % 10**6:06}",
    )
    case = Case(
        ref=f"LX-{uuid4().hex[:4].upper()}",
        person_id=person.id,
        basis=basis,
        opened_at=at,
    )
    notes = "Prefers mornings; sister lives in Oadby"
    assessment = Assessment(case_id=case.id, cohort=cohort, rag=rag, notes=notes)
    entries = [
        *(anchors(sentence) if sentence else ()),
        *adopted(cohort, basis, rag, uuid4(), programme or named(cohort.lower())),
    ]
    members = tuple((role, scheme.id_of(role)) for role in team)
    async with transaction(scheme.pool) as conn:
        new = NewCase(person, case, assessment, adopted_on=at.date(), team=members)
        await open_case(conn, new, entries, at, scheme.id_of(Role.COORDINATOR))
    return case
