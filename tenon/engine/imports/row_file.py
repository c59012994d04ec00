"""What every reader gives: a file of rows with a header, read again as often as wanted, in flat memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple, Protocol

from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import Text

Cell = str | int | Decimal | float | bool | date | datetime | time | None
HEADER_LENGTH = 200
_BLANKS = re.compile(r"[\s\u200b\u200c\u200d\ufeff\0]+")


class Row(NamedTuple):
    """One row: its number as a spreadsheet counts (from 1, header included), and a cell for every column.

    ``problems`` are why it cannot be taken as it is (their path is "" or the column's name as a JSON Pointer);
    ``notes`` are worth telling and stop nothing. Empty cells are None, never "".
    """

    number: int
    cells: list[Cell]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader takes: bytes of the file, characters of a cell (at most 131,072), columns; for workbooks also
    unpacked bytes, bytes of memory and seconds of the child process."""

    file_bytes: int = 2_000_000_000
    workbook_bytes: int = 200_000_000
    unpacked_bytes: int = 1_000_000_000
    memory_bytes: int = 2_000_000_000
    seconds: int = 60
    cell: int = 131_072
    line: int = 16_000_000
    columns: int = 1_000


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided about a file instead of the guess; ``header_row`` counts from 1, 0 says there is none."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None


class RowSource(Protocol):
    """Gives the records of a file from its beginning, each time anew."""

    def records(self) -> Iterator[Row]:
        """Yield every record that is not blank, unpadded, title lines and header included."""


@dataclass
class RowFile:
    """A file opened for import.

    ``format`` csv, tsv, xlsx, xlsm, xlsb, xls, ods or jsonl · ``encoding`` of text files (utf-8, utf-8-sig, utf-16-le,
    utf-16-be, gb18030, cp1252, latin-1) · ``header`` unique names, "column 3" where a name is missing ·
    ``header_row`` its row number, 0 when the file has none · ``sheets`` and ``sheet`` of a workbook.
    """

    format: str
    header: list[str]
    header_row: int
    source: RowSource
    encoding: str | None = None
    delimiter: str | None = None
    sheets: list[str] = field(default_factory=list)
    sheet: str | None = None

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header from the first one on, each with exactly one cell a column."""
        return fit_rows(self.source.records(), self.header, self.header_row)

    def sample(self, count: int = 1_000) -> list[Row]:
        """Return the first rows."""
        found: list[Row] = []
        for row in self.rows():
            found.append(row)
            if len(found) >= count:
                break
        return found


def refuse(code: str, message: Text, hint: Text) -> Invalid:
    """Return the refusal of a whole file."""
    return Invalid(Problem("/file", code, message, hint))


def name_columns(cells: Sequence[Cell], width: int) -> list[str]:
    """Return unique column names: blanks folded, repeats numbered, "column 3" where there is none."""
    names: list[str] = []
    taken: set[str] = set()
    for index in range(width):
        raw = cells[index] if index < len(cells) else None
        name = _BLANKS.sub(" ", "" if raw is None else str(raw)).strip()[:HEADER_LENGTH] or f"column {index + 1}"
        candidate, number = name, 2
        while candidate in taken:
            candidate = f"{name} {number}"
            number += 1
        taken.add(candidate)
        names.append(candidate)
    return names


def usual_width(widths: Sequence[int]) -> int:
    """Return the most frequent width, the larger of equals, or 0."""
    counted = Counter(widths)
    return max(counted, key=lambda width: (counted[width], width), default=0)


def fit_rows(records: Iterator[Row], header: list[str], header_row: int) -> Iterator[Row]:
    """Yield the records below the header with as many cells as the header has; what is too much becomes a problem."""
    width = len(header)
    for row in records:
        if len(row.cells) == width and row.number > header_row:
            yield row
        elif row.number > header_row:
            yield _fit(row, width)


def _fit(row: Row, width: int) -> Row:
    if len(row.cells) < width:
        note = Problem("", "bad_format", _SHORT.of(len(row.cells), width))
        return Row(row.number, row.cells + [None] * (width - len(row.cells)), row.problems, (*row.notes, note))
    extra = [cell for cell in row.cells[width:] if cell is not None]
    if not extra:
        return Row(row.number, row.cells[:width], row.problems, row.notes)
    problem = Problem("", "bad_format", _LONG.of(len(row.cells), width), _LONG_HINT)
    return Row(row.number, row.cells[:width], (*row.problems, problem), row.notes)


@dataclass(frozen=True, slots=True)
class _Count:
    """A message with two counts in it."""

    en: str
    zh: str

    def of(self, found: int, wanted: int) -> Text:
        return Text(self.en % (found, wanted), self.zh % (found, wanted))


_SHORT = _Count(
    "This row has %d cells where the header has %d; the rest is taken as empty.", "此行有 %d 个单元格，表头有 %d 个；缺少的按空处理。"
)
_LONG = _Count("This row has %d cells, but the header has only %d.", "此行有 %d 个单元格，而表头只有 %d 个。")
_LONG_HINT = Text(
    "Put cells that hold the delimiter in quotes, or give the extra column a name.", "请给含有分隔符的单元格加引号，或为多出的列补上列名。"
)
