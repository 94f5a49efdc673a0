"""What a row of a cohort file becomes in the record: person, cover, needs and the log's first entries. No queries."""

from datetime import datetime
from uuid import UUID, uuid4

from iom.adapters.programme_files import for_cohort, named
from iom.adapters.store.cases import NewCase
from iom.adapters.tables import Assessment, Case, Person, Whereabouts
from iom.cohort_row import CohortRow
from iom.decisions import Sentence, adopted, anchors, taken_into_custody
from iom.events import Entry
from iom.vocabulary import IN_PRISON

Team = tuple[tuple[str, UUID], ...]


def new_case(row: CohortRow, ref: str, lead_agency: UUID, team: Team, digest: str, now: datetime) -> NewCase:
    """The case as it stands on the day of the import, called `ref`; `digest` tells the same row again."""
    person = _person(row)
    case = Case(
        ref=ref,
        person_id=person.id,
        local_ref=row.local_ref,
        basis=row.basis,
        police_area=row.police_area,
        lead_agency_id=lead_agency,
        opened_at=now,
        imported_digest=digest,
    )
    return NewCase(
        person,
        case,
        _assessment(case.id, row),
        _whereabouts(case.id, row),
        row.adopted_on,
        tuple(sorted(row.needs)),
        team,
    )


def first_entries(row: CohortRow) -> list[Entry]:
    """What the log of an imported case begins with: adopted, on its cohort's programme, and in custody if so.

    What several decisions say alike (the grade of somebody in prison) is said once.
    """
    sentence = Sentence(row.sentence.start, row.sentence.end)
    entries = [
        *anchors(sentence),
        *adopted(row.cohort, row.basis, row.rag, uuid4(), for_cohort(row.cohort), row.adopted_on),
    ]
    if row.custody.status in IN_PRISON:
        custody = taken_into_custody(row.custody.earliest_release, uuid4(), named("custody"))
        entries += [entry for entry in custody if entry not in entries]
    return entries


def _person(row: CohortRow) -> Person:
    identity = row.identity
    return Person(
        surname=identity.surname,
        forenames=identity.forenames,
        date_of_birth=identity.date_of_birth,
        sex=identity.sex,
        ethnicity=identity.ethnicity,
        pnc_id=str(identity.pnc_id),
        crn=identity.crn,
        noms_number=identity.noms_number,
        postcode_district=identity.postcode_district or None,
    )


def _assessment(case_id: UUID, row: CohortRow) -> Assessment:
    return Assessment(
        case_id=case_id,
        cohort=row.cohort,
        rag=row.rag,
        index_offence_code=row.sentence.offence_code or None,
        index_offence=row.sentence.offence,
        sentence_start_on=row.sentence.start,
        sentence_end_on=row.sentence.end,
        arp_score=float(row.scores.arp) if row.scores.arp is not None else None,
        csrp_score=float(row.scores.csrp) if row.scores.csrp is not None else None,
        rosh=row.scores.rosh,
        last_contact_on=row.last_contact_on,
        notes=row.notes,
    )


def _whereabouts(case_id: UUID, row: CohortRow) -> Whereabouts:
    return Whereabouts(
        case_id=case_id,
        custody_status=row.custody.status,
        establishment=row.custody.establishment or None,
        earliest_release_on=row.custody.earliest_release,
    )
