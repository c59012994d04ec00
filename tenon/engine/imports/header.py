"""Where the header row is: below title lines, at the top, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tenon.engine.imports.row_file import Cell, Row
from tenon.engine.imports.words import is_empty_word

_NUMBER = re.compile(r"[-+(]?[¥￥$€£]?\s?\d[\d,. ]*(?:[eE][-+]?\d+)?\s?[%万亿)]?\Z")
_DATE = re.compile(
    r"\d{1,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,4}日?)?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:[AP]M)?Z?)?\Z", re.IGNORECASE
)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z|https?://\S+\Z", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
LOOK_AT = 60


def find_header(records: Sequence[Row]) -> int:
    """Return the row number of the header among the first records, or 0 when there is none."""
    head = list(records[:LOOK_AT])
    if not head:
        return 0
    usual = sorted(_filled(row) for row in head)[(len(head) - 1) * 3 // 4]
    wanted = 1 if usual <= 2 else usual // 2 + 1
    while len(head) > 1 and _filled(head[0]) < wanted and _filled(head[0]) < max(_filled(row) for row in head[1:]):
        head.pop(0)
    return head[0].number if _is_header(head[0].cells, [row.cells for row in head[1:]]) else 0


def _filled(row: Row) -> int:
    return sum(1 for cell in row.cells if cell is not None)


def _is_header(first: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> bool:
    kinds = [_kind(cell) for cell in first]
    if all(kind in ("", "year", "text") for kind in kinds) and "text" in kinds and not below:
        return True
    votes = 0.0
    for index, kind in enumerate(kinds):
        column = [row[index] for row in below if index < len(row) and row[index] is not None]
        votes += _vote(first[index], kind, column)
    only_values = not any(kind == "text" for kind in kinds)
    return votes > 0 if only_values else votes > -1


def _vote(cell: Cell, kind: str, column: Sequence[Cell]) -> float:
    """Return above 0 when the cell looks like a name over its column, below 0 when like one more value of it."""
    kinds = [_kind(value) for value in column if not is_empty_word(value)]
    usual = max(set(kinds), key=kinds.count) if kinds else ""
    usual = "number" if usual == "year" else usual
    if kind == "":
        return 0.0
    if kind == "text":
        if usual in ("number", "date", "mail"):
            return 1.0
        return -0.5 if len(column) >= 5 and cell in column else 0.0
    if kind == "year" and usual in ("number", ""):
        return 0.0
    return -1.0


def _kind(cell: Cell) -> str:
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return "text" if isinstance(cell, bool) else "number" if isinstance(cell, int | float) or hasattr(cell, "scaleb") else "date"
    text = cell.strip()
    if _YEAR.match(text):
        return "year"
    if _NUMBER.match(text):
        return "number"
    if _DATE.match(text):
        return "date"
    return "mail" if _MAIL.match(text) else "text"
