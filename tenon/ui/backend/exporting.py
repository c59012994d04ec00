"""A list as a file: what its address asks for, with the columns it shows, in the reader's words."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import IO

from tenon.engine.context import Context
from tenon.engine.imports.spreadsheet import guard
from tenon.engine.query.pages import MAX_LIMIT, page
from tenon.platform import audit
from tenon.platform.export import flat, plain
from tenon.platform.workspace import Platform
from tenon.ui.backend.base import View, open_read
from tenon.ui.backend.cells import Column, asked_paths
from tenon.ui.backend.lists import plan_list
from tenon.ui.list_shapes import ListQuery

CHUNK = 1 << 16
SPOOLED = 1 << 22


def export_list(platform: Platform, ctx: Context, entity: str, query: ListQuery) -> Iterator[bytes]:
    """Return the whole list as CSV in UTF-8; raises Forbidden, Invalid for a filter that cannot be read."""
    file = tempfile.SpooledTemporaryFile(SPOOLED, prefix="tenon-")  # noqa: SIM115 (closed by whoever reads it to its end)
    with open_read(platform, ctx) as view:
        count = _write(view, entity, query, file)
    with platform.write() as uow:
        detail = {"entity": entity, "records": count, "filter": query.filter, "view": query.view}
        audit.write(uow.connection, ctx, "records.export", "entity", entity, {k: v for k, v in detail.items() if v})
    file.seek(0)
    return _chunks(file)


def _write(view: View, name: str, query: ListQuery, file: IO[bytes]) -> int:
    """Write the records page by page and return how many."""
    entity = view.entity(name, "export")
    plan = plan_list(view, entity, query)
    ask = replace(plan.ask(), fields=asked_paths(view, entity, plan.columns), limit=MAX_LIMIT)
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([guard(c.field.label) for c in plan.columns])
    count = 0
    while True:
        found = page(view.uow, view.ctx, entity, ask)
        writer.writerows([_cell(c, record.get(c.selected.key)) for c in plan.columns] for record in found.records)
        count += len(found.records)
        if found.next is None:
            break
        ask = replace(ask, after=found.next)
    text.flush()
    text.detach()
    return count


def _cell(column: Column, value: object) -> object:
    """Return a cell: options by their labels, references by their titles; no text can be taken for a formula."""
    labels = {o.name: o.label for o in column.field.options} if column.field.type != "score" else {}
    shown = labels.get(value, value) if isinstance(value, str) else value
    if isinstance(shown, list) and labels:
        shown = [labels.get(v, v) for v in shown]
    cell = plain(flat(shown, is_exact=False))
    return guard(cell) if isinstance(cell, str) else "" if cell is None else cell


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
