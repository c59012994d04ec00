"""The delimiter of a text file, found by reading its first rows with each one that is usual."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence

from tenon.engine.imports.row_file import usual_width

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_ROWS = 200


def find_declared(lines: Sequence[str]) -> str | None:
    """Return the delimiter that a first line such as ``sep=;`` declares, or None."""
    first = lines[0].strip("\r\n") if lines else ""
    return first[4] if len(first) == 5 and first[:4].lower() == "sep=" else None


def guess_delimiter(lines: Sequence[str], preferred: str = ",") -> str:
    """Return the delimiter that cuts the rows most evenly into most cells; ``preferred`` when none cuts at all."""
    best, best_score = preferred, 0.0
    for delimiter in (preferred, *(d for d in DELIMITERS if d != preferred)):
        score = _score(lines, delimiter)
        if score > best_score * 1.02:
            best, best_score = delimiter, score
    return best


def is_table(lines: Sequence[str]) -> bool:
    """Say whether some delimiter cuts the lines evenly into two cells or more."""
    return max(_score(lines, delimiter) for delimiter in DELIMITERS) > 0


def _score(lines: Sequence[str], delimiter: str) -> float:
    widths = []
    try:
        for record in csv.reader(lines, delimiter=delimiter):
            if any(record):
                widths.append(len(record))
            if len(widths) >= SAMPLE_ROWS:
                break
    except csv.Error:
        if not widths:
            return 0.0
    if len(widths) > 2 and len(widths) < SAMPLE_ROWS:
        widths = widths[:-1] if widths[-1] == 1 else widths
    usual = usual_width(widths)
    if usual < 2:
        wide = [width for width in widths if width > 1]
        if not widths or widths[0] < 2 or len(wide) * 3 < len(widths):
            return 0.0
        usual = usual_width(wide)
    share = sum(1 for width in widths if width == usual) / len(widths)
    first = 1.0 if widths[0] == usual else 0.6
    return share * share * first * (1 + math.log2(usual))
