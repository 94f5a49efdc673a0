"""Values as they are corrected: read as their field wants them, or refused with what to do."""

from datetime import date

import pytest

from iom.corrections import CORRECTABLE, Field, Value, read_value
from iom.refusals import Refused


@pytest.mark.parametrize(
    ("field", "said", "value"),
    [
        (Field.SURNAME, " Penrose ", "Penrose"),
        (Field.DATE_OF_BIRTH, "1991-04-17", date(1991, 4, 17)),
        (Field.SEX, "F", "F"),
        (Field.ETHNICITY, "W1", "W1"),
        (Field.CRN, "x123456", "X123456"),
        (Field.CRN, "", None),
        (Field.ROSH, "Very High", "Very High"),
        (Field.ARP_SCORE, "74.5", 74.5),
        (Field.NOTES, " ", ""),
    ],
)
def test_a_value_is_read_as_its_field_wants_it(field: Field, said: str, value: Value) -> None:
    assert read_value(field, said) == value


@pytest.mark.parametrize(
    ("field", "said", "code"),
    [
        (Field.FORENAMES, " ", "value_needed"),
        (Field.DATE_OF_BIRTH, "0991-04-17", "value_not_readable"),
        (Field.SEX, "male", "value_not_readable"),
        (Field.CSRP_SCORE, "nan", "value_not_readable"),
        (Field.CSRP_SCORE, "101", "value_not_readable"),
        (Field.CRN, "123", "crn_wrong_pattern"),
    ],
)
def test_what_cannot_be_read_is_refused(field: Field, said: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_value(field, said)
    assert refused.value.code == code


def test_every_field_has_a_label_and_stands_in_a_table_that_can_be_corrected() -> None:
    assert set(CORRECTABLE) == set(Field)
    assert {field.table for field in Field} == {"person", "assessment"}
