"""An invented cohort for demonstrations: the same people for the same seed and day. Pure; nobody in it is real."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from iom.cohort_row import COLUMNS
from iom.identifiers import PncId
from iom.vocabulary import (
    DETAINED,
    IN_PRISON,
    OFFENCE_LABELS,
    Basis,
    Cohort,
    CustodyStatus,
    Need,
    Rag,
    Rosh,
)

SEED = 20_240
"""The seed of the demo, so that everyone who tries it meets the same people."""

POLICE_OFFENDER_MANAGERS = tuple(f"om{number:02}@police.example" for number in range(1, 4))
LEADS = {
    "Probation": tuple(f"lead{number:02}@probation.example" for number in range(1, 5)),
    "Police": ("lead05@police.example",),
    "Open Door Recovery": ("lead06@recovery.example",),
    "Keystone Housing": ("lead07@housing.example",),
}
"""Who leads, by agency. Probation leads statutory cases, the others voluntary ones."""

_VOLUNTARY_AGENCIES = tuple(agency for agency in LEADS if agency != "Probation")
_SURNAMES = (
    "Quillfeather", "Thistledown", "Pebblesworth", "Brambleby", "Wobbleton", "Lanternfield", "Marmaladé",
    "O'Teapot", "Żółwik", "Puddlemere", "Von Button", "Okonkwobble", "Kettlewhistle", "Singhalong", "Buttersby",
    "Begumpetal", "Drizzlecombe", "Fiddlestick", "Goosegrass", "Higgledy-Smith",
)  # fmt: skip
_FORENAMES = {
    "M": (
        "Ashwin",
        "Barnaby",
        "Cosmin",
        "Desmond",
        "Ezra",
        "Florian",
        "Gethin",
        "Hamza",
        "Ignatius",
        "Józef",
    ),
    "F": ("Aoife", "Beatrix", "Chidinma", "Delphine", "Esmé", "Farida", "Gwenllian"),
}
_AREAS = {
    "Leicester City": ("LE1", "LE3", "LE5"),
    "Charnwood": ("LE11", "LE12"),
    "Hinckley and Blaby": ("LE9", "LE10"),
    "Melton and Rutland": ("LE13", "LE15"),
    "North West Leicestershire": ("LE67",),
    "Harborough and Oadby": ("LE16", "LE18"),
}
_NEIGHBOURHOOD_CRIME = ("BIAD", "RB", "TFMV", "TFP", "TOMV")
_LOCAL_PRIORITY = ("KNIFE", "PWITS", "OAPA47", "SHOP")
_ETHNICITIES = ("W1", "W1", "W1", "W2", "W9", "A1", "A2", "B1", "B2", "M1", "M9", "NS")
_NOTES = (
    "",
    "",
    "Prefers a text first",
    'Says "I want to work"; forklift licence lapsed',
    "Two-visitor address",
)


@dataclass(frozen=True, slots=True)
class _Situation:
    cohort: Cohort
    basis: Basis
    status: CustodyStatus


_SITUATIONS = (
    _Situation(Cohort.FIXED, Basis.STATUTORY, CustodyStatus.COMMUNITY),
    _Situation(Cohort.FIXED, Basis.STATUTORY, CustodyStatus.ON_LICENCE),
    _Situation(Cohort.FLEX, Basis.VOLUNTARY, CustodyStatus.COMMUNITY),
    _Situation(Cohort.FIXED, Basis.STATUTORY, CustodyStatus.SENTENCED),
    _Situation(Cohort.FREE, Basis.STATUTORY, CustodyStatus.ON_LICENCE),
    _Situation(Cohort.FIXED, Basis.STATUTORY, CustodyStatus.COMMUNITY),
    _Situation(Cohort.FLEX, Basis.STATUTORY, CustodyStatus.ON_LICENCE),
    _Situation(Cohort.FIXED, Basis.STATUTORY, CustodyStatus.REMAND),
    _Situation(Cohort.FREE, Basis.VOLUNTARY, CustodyStatus.COMMUNITY),
    _Situation(Cohort.FIXED, Basis.STATUTORY, CustodyStatus.ON_LICENCE),
    _Situation(Cohort.FIXED, Basis.STATUTORY, CustodyStatus.RECALLED),
    _Situation(Cohort.FLEX, Basis.STATUTORY, CustodyStatus.COMMUNITY),
    _Situation(Cohort.FREE, Basis.STATUTORY, CustodyStatus.SENTENCED),
    _Situation(Cohort.FIXED, Basis.STATUTORY, CustodyStatus.UNLAWFULLY_AT_LARGE),
)
"""Taken in turn, so that even a small cohort shows every kind of case; Fixed is the majority (domain.md §1.3)."""

_GRADES = (Rag.RED, Rag.AMBER, Rag.GREEN)


def invented_cohort(count: int, today: date, seed: int = SEED) -> Iterator[dict[str, str]]:
    """`count` people as rows of a cohort file, all dates around `today`. Identifiers are in form but nobody's."""
    source = random.Random(seed)  # noqa: S311 - repeatable on purpose
    serials = source.sample(range(100_000, 1_000_000), count)
    for number, serial in enumerate(serials):
        situation = _SITUATIONS[number % len(_SITUATIONS)]
        yield dict.fromkeys(COLUMNS, "") | {
            "local_ref": f"DEMO{number + 1:04}",
            **_person(source, serial, situation, today),
            **_offence(source, situation),
            **_sentence(source, situation, today),
            **_standing(source, situation, _GRADES[number % len(_GRADES)]),
            **_team(source, situation),
            "last_contact_on": _ago(source, today, 1, 28),
            "adopted_on": _ago(source, today, 10, 500),
            "notes": source.choice(_NOTES),
        }


