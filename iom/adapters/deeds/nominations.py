"""Nominating a person: the first thing that happens on a case (domain.md §1.4, §4.1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from iom.access import Deed
from iom.adapters.database import Connection
from iom.adapters.deeds.by import By
from iom.adapters.deeds.cases import fresh_ref
from iom.adapters.programme_files import named
from iom.adapters.store import accounts, people
from iom.adapters.store.cases import NewCase, open_case
from iom.adapters.store.rows import insert
from iom.adapters.tables import Assessment, Case, Nomination, Person
from iom.age import check_birth
from iom.calendar import london_date
from iom.cells import is_unprintable, says_nothing
from iom.decisions import nominated
from iom.refusals import Refused
from iom.vocabulary import Basis, Role


@dataclass(frozen=True)
class NewNomination:
    """Who is put forward and why. The identifiers are in their canonical forms (``iom.identifiers``)."""

    surname: str
    forenames: str
    date_of_birth: date
    why: str
    basis: Basis
    pnc_id: str | None = None
    crn: str | None = None
    noms_number: str | None = None
    evidence: str = ""
    police_area: str = ""


@dataclass(frozen=True)
class Nominated:
    """The case that was opened."""

    id: UUID
    ref: str


async def nominate(conn: Connection, by: By, new: NewNomination) -> Nominated:
    """Opens a case on the nomination programme.

    Raises Refused with already_on_scheme, words_needed, unprintable_characters, or as ``iom.age.check_birth`` does:
    names and dates are held to what an import is (§1.3: children are led by youth justice).
    """
    by.check(Deed.NOMINATE, on_team=True)
    _check_words(new)
    check_birth(new.date_of_birth, london_date(by.now))
    known = await _known(conn, new)
    case = Case(
        ref=await fresh_ref(conn),
        person_id=known or uuid4(),
        basis=new.basis,
        police_area=new.police_area,
        lead_agency_id=by.actor.agency_id,
        opened_at=by.now,
    )
    opened = NewCase(
        _person(case.person_id, new), case, Assessment(case_id=case.id), team=await _first_team(conn, by)
    )
    entries, author = nominated(uuid4(), named("nomination")), by.actor.account_id
    await open_case(conn, opened, entries, by.now, author, known=known is not None, request_id=by.request_id)
    await insert(conn, _nomination(case.id, by, new))
    await by.note(conn, "collect", f"case:{case.ref}", case.id, "nomination")
    return Nominated(case.id, case.ref)


def _person(person_id: UUID, new: NewNomination) -> Person:
    return Person(
        id=person_id,
        surname=new.surname,
        forenames=new.forenames,
        date_of_birth=new.date_of_birth,
        pnc_id=new.pnc_id,
        crn=new.crn,
        noms_number=new.noms_number,
    )


async def _first_team(conn: Connection, by: By) -> tuple[tuple[Role, UUID], ...]:
    """Whoever nominates leads until somebody is allocated; the scheme's coordinator is there from the first day."""
    coordinator = await accounts.standing(conn, Role.COORDINATOR)
    team = {Role.LEAD_PROFESSIONAL: by.actor.account_id, by.actor.role: by.actor.account_id}
    return tuple((team | ({Role.COORDINATOR: coordinator} if coordinator else {})).items())


def _nomination(case_id: UUID, by: By, new: NewNomination) -> Nomination:
    return Nomination(
        case_id=case_id,
        nominated_at=by.now,
        nominated_by_id=by.actor.account_id,
        why=new.why,
        evidence=new.evidence,
    )


def _check_words(new: NewNomination) -> None:
    for name in ("surname", "forenames", "why"):
        if says_nothing(getattr(new, name)):
            raise Refused(
                "words_needed", f"Nothing can be read in the {name}. Write something that can be seen."
            )
    if any(map(is_unprintable, (new.surname, new.forenames, new.why, new.evidence, new.police_area))):
        raise Refused(
            "unprintable_characters",
            "There is a character in the text that cannot be shown. Type the text again without it.",
        )


async def _known(conn: Connection, new: NewNomination) -> UUID | None:
    """The person if an identifier is known already; refused while they have an open case."""
    found = await people.by_identifiers(conn, new.pnc_id, new.crn, new.noms_number)
    if found is None:
        return None
    if found.open_case_ref:
        raise Refused("already_on_scheme", f"This person has an open case already: {found.open_case_ref}.")
    return found.id
