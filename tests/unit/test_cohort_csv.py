"""Cohort files as people's spreadsheets save them: read by line, refused whole when they are no such file."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iom.adapters.cohort_csv import FileRow, read_cohort_file
from iom.cohort_row import COLUMNS
from iom.refusals import Refused
from tests.builders_cohort import a_cohort_file, a_row

HEADER = ",".join(COLUMNS)


def _rows(path: Path) -> list[FileRow]:
    return list(read_cohort_file(path))


def _text_file(folder: Path, text: str) -> Path:
    path = folder / "cohort.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def _refusal(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        _rows(path)
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_is_read_with_a_byte_order_mark_or_without(tmp_path: Path, encoding: str) -> None:
    rows = [a_row(1, surname="Wójcik"), a_row(2, notes='She said "yes, – no"')]
    path = a_cohort_file(tmp_path / "cohort.csv", rows, encoding)
    assert _rows(path) == [FileRow(2, rows[0]), FileRow(3, rows[1])]


def test_a_header_of_two_lines_counts_as_two(tmp_path: Path) -> None:
    path = _text_file(tmp_path, HEADER.replace("rag", '"rag\n"') + "\nx" + "," * (len(COLUMNS) - 1))
    assert [row.line for row in _rows(path)] == [3]


def test_a_column_without_a_name_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"\(no name\)"):
        _rows(_text_file(tmp_path, HEADER + ","))


def test_columns_may_come_in_any_order(tmp_path: Path) -> None:
    backwards = tuple(reversed(COLUMNS))
    path = _text_file(tmp_path, ",".join(backwards) + "\n" + ",".join(f"in {name}" for name in backwards))
    assert _rows(path)[0].cells == {name: f"in {name}" for name in COLUMNS}


def test_a_row_has_the_line_it_starts_on_however_many_lines_its_cells_have(tmp_path: Path) -> None:
    notes = ["one\ntwo\nthree", "", "a\r\nb", "last"]
    path = a_cohort_file(tmp_path / "cohort.csv", [a_row(n, notes=note) for n, note in enumerate(notes)])
    assert [row.line for row in _rows(path)] == [2, 5, 6, 8]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts_the_same(tmp_path: Path, line_end: str) -> None:
    row = "x" + "," * (len(COLUMNS) - 1)
    assert [row.line for row in _rows(_text_file(tmp_path, line_end.join((HEADER, row, row))))] == [2, 3]


def test_empty_rows_are_left_out_but_counted_as_lines(tmp_path: Path) -> None:
    nothing = "," * (len(COLUMNS) - 1)
    text = "\n".join((HEADER, "", nothing, "x" + nothing, "", "y" + nothing, "", ""))
    assert [(row.line, row.cells["local_ref"]) for row in _rows(_text_file(tmp_path, text))] == [
        (4, "x"),
        (6, "y"),
    ]


def test_a_file_with_a_header_only_has_no_rows(tmp_path: Path) -> None:
    assert _rows(_text_file(tmp_path, HEADER + "\n")) == []


def test_a_row_with_too_few_or_too_many_cells_is_marked_and_no_other_row_is(tmp_path: Path) -> None:
    good = "good" + "," * (len(COLUMNS) - 1)
    rows = _rows(_text_file(tmp_path, "\n".join((HEADER, "few,2003/1A", good, f"many{good[4:]},,"))))
    assert [(row.line, row.cells["local_ref"], row.fault and row.fault.code) for row in rows] == [
        (2, "few", "wrong_number_of_cells"),
        (3, "good", None),
        (4, "many", "wrong_number_of_cells"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file_empty"),
        ("\n\n", "file_empty"),
        (HEADER.replace("rag,", ""), "missing_columns"),
        (HEADER.replace(",", ";"), "wrong_separator"),
        (HEADER.replace(",", "\t"), "wrong_separator"),
        (HEADER.replace(",", '";"').join('""'), "wrong_separator"),
        (HEADER.upper().replace(",", ";"), "wrong_separator"),
        (HEADER.upper(), "columns_in_capitals"),
        (HEADER.title(), "columns_in_capitals"),
        ("Surname;Forenames\nx;y", "wrong_separator"),
        ("name,born", "missing_columns"),
        (HEADER.upper().replace("RAG,", ""), "columns_in_capitals"),
        (HEADER + ",shoe_size", "unknown_columns"),
        (HEADER + ",", "unknown_columns"),
        (HEADER + ",rag", "duplicate_columns"),
        (HEADER + "\na,b\0c", "file_has_nul_bytes"),
        ('"' + HEADER, "csv_malformed"),
    ],
)
def test_what_is_no_cohort_file_is_refused(tmp_path: Path, text: str, code: str) -> None:
    assert _refusal(_text_file(tmp_path, text)) == code


@pytest.mark.parametrize(("separator", "called"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_another_separator_is_named(tmp_path: Path, separator: str, called: str) -> None:
    with pytest.raises(Refused, match=f"separated by {called}, not by commas. Save it"):
        _rows(_text_file(tmp_path, HEADER.replace(",", separator)))


def test_names_in_capitals_are_told_to_be_written_small(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"in capitals: RAG\. Write their names in small letters"):
        _rows(_text_file(tmp_path, HEADER.replace("rag", "RAG")))


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_file_in_another_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    path = a_cohort_file(tmp_path / "cohort.csv", [a_row(surname="Wójcik")], encoding)
    assert _refusal(path) == "file_not_utf8"


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "nowhere.csv") == "file_not_found"
    assert _refusal(tmp_path) == "not_a_file"


@pytest.mark.parametrize(
    ("broken", "ref"),
    [('broken,"never closed', "broken"), ('"', ""), ('broken,"closed"too early', "broken")],
)
@pytest.mark.parametrize("after", [[], ["good", "good"], ["good", '"on\ntwo lines"']])
def test_a_row_with_bad_quotation_marks_takes_no_other_row_with_it(
    tmp_path: Path, broken: str, ref: str, after: list[str]
) -> None:
    rest = "," * (len(COLUMNS) - 1)
    path = _text_file(tmp_path, "\n".join((HEADER, "good" + rest, broken, *(cell + rest for cell in after))))
    assert [(row.line, row.cells["local_ref"], row.fault and row.fault.code) for row in _rows(path)] == [
        (2, "good", None),
        (3, ref, "csv_malformed"),
        *((line, cell.strip('"'), None) for line, cell in enumerate(after, start=4)),
    ]


def test_a_cell_too_long_to_read_takes_no_other_row_with_it(tmp_path: Path) -> None:
    path = _text_file(tmp_path, "\n".join((HEADER, "x" * 200_000, "good" + "," * (len(COLUMNS) - 1))))
    assert [(row.line, row.fault and row.fault.code) for row in _rows(path)] == [
        (2, "csv_malformed"),
        (3, None),
    ]


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(cells=st.lists(st.lists(texts, min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=4))
def test_whatever_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "cohort.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(cells)
    written = [row for row in cells if any(cell.strip() for cell in row)]
    assert [list(row.cells.values()) for row in _rows(path)] == written


def test_twenty_thousand_rows_are_read_in_a_few_seconds(tmp_path: Path) -> None:
    path = a_cohort_file(tmp_path / "cohort.csv", (a_row(number) for number in range(20_000)))
    began = time.perf_counter()
    assert sum(1 for _ in read_cohort_file(path)) == 20_000
    assert time.perf_counter() - began < 5
