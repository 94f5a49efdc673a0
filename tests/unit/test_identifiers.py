"""Identifiers: read in every written form, refused by code in every other."""

import random
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iom.identifiers import (
    CASE_REF_ALPHABET,
    PncId,
    new_case_ref,
    read_case_ref,
    read_crn,
    read_email_address,
    read_noms_number,
    read_postcode_district,
)
from iom.refusals import Refused

pnc_ids = st.builds(PncId, st.integers(1974, 2073), st.integers(0, 9_999_999))
letters = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@given(pnc_ids)
def test_a_pnc_id_reads_back_what_it_writes(pnc_id: PncId) -> None:
    assert PncId.parse(str(pnc_id)) == pnc_id


@given(pnc_ids)
def test_every_short_form_of_a_pnc_id_is_the_same_id(pnc_id: PncId) -> None:
    year, serial, letter = f"{pnc_id.year % 100:02}", f"{pnc_id.serial:07}", pnc_id.check_letter
    for form in (f"{year}/{pnc_id.serial}{letter}", f"{year}{serial}{letter}", f" {pnc_id} ".lower()):
        assert str(PncId.parse(form)) == str(pnc_id)


@given(pnc_ids, letters)
def test_only_one_letter_checks(pnc_id: PncId, letter: str) -> None:
    text = f"{str(pnc_id)[:-1]}{letter}"
    if letter == pnc_id.check_letter:
        assert PncId.parse(text) == pnc_id
    else:
        _refuses("bad_pnc_check_letter", text)


@given(pnc_ids, st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_never_checks(pnc_id: PncId, place: int, off_by: int) -> None:
    digits = f"{pnc_id.serial:07}"
    wrong = digits[:place] + str((int(digits[place]) + off_by) % 10) + digits[place + 1 :]
    _refuses("bad_pnc_check_letter", f"{pnc_id.year}/{wrong}{pnc_id.check_letter}")


@pytest.mark.parametrize("text", ["2003/0261170A", "03/261170A", "03/0261170a", "20030261170A", "030261170A"])
def test_a_known_pnc_id_is_read_in_every_form(text: str) -> None:
    assert str(PncId.parse(text)) == "2003/0261170A"


def test_a_short_year_from_74_on_is_of_the_last_century() -> None:
    assert PncId.parse(f"74/1{PncId(1974, 1).check_letter}").year == 1974
    assert PncId.parse(f"73/1{PncId(2073, 1).check_letter}").year == 2073


@pytest.mark.parametrize(
    "text",
    ["", "2003-0261170A", "2003/0261170", "203/0261170A", "2003/02611700A", "03261170A", "٢٠٠٣/0261170A"],
)
def test_other_text_is_no_pnc_id(text: str) -> None:
    _refuses("pnc_wrong_pattern", text)


def _refuses(code: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        PncId.parse(text)
    assert refused.value.code == code


@given(st.from_regex(r"[A-Za-z][0-9]{6}", fullmatch=True))
def test_a_crn_is_one_letter_and_six_digits_upper_cased(text: str) -> None:
    assert read_crn(f" {text} ") == text.upper()


@pytest.mark.parametrize("text", ["", "12345X6", "X12345", "X1234567", "XX23456", "É123456", "X12345٦"])
def test_other_text_is_no_crn(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_crn(text)
    assert refused.value.code == "crn_wrong_pattern"


@given(st.from_regex(r"[A-Za-z][0-9]{4}[A-Za-z]{2}", fullmatch=True))
def test_a_noms_number_is_a_letter_four_digits_and_two_letters_upper_cased(text: str) -> None:
    assert read_noms_number(f" {text} ") == text.upper()


@pytest.mark.parametrize("text", ["", "A123BC", "A1234B", "AA234BC", "A1234BCD", "A1234ß", "A1234BC A1234BC"])
def test_other_text_is_no_noms_number(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_noms_number(text)
    assert refused.value.code == "noms_number_wrong_pattern"


@given(st.integers())
def test_a_new_case_reference_reads_back_however_it_is_typed(seed: int) -> None:
    ref = new_case_ref(random.Random(seed))
    assert {read_case_ref(typed) for typed in (ref, ref.lower(), ref.replace("-", ""), f" {ref} ")} == {ref}


def test_no_two_characters_of_a_case_reference_look_alike() -> None:
    for alike in ("0O", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert len(set(alike) & set(CASE_REF_ALPHABET)) < 2
    assert not set("AEIOU") & set(CASE_REF_ALPHABET)


def test_case_references_from_the_system_hardly_ever_meet() -> None:
    source = secrets.SystemRandom()
    assert len({new_case_ref(source) for _ in range(1_000)}) > 995


@pytest.mark.parametrize("text", ["", "LX4F7", "LX-4F70", "LX 4F7Q", "LX--4F7Q", "LXX-4F7"])
def test_other_text_is_no_case_reference(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_case_ref(text)
    assert refused.value.code == "case_ref_wrong_pattern"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("lead04@probation.example", "lead04@probation.example"),
        (" Siân.O'Brien@Police.Example ", None),
        (" Sian.O'Brien@Police.Example ", "sian.o'brien@police.example"),
        ("a+b@x-y.z.example", "a+b@x-y.z.example"),
        ("lead\u212a@probation.example", None),
        ("lead at probation", None),
        ("@police.example", None),
        ("lead@police", None),
        ("lead@@police.example", None),
        ("lead@police..example", None),
        (".lead@police.example", None),
        ("lead@-police.example", None),
        ("lead@police.example, other@police.example", None),
        ("lead@police.example\nBcc: other@police.example", None),
        (f"{'a' * 65}@police.example", None),
        (f"a@{'b' * 64}.example", None),
        (f"a@{'b.' * 130}example", None),
    ],
)
def test_an_email_address_is_read_in_lower_case_or_refused(text: str, address: str | None) -> None:
    if address is not None:
        assert read_email_address(text) == address
    else:
        with pytest.raises(Refused) as refused:
            read_email_address(text)
        assert refused.value.code == "bad_email"


@pytest.mark.parametrize("text", ["LE1", "le11", "NG31", "EC1A", "W1A", " LE67 "])
def test_a_postcode_district_is_the_first_half_of_a_postcode(text: str) -> None:
    assert read_postcode_district(text) == text.strip().upper()


@pytest.mark.parametrize("text", ["", "LE11 3TU", "11", "LEX", "LE1111"])
def test_other_text_is_no_postcode_district(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_postcode_district(text)
    assert refused.value.code == "postcode_district_wrong_pattern"
