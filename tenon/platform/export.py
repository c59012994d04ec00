"""Exporting records as CSV, XLSX or JSON lines: page by page, so that the number of records does not matter.

Without a view every field is written so that an import reads the same values again (references as ids); with a view, what the view
shows (references by their titles).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO, Literal, Protocol

import orjson
import xlsxwriter

from tenon.engine.context import Context
from tenon.engine.imports.spreadsheet import guard
from tenon.engine.query.pages import MAX_LIMIT, Ask, page
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.views import find_view
from tenon.metamodel.errors import Invalid, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity
from tenon.metamodel.naming import to_shown
from tenon.platform.api.answers import dump

Format = Literal["csv", "xlsx", "jsonl"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx", "jsonl")
MOST_ROWS_OF_A_SHEET = 1_048_575
LONGEST_CELL = 32_767


class Writer(Protocol):
    """Writes records in one format."""

    def write(self, record: Mapping[str, Any]) -> None:
        """Write one record."""

    def close(self) -> None:
        """Write what is left."""


@dataclass(frozen=True)
class Chosen:
    """What is exported: the columns in order, the filters and the order."""

    columns: Sequence[str]
    filters: Sequence[str] = ()
    sort: Sequence[str] = ()
    is_exact: bool = True


def export_records(
    uow: UnitOfWork, ctx: Context, entity: Entity, to: BinaryIO, *, format: Format = "csv", view: str | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> int:  # fmt: skip
    """Write the visible records of an entity and return how many; ``tell(count)`` hears of every page.

    Raises NotFound for a view that is not there, Invalid for one of another entity.
    """
    chosen = _choose(uow, ctx, entity, view)
    writer = _open(format, to, entity, chosen)
    count = 0
    for records in _pages(uow, ctx, entity, chosen):
        for record in records:
            writer.write(record)
        count += len(records)
        tell(count)
    writer.close()
    return count


def _choose(uow: UnitOfWork, ctx: Context, entity: Entity, view: str | None) -> Chosen:
    if view is None:
        stored = [f.name for f in entity.fields.values() if f.origin != "system"]
        return Chosen(("id", *stored), sort=("created_at",))
    document = find_view(uow, ctx, entity, view)
    if document is None:
        if uow.model.find("view", view) is None:
            raise not_found("/view")
        message = say("{view} is a view of another entity.", "视图 {view} 属于其他对象。", view=view)
        raise Invalid(Problem("/view", "bad_choice", message, say("Choose one of its own views.", "请选择该对象自己的视图。")))
    shown = to_shown(document, uow.model)
    columns = [c if isinstance(c, str) else str(c["field"]) for c in shown.get("columns", ())]
    filters = [document.body.filter] if document.body.filter else []
    sort = shown.get("sort") or ["created_at"]
    return Chosen(columns or [entity.title or "id"], filters, sort, is_exact=False)


def _pages(uow: UnitOfWork, ctx: Context, entity: Entity, chosen: Chosen) -> Iterator[list[dict[str, Any]]]:
    after: str | None = None
    while True:
        ask = Ask(chosen.filters, chosen.sort, [c for c in chosen.columns if c != "id"], MAX_LIMIT, after)
        found = page(uow, ctx, entity, ask)
        yield found.records
        after = found.next
        if after is None:
            return


def _open(format: Format, to: BinaryIO, entity: Entity, chosen: Chosen) -> Writer:
    makers: dict[str, Callable[[BinaryIO, Entity, Chosen], Writer]] = {"csv": _Csv, "xlsx": _Xlsx, "jsonl": _JsonLines}
    return makers[format](to, entity, chosen)


def flat(value: Any, *, is_exact: bool) -> Any:
    """Return a value as one cell: a reference as its id or its title, a list with semicolons, JSON as text."""
    if isinstance(value, dict):
        if "id" in value:
            return value["id"] if is_exact else (value.get("title") or value.get("name") or value["id"])
        if "code" in value and "name" in value:
            return value["code"] if is_exact else value["name"]
        return orjson.dumps(value, default=str).decode()
    if isinstance(value, list):
        return "; ".join(str(flat(each, is_exact=is_exact)) for each in value)
    return value


def plain(value: Any) -> Any:
    """Return a value of a cell as text, without losing a digit."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, datetime | date | time) else value


class _Csv:
    """UTF-8 with a mark at the start, so that spreadsheets read Chinese; texts that look like formulas are guarded."""

    def __init__(self, to: BinaryIO, _entity: Entity, chosen: Chosen) -> None:
        self._chosen = chosen
        self._text = io.TextIOWrapper(to, "utf-8-sig", newline="", write_through=False)
        self._writer = csv.writer(self._text)
        self._writer.writerow(chosen.columns)

    def write(self, record: Mapping[str, Any]) -> None:
        """Write one line."""
        self._writer.writerow([self._cell(record.get(name)) for name in self._chosen.columns])

    def _cell(self, value: Any) -> Any:
        cell = plain(flat(value, is_exact=self._chosen.is_exact))
        return guard(cell) if isinstance(cell, str) else "" if cell is None else cell

    def close(self) -> None:
        """Write what is left and let the stream live on."""
        self._text.flush()
        self._text.detach()


class _JsonLines:
    """One JSON object a line, exact numbers as they are; references as ids in an exact export."""

    def __init__(self, to: BinaryIO, _entity: Entity, chosen: Chosen) -> None:
        self._to, self._chosen = to, chosen

    def write(self, record: Mapping[str, Any]) -> None:
        """Write one line."""
        values = {name: self._value(record.get(name)) for name in self._chosen.columns}
        self._to.write(dump(values) + b"\n")

    def _value(self, value: Any) -> Any:
        if not self._chosen.is_exact:
            return value
        if isinstance(value, list):
            return [self._value(each) for each in value]
        return flat(value, is_exact=True) if isinstance(value, dict) and ("id" in value or "code" in value) else value

    def close(self) -> None:
        """Write nothing more."""


class _Xlsx:
    """One sheet with a frozen header; every text is written as text, so that no cell is a formula."""

    def __init__(self, to: BinaryIO, entity: Entity, chosen: Chosen) -> None:
        self._chosen, self._row = chosen, 0
        self._book = xlsxwriter.Workbook(to, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False})
        self._sheet = self._book.add_worksheet(entity.name[:31])
        self._sheet.freeze_panes(1, 0)
        bold = self._book.add_format({"bold": True})
        for column, name in enumerate(chosen.columns):
            self._sheet.write_string(0, column, name, bold)

    def write(self, record: Mapping[str, Any]) -> None:
        """Write one row. Raises Invalid beyond what a sheet holds."""
        self._row += 1
        if self._row > MOST_ROWS_OF_A_SHEET:
            message = say("A sheet holds at most {n} records.", "工作表最多容纳 {n} 条记录。", n=MOST_ROWS_OF_A_SHEET)
            raise Invalid(Problem("/format", "over_limit", message, say("Export as csv.", "请导出为 csv。")))
        for column, name in enumerate(self._chosen.columns):
            cell = flat(record.get(name), is_exact=self._chosen.is_exact)
            if isinstance(cell, bool):
                self._sheet.write_boolean(self._row, column, cell)
            elif isinstance(cell, int | Decimal) and abs(Decimal(cell)) < 10**15 and len(str(cell)) <= 15:
                self._sheet.write_number(self._row, column, float(cell))
            elif cell is not None:
                self._sheet.write_string(self._row, column, str(plain(cell))[:LONGEST_CELL])

    def close(self) -> None:
        """Write the file."""
        self._book.close()
