"""What a widget shows as a file: one table with labels in the reader's language, groups by their labels, totals last."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.imports.spreadsheet import guard
from tenon.engine.reports.asked import ask
from tenon.engine.reports.selection import Selection
from tenon.engine.reports.widgets import data
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.labels import say
from tenon.platform.export import LONGEST_CELL, flat, plain

FORMATS = ("csv", "xlsx")
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def write_report(uow: UnitOfWork, ctx: Context, name: str, selection: Selection, format: str) -> bytes:
    """Return the file. Raises NotFound, Invalid, and Forbidden without the right to export the records."""
    asked = ask(uow, ctx, name, selection)
    if asked.body.query is not None:
        rights_of(uow.model, ctx).require(asked.entity, "export")
    shown = data(uow, ctx, name, selection)
    header = [str(column["label"]) for column in shown["columns"]]
    rows = [[_cell(value, detail) for value, detail in zip(row, shown["details"], strict=True)] for row in shown["rows"]] if shown["columns"] else []
    if any(value is not None for value in shown.get("totals") or ()):
        total = say("Total", "合计").show(ctx.language)
        rows.append([total if index == 0 and value is None else value for index, value in enumerate(shown["totals"])])
    return _csv(header, rows) if format == "csv" else _xlsx(header, rows, name)


def _cell(value: Any, detail: dict[str, Any]) -> Any:
    """Return a cell: an option by its label, a reference by its title."""
    labels = {o["name"]: o["label"] for o in detail.get("options", ())}
    if isinstance(value, list):
        value = [labels.get(v, v) if isinstance(v, str) else v for v in value]
    return flat(labels.get(value, value) if isinstance(value, str) else value, is_exact=False)


def _csv(header: list[str], rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([guard(h) for h in header])
    for row in rows:
        cells = [plain(value) for value in row]
        writer.writerow([guard(c) if isinstance(c, str) else "" if c is None else c for c in cells])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(header: list[str], rows: Sequence[Sequence[Any]], name: str) -> bytes:
    to = io.BytesIO()
    book = xlsxwriter.Workbook(to, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    sheet, bold = book.add_worksheet(name[:31]), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for column, label in enumerate(header):
        sheet.write_string(0, column, label, bold)
    for index, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, bool):
                sheet.write_boolean(index, column, value)
            elif isinstance(value, int | float | Decimal):
                sheet.write_number(index, column, float(value))
            elif value is not None:
                sheet.write_string(index, column, str(plain(value))[:LONGEST_CELL])
    book.close()
    return to.getvalue()
