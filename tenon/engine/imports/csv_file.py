"""Reading delimited text: quotes, line breaks inside cells, ragged rows, damaged characters, quotes never closed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tenon.engine.imports.row_file import Cell, Limits, Row
from tenon.engine.imports.spreadsheet import unguard
from tenon.engine.imports.text_encoding import BAD
from tenon.engine.imports.text_lines import Lines
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say

CELL_LIMIT = 131_072
"""What the standard reader takes; raising it is a matter of the whole process, so this module never does."""


@dataclass(frozen=True)
class CsvSource:
    """The records of one delimited file; ``skip_first`` leaves out a line ``sep=;``."""

    path: Path
    encoding: str
    delimiter: str
    limits: Limits
    skip_first: bool = False

    def records(self) -> Iterator[Row]:
        """Yield every record that is not blank."""
        return _Reading(self).records()


class _Reading:
    """One pass over a file."""

    def __init__(self, source: CsvSource) -> None:
        self.lines = Lines(source.path, source.encoding, source.limits.line)
        self.feed: Iterator[str] = iter(self.lines)
        self.delimiter = source.delimiter
        self.longest = min(source.limits.cell, CELL_LIMIT)
        self.number = 1 if source.skip_first and next(self.feed, None) is not None else 0
        self.pending: list[str] = []
        self.again: list[str] = []
        self.is_over = False

    def _next_lines(self) -> Iterator[str]:
        """Yield the lines to read again first, then those of the file, and keep what the current record is made of."""
        pending = self.pending
        while self.again:
            line = self.again.pop()
            pending.append(line)
            yield line
        for line in self.feed:
            pending.append(line)
            yield line
        self.is_over = True

    def records(self) -> Iterator[Row]:
        """Yield the rows; after a row that cannot be read go on with the line below its first one."""
        reader = csv.reader(self._next_lines(), delimiter=self.delimiter)
        pending = self.pending
        while True:
            try:
                for cells in reader:
                    self.number += 1
                    # A record that comes with the end of the file was still inside quotes.
                    if self.is_over or (len(pending) > 1 and not _is_well_quoted(pending, self.delimiter)):
                        yield self._recover(_open_quote())
                        break
                    size = len(pending[0]) if len(pending) == 1 else sum(map(len, pending))
                    pending.clear()
                    values: list[Cell] = [(unguard(cell) if cell[0] == "'" else cell) if cell else None for cell in cells]
                    if size > self.longest or self.lines.is_suspect:
                        yield self._check(values)
                    elif any(values):
                        yield Row(self.number, values)
                else:
                    return
            except csv.Error:
                self.number += 1
                yield self._recover(_cell_too_long(self.longest))
            reader = csv.reader(self._next_lines(), delimiter=self.delimiter)

    def _recover(self, problem: Problem) -> Row:
        first, *rest = self.pending
        self.pending.clear()
        self.again.extend(reversed(rest))
        self.is_over = False
        return Row(self.number, [first[:200].rstrip("\r\n").replace(BAD, "\ufffd").replace("\0", "") or None], (problem,))

    def _check(self, values: list[Cell]) -> Row:
        problems: list[Problem] = []
        for index, value in enumerate(values):
            if not isinstance(value, str):
                continue
            if len(value) > self.longest:
                problems.append(_cell_too_long(self.longest))
                values[index] = value[:200]
            if "\0" in value:
                problems.append(_nul())
                values[index] = value.replace("\0", "") or None
            if BAD in value:
                problems.append(_damaged(self.lines.encoding))
                values[index] = value.replace(BAD, "\ufffd")
        return Row(self.number, values, tuple(problems))


def _is_well_quoted(lines: list[str], delimiter: str) -> bool:
    """Say whether the quotes of a record of several lines all stand at the ends of cells; else one is missing before."""
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _open_quote() -> Problem:
    return Problem(
        "",
        "bad_format",
        say("A quote that opens in this row is never closed.", "此行的引号没有结束。"),
        say("Close the quote, or double every quote inside a cell.", "请补上结束的引号；单元格内的引号须写两次。"),
    )


def _cell_too_long(limit: int) -> Problem:
    return Problem(
        "",
        "too_long",
        say(
            "A cell of this row has more than {limit} characters, or a quote is not closed.",
            "此行有单元格超过 {limit} 个字符，或引号没有结束。",
            limit=limit,
        ),
        say("Shorten the cell, or close the quote.", "请缩短内容，或补上结束的引号。"),
    )


def _nul() -> Problem:
    message = say("This row holds a NUL character, which is not text.", "此行含有 NUL 字符，不是有效文本。")
    return Problem("", "bad_format", message, say("Save the file again as UTF-8 text.", "请将文件重新保存为 UTF-8 文本。"))


def _damaged(encoding: str) -> Problem:
    message = say("This row holds characters that are not {encoding}.", "此行含有不属于 {encoding} 编码的字符。", encoding=encoding)
    return Problem(
        "", "bad_format", message, say("Save the file again as UTF-8, or choose its encoding.", "请将文件另存为 UTF-8，或选择正确的编码。")
    )
