"""The refused rows of an import as a file to mend and import again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from tenon.engine.imports.orders import refused_rows
from tenon.engine.imports.spreadsheet import guard
from tenon.engine.jobs.table import show_problem

PAGE = 1_000


def refused_csv(connection: Connection, import_id: str, header: Sequence[str], language: str) -> Iterator[str]:
    """Yield the lines of the file: the columns as they came, the number of the row, and what is wrong with it."""
    named = ("行号", "错误") if language == "zh" else ("row", "errors")
    yield _line([*header, *named])
    after = 0
    while rows := refused_rows(connection, import_id, after, PAGE):
        for row in rows:
            problems = [show_problem(p, language) for p in row["problems"]]
            why = "; ".join(f"{p['path'].removeprefix('/')}: {p['message']}" if p.get("path") else str(p["message"]) for p in problems)
            cells = [*row["cells"], *[None] * (len(header) - len(row["cells"]))]
            yield _line([*[guard(c) if isinstance(c, str) else c for c in cells[: len(header)]], row["row"], guard(why)])
        after = rows[-1]["row"]


def _line(cells: Sequence[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(["" if c is None else c for c in cells])
    return text.getvalue()
