"""What a demo's record begins with: accounts to sign in with, 60 invented people, and one training case."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

from iom.adapters.cohort_csv import FileRow, read_cohort_file
from iom.adapters.cohort_import import import_cohort
from iom.adapters.database import Connection, Pool, open_pool, transaction
from iom.adapters.deeds.by import By
from iom.adapters.deeds.cases import fresh_ref
from iom.adapters.deeds.joining import add_account
from iom.adapters.deeds.nominations import NewNomination, nominate
from iom.adapters.deeds.plans import give_role, start_intervention
from iom.adapters.programme_files import named
from iom.adapters.settings import Settings
from iom.adapters.store import accounts, training
from iom.adapters.store.cases import NewCase, open_case, refs_in_need
from iom.adapters.tables import Assessment, Case, Person
from iom.calendar import london_date
from iom.cli.demo_accounts import ACCOUNTS, COORDINATOR, LEAD, POLICE, PROBATION, TREATMENT
from iom.decisions import adopted
from iom.invented_cohort import invented_cohort
from iom.vocabulary import Basis, Cohort, Need, Rag, Role

PEOPLE = 60
IN_TREATMENT = 5
"""How many of the invented people have treatment keywork."""


async def seed(settings: Settings, cohort_file: Path | None) -> None:
    """Fills a new record; leaves one that has been filled before alone, but for a cohort file named now.

    One that was filled by half, because the demo was stopped meanwhile, is filled to the end.
    """
    now = datetime.now(UTC)
    async with open_pool(settings.database_url) as pool:
        async with transaction(pool) as conn:
            is_filled = await training.was_opened(conn)
        if not is_filled:
            await _first_time(pool, now)
        if cohort_file:
            await import_cohort(pool, list(read_cohort_file(cohort_file)), now)


async def _first_time(pool: Pool, now: datetime) -> None:
    async with transaction(pool) as conn:
        for account in ACCOUNTS:
            if await accounts.id_of(conn, account.email) is None:
                await add_account(conn, account, now)
    rows = invented_cohort(PEOPLE, london_date(now))
    await import_cohort(pool, (FileRow(line, cells) for line, cells in enumerate(rows, start=2)), now)
    async with transaction(pool) as conn:  # the training case is the last: it stands for all having been done
        await _start_treatment(conn, now)
        await _nominate(conn, now)
        await _open_training_case(conn, now)


async def _start_treatment(conn: Connection, now: datetime) -> None:
    coordinator = await _by(conn, COORDINATOR, now)
    for ref in await refs_in_need(conn, Need.DRUGS_ALCOHOL, IN_TREATMENT):
        await give_role(conn, coordinator, ref, Role.TREATMENT_WORKER, TREATMENT)
        await start_intervention(conn, coordinator, ref, "treatment_keywork")


async def _nominate(conn: Connection, now: datetime) -> None:
    """Somebody for the panel to decide on."""
    new = NewNomination(
        surname="Candlewick",
        forenames="Peregrine",
        date_of_birth=date(1994, 5, 3),
        why="Four shop thefts and a burglary since the summer; ready to talk about drugs.",
        basis=Basis.STATUTORY,
        evidence="Invented, like everybody here.",
        police_area="Leicester City",
    )
    await nominate(conn, await _by(conn, PROBATION, now), new)


async def _open_training_case(conn: Connection, now: datetime) -> None:
    """A made-up person on the training programme, whose days are minutes."""
    person = Person(surname="Example", forenames="Training", date_of_birth=date(1990, 1, 1))
    case = Case(
        ref=await fresh_ref(conn),
        person_id=person.id,
        local_ref=training.LOCAL_REF,
        basis=Basis.VOLUNTARY,
        police_area="Leicester City",
        opened_at=now,
    )
    assessment = Assessment(case_id=case.id, cohort=Cohort.FREE, rag=Rag.RED)
    members = {
        Role.COORDINATOR: COORDINATOR,
        Role.LEAD_PROFESSIONAL: LEAD,
        Role.POLICE_OFFENDER_MANAGER: POLICE,
        Role.TREATMENT_WORKER: TREATMENT,
    }
    team = tuple([(role, await _account(conn, email)) for role, email in members.items()])
    entries = adopted(Cohort.FREE, Basis.VOLUNTARY, Rag.RED, uuid4(), named("training"))
    await open_case(
        conn,
        NewCase(person, case, assessment, adopted_on=london_date(now), team=team),
        entries,
        now,
        await _account(conn, COORDINATOR),
    )


async def _account(conn: Connection, email: str) -> UUID:
    account_id = await accounts.id_of(conn, email)
    assert account_id is not None, f"{email} is one of the demo's accounts"
    return account_id


async def _by(conn: Connection, email: str, now: datetime) -> By:
    """That person, doing something by command."""
    actor = await accounts.by_id(conn, await _account(conn, email))
    assert actor is not None
    return By(actor, "command", now)
