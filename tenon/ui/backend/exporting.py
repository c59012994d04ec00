"""A list as a file: what its address asks for, with the columns it shows, in the reader's words."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from tenon.engine.context import Context
from tenon.engine.imports.spreadsheet import guard
from tenon.engine.query.pages import MAX_LIMIT, page
from tenon.platform import audit
from tenon.platform.export import LONGEST_CELL, MOST_ROWS_OF_A_SHEET, flat, plain
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import View, open_read
from tenon.ui.backend.cells import Column, asked_paths
from tenon.ui.backend.list_plan import Plan
from tenon.ui.backend.lists import plan_list
from tenon.ui.list_shapes import ListQuery

CHUNK = 1 << 16
SPOOLED = 1 << 22


def export_list(platform: Platform, ctx: Context, entity: str, query: ListQuery, *, as_sheet: bool = False) -> Iterator[bytes]:
    """Return the whole list as CSV in UTF-8, or as a spreadsheet; raises Forbidden, Invalid for a filter that cannot be read."""
    file = tempfile.SpooledTemporaryFile(SPOOLED, prefix="tenon-")  # noqa: SIM115 (closed by whoever reads it to its end)
    with open_read(platform, ctx) as view:
        count = (_write_sheet if as_sheet else _write)(view, entity, query, file)
    with platform.write() as uow:
        detail = {"entity": entity, "records": count, "filter": query.filter, "view": query.view}
        audit.write(uow.connection, ctx, "records.export", "entity", entity, {k: v for k, v in detail.items() if v})
    file.seek(0)
    return _chunks(file)


def _write(view: View, name: str, query: ListQuery, file: IO[bytes]) -> int:
    """Write the records page by page and return how many."""
    plan = plan_list(view, view.entity(name, "export"), query)
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([guard(c.field.label) for c in plan.columns])
    count = 0
    for records in _pages(plan):
        writer.writerows([_cell(c, record.get(c.selected.key)) for c in plan.columns] for record in records)
        count += len(records)
    text.flush()
    text.detach()
    return count


def _write_sheet(view: View, name: str, query: ListQuery, file: IO[bytes]) -> int:
    """Write the records as a sheet with a frozen header; numbers stay numbers, every text is written as text."""
    plan = plan_list(view, view.entity(name, "export"), query)
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 0)
    for column, each in enumerate(plan.columns):
        sheet.write_string(0, column, each.field.label, book.add_format({"bold": True}))
    count = 0
    for records in _pages(plan):
        for record in records[: MOST_ROWS_OF_A_SHEET - count]:
            count += 1
            for column, each in enumerate(plan.columns):
                _write_cell(sheet, count, column, record.get(each.selected.key), each)
    book.close()
    return count


def _write_cell(sheet: Any, row: int, column: int, value: object, each: Column) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | Decimal) and len(str(value)) <= 15:
        sheet.write_number(row, column, float(value))
    elif value is not None:
        sheet.write_string(row, column, str(_words(each, value))[:LONGEST_CELL])


def _pages(plan: Plan) -> Iterator[list[dict[str, Any]]]:
    view = plan.view
    ask = replace(plan.ask(), fields=asked_paths(view, plan.entity, plan.columns), limit=MAX_LIMIT)
    while True:
        found = page(view.uow, view.ctx, plan.entity, ask)
        yield found.records
        if found.next is None:
            return
        ask = replace(ask, after=found.next)


def _words(column: Column, value: object) -> object:
    """Return a cell in words: options by their labels, references by their titles."""
    labels = {o.name: o.label for o in column.field.options} if column.field.type != "score" else {}
    shown = labels.get(value, value) if isinstance(value, str) else value
    if isinstance(shown, list) and labels:
        shown = [labels.get(v, v) for v in shown]
    return plain(flat(shown, is_exact=False))


def _cell(column: Column, value: object) -> object:
    """Return a cell of CSV; no text can be taken for a formula."""
    cell = _words(column, value)
    return guard(cell) if isinstance(cell, str) else "" if cell is None else cell


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
