"""Reads a cohort file row by row, with the line each row starts on. Knows the file's form, not what its rows mean."""

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from iom.cells import Fault
from iom.cohort_row import COLUMNS
from iom.refusals import Refused

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What spreadsheets write between cells where commas are in numbers, and how people call it."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row as it stands in the file. `line` is the line it starts on, the header being line 1.

    With a `fault` of its form (too few or too many cells, quotation marks) its cells are a guess, good enough to
    find the row by.
    """

    line: int
    cells: Mapping[str, str]
    fault: Fault | None = None


def read_cohort_file(path: Path) -> Iterator[FileRow]:
    """The rows of a CSV file with the columns of `iom.cohort_row.COLUMNS`, in any order; empty rows are left out.

    UTF-8, with a byte order mark or without. Streams. What makes the whole file unreadable is refused when it is
    met, which may be after some rows: read to the end before you write anything. Refused: `file_not_found`,
    `not_a_file`, `file_not_readable`, `file_not_utf8`, `file_has_nul_bytes`, `file_empty`, `wrong_separator`,
    `columns_in_capitals`, `missing_columns`, `unknown_columns`, `duplicate_columns`, `csv_malformed`.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(_Lines(_without_nul(file)))
    except FileNotFoundError:
        raise Refused("file_not_found", f"There is no file {path}. Check the name and the folder.") from None
    except IsADirectoryError:
        raise Refused("not_a_file", f"{path} is a folder. Name the CSV file in it.") from None
    except OSError as error:
        raise Refused("file_not_readable", f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise Refused(
            "file_not_utf8", f"{path} is not UTF-8 text. Save it from the spreadsheet as “CSV UTF-8”."
        ) from None


def _without_nul(lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise Refused(
                "file_has_nul_bytes",
                f"Line {number} has NUL bytes, so this is not a CSV file in UTF-8 or it is damaged. Save it again.",
            )
        yield line


class _Lines:
    """Lines that can be read again, so that a row with a quotation mark left open takes no other row with it."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._again: deque[str] = deque()
        self.of_this_row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.of_this_row.append(line)
        return line

    def give_back_all_but_the_first(self) -> None:
        self._again.extendleft(reversed(self.of_this_row[1:]))
        del self.of_this_row[1:]


def _rows(lines: _Lines) -> Iterator[FileRow]:
    header = _header(lines)
    line = 1 + len(lines.of_this_row)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.of_this_row.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.give_back_all_but_the_first()
            yield _malformed_row(line, header, lines.of_this_row[0], error)
            reader = csv.reader(lines, strict=True)
        else:
            if any(cell.strip() for cell in cells):
                yield _row(line, header, cells)
        line += len(lines.of_this_row)


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> FileRow:
    if len(cells) == len(header):
        return FileRow(line, dict(zip(header, cells, strict=True)))
    fault = Fault(
        "",
        "wrong_number_of_cells",
        f"This row has {len(cells)} cells and the header {len(header)}. Look for a comma too many or too few, "
        "and put text with commas in quotation marks.",
    )
    return FileRow(line, _guessed(header, cells), fault)


def _malformed_row(line: int, header: Sequence[str], text: str, error: csv.Error) -> FileRow:
    fault = Fault(
        "",
        "csv_malformed",
        f"This row is not CSV: {error}. Look for a quotation mark that is not closed or not doubled.",
    )
    return FileRow(line, _guessed(header, [cell.strip('" \r\n') for cell in text.split(",")]), fault)


def _guessed(header: Sequence[str], cells: Sequence[str]) -> Mapping[str, str]:
    return dict(zip_longest(header, cells[: len(header)], fillvalue=""))


def _header(lines: _Lines) -> Sequence[str]:
    try:
        header = [name.strip() for name in next(csv.reader(lines, strict=True), ())]
    except csv.Error as error:
        _refuse_another_form(lines.of_this_row[:1])
        raise Refused("csv_malformed", f"Line 1 is not CSV: {error}. It must name the columns.") from error
    _check_header(header)
    return header


def _check_header(header: Sequence[str]) -> None:
    if not any(header):
        raise Refused(
            "file_empty", "The first line is empty. It must name the columns: " + ", ".join(COLUMNS)
        )
    duplicate = [name for name in COLUMNS if header.count(name) > 1]
    missing = [name for name in COLUMNS if name not in header]
    unknown = [name or "(no name)" for name in header if name not in COLUMNS]
    if missing:
        _refuse_another_form(header)
        raise Refused("missing_columns", f"Columns are missing from line 1: {', '.join(missing)}. Add them.")
    if unknown:
        raise Refused("unknown_columns", f"Unknown columns in line 1: {', '.join(unknown)}. Take them out.")
    if duplicate:
        raise Refused(
            "duplicate_columns", f"Columns are twice in line 1: {', '.join(duplicate)}. Keep one each."
        )


def _refuse_another_form(header: Sequence[str]) -> None:
    """Refuses what is a cohort file but for its separator, or for capitals in its names."""
    for separator, called in SEPARATORS.items():
        names = [name.strip().strip('"').casefold() for name in separator.join(header).split(separator)]
        if len(set(names) & set(COLUMNS)) > len(set(header) & set(COLUMNS)) and len(header) < len(names):
            raise Refused(
                "wrong_separator",
                f"The columns in line 1 are separated by {called}, not by commas. Save it from the spreadsheet as "
                "“CSV UTF-8 (comma delimited)”, or export it with commas.",
            )
    capital = [name for name in header if name not in COLUMNS and name.casefold() in COLUMNS]
    if capital:
        raise Refused(
            "columns_in_capitals",
            f"Columns in line 1 are written in capitals: {', '.join(capital)}. Write their names in small letters.",
        )