def _person(source: random.Random, serial: int, situation: _Situation, today: date) -> dict[str, str]:
    sex = source.choices("MF", weights=(5, 1))[0]
    born = today - timedelta(days=source.randrange(19 * 366, 55 * 365))
    area = source.choice(tuple(_AREAS))
    in_prison = situation.status in IN_PRISON
    return {
        "pnc_id": str(PncId(min(born.year + source.randrange(14, 30), today.year), serial)),
        "crn": f"{source.choice('ADKVX')}{serial:06}" if situation.basis is Basis.STATUTORY else "",
        "noms_number": f"A{serial % 10_000:04}{_letters(serial // 10_000)}" if in_prison else "",
        "surname": source.choice(_SURNAMES),
        "forenames": source.choice(_FORENAMES[sex]),
        "date_of_birth": str(born),
        "sex": sex,
        "ethnicity_self_defined": source.choice(_ETHNICITIES),
        "police_area": area,
        "postcode_district": source.choice(_AREAS[area]),
    }


def _letters(number: int) -> str:
    return "".join("ABCDEFGHJK"[int(digit)] for digit in f"{number:02}")


def _offence(source: random.Random, situation: _Situation) -> dict[str, str]:
    code = source.choice(_LOCAL_PRIORITY if situation.cohort is Cohort.FREE else _NEIGHBOURHOOD_CRIME)
    return {"index_offence_code": code, "index_offence": OFFENCE_LABELS[code]}


def _sentence(source: random.Random, situation: _Situation, today: date) -> dict[str, str]:
    """The order or licence, and for a prisoner whose release is known its date, before the sentence ends."""
    if situation.basis is Basis.VOLUNTARY:
        return {}
    release = today + timedelta(days=source.randrange(20, 300))
    dates = {
        "sentence_start": _ago(source, today, 30, 500),
        "sentence_end": str(release + timedelta(days=source.randrange(60, 700))),
    }
    if situation.status in IN_PRISON - {CustodyStatus.REMAND}:
        dates["earliest_release_date"] = str(release)
    return dates


def _standing(source: random.Random, situation: _Situation, grade: Rag) -> dict[str, str]:
    lowest_arp = 75 if situation.cohort is Cohort.FIXED else 25
    needs = source.sample(tuple(Need), source.randrange(1, 5))
    return {
        "cohort": situation.cohort,
        "basis": situation.basis,
        "custody_status": situation.status,
        "establishment": "HMP Ambridge" if situation.status in DETAINED else "",
        "arp_score": str(source.randrange(lowest_arp, 98)),
        "csrp_score": f"{source.randrange(20, 980) / 100:.2f}",
        "rosh": source.choice(tuple(Rosh)),
        "rag": Rag.BLUE if situation.status in IN_PRISON else grade,
        "needs": ";".join(sorted(needs)),
    }


def _team(source: random.Random, situation: _Situation) -> dict[str, str]:
    statutory = situation.basis is Basis.STATUTORY
    agency = "Probation" if statutory else source.choice(_VOLUNTARY_AGENCIES)
    return {
        "lead_agency": agency,
        "lead_professional_email": source.choice(LEADS[agency]),
        "police_offender_manager_email": source.choice(POLICE_OFFENDER_MANAGERS),
    }


def _ago(source: random.Random, today: date, nearest: int, furthest: int) -> str:
    return str(today - timedelta(days=source.randrange(nearest, furthest)))
