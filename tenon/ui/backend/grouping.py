"""Groups of a list: which there are with their totals, from one statement, and the rows of a page under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tenon.engine.folding import fold
from tenon.engine.query.answers import answer
from tenon.engine.query.pages import Ask, Page
from tenon.engine.query.question import Question
from tenon.metamodel.expressions.dates import start_of
from tenon.ui.backend.cells import Column, to_shown
from tenon.ui.backend.list_plan import Plan
from tenon.ui.list_shapes import SUMMED, Section
from tenon.ui.shapes import Row

MOST_GROUPS = 200


@dataclass(frozen=True)
class Group:
    """One group: its key, its value as JSON, the condition of its records, their number and sums."""

    key: str
    raw: Any
    condition: str
    count: int
    sums: Mapping[str, Any]


def summed_columns(columns: Sequence[Column]) -> list[Column]:
    """Return the columns whose values may be added up."""
    return [c for c in columns if c.field.type in SUMMED and c.selected.state in ("full", "partly") and not c.selected.steps]


def find_groups(plan: Plan, ask: Ask) -> list[Group]:
    """Return the groups of everything that is asked for, in their order, with totals."""
    assert plan.group is not None
    group, columns = plan.group, summed_columns(plan.columns)
    by = {"field": group.column.field.name, "by": group.bucket} if group.bucket else group.column.field.name
    found = _answer(plan, ask, columns, {"group_by": [by], "explain": True, "limit": MOST_GROUPS})
    rows = list(zip(found["rows"], found["behind"], strict=True))
    if group.column.selected.field.type.kind in ("text", "reference"):
        rows.sort(key=lambda row: (row[0][0] is None, fold(_title(row[0][0]))))
    return [Group(_key(row[0]), row[0], behind, row[1], _sums(plan, columns, row[2:])) for row, behind in rows]


def totals(plan: Plan, ask: Ask) -> tuple[int, dict[str, Any]]:
    """Return how many records there are, and the sums of the columns that are shown."""
    columns = summed_columns(plan.columns)
    row = _answer(plan, ask, columns, {})["rows"][0]
    return row[0], _sums(plan, columns, row[1:])


def _answer(plan: Plan, ask: Ask, columns: Sequence[Column], more: Mapping[str, Any]) -> dict[str, Any]:
    measures = [{"name": "count", "expr": "count()"}, *({"name": f"m{i}", "expr": f"sum({c.field.name})"} for i, c in enumerate(columns))]
    question = Question.model_validate({"entity": plan.entity.name, "measures": measures, **more})
    return answer(plan.view.uow, plan.view.ctx, question, search=ask.search, filters=ask.filters)


def _sums(plan: Plan, columns: Sequence[Column], cells: Sequence[Any]) -> dict[str, Any]:
    return {c.field.name: cell for c, cell in zip(columns, cells, strict=True)}


def _title(raw: Any) -> str:
    return str(raw.get("title") or "") if isinstance(raw, dict) else str(raw or "")


def _key(raw: Any) -> str:
    """Return how an address names a group: the id of a record, the name of an option, a number, a day; "" for no value."""
    if isinstance(raw, dict):
        raw = raw["id"]
    if raw is None:
        return ""
    if isinstance(raw, Decimal):
        return format(raw.normalize(), "f")
    return str(raw)


def sorted_by_group(plan: Plan, ask: Ask, groups: Sequence[Group]) -> Ask:
    """Return the same question in the order of the groups, without the records of those that are shut."""
    assert plan.group is not None
    name = plan.group.column.field.name
    shut = [f"not ({g.condition})" for g in groups if g.key in plan.query.closed]
    rest = [key for key in ask.sort if key.removeprefix("-") != name]
    own = next((key for key in ask.sort if key.removeprefix("-") == name), name)
    first = own if plan.group.bucket else name
    return replace(ask, filters=[*ask.filters, *shut], sort=[first, *rest])


def into_sections(plan: Plan, groups: Sequence[Group], found: Page, rows: Sequence[Row]) -> tuple[Section, ...]:
    """Return the groups that this page shows with its rows: from where it begins to where it ends."""
    assert plan.group is not None
    column, bucket = plan.group.column, plan.group.bucket
    by_key: dict[str, list[Row]] = {}
    for record, row in zip(found.records, rows, strict=True):
        by_key.setdefault(_key_of(plan, record.get(column.selected.key)), []).append(row)
    places = [i for i, g in enumerate(groups) if g.key in by_key]
    seen = next((i for i, g in enumerate(groups) if g.key == plan.query.seen), -1)
    start = 0 if plan.query.seen is None and not found.previous else places[0] if places and plan.query.seen is None else min(seen + 1, places[0] if places else seen + 1)
    end = places[-1] + 1 if found.next and places else len(groups)
    shown = [g for g in groups[start:end] if g.key in by_key or g.key in plan.query.closed]
    return tuple(
        Section(
            g.key, column.field, to_shown(plan.view, column.selected.field, g.raw) if bucket is None else _day(g.raw), bucket, g.count, g.sums,
            g.key not in plan.query.closed, tuple(by_key.get(g.key, ())), g.key != plan.query.seen,
        )
        for g in shown
    )  # fmt: skip


def _day(raw: Any) -> date | None:
    return date.fromisoformat(raw) if isinstance(raw, str) else raw


def _key_of(plan: Plan, raw: Any) -> str:
    assert plan.group is not None
    bucket = plan.group.bucket
    if raw is None or bucket is None:
        return _key(raw)
    moment = datetime.fromisoformat(raw).astimezone(plan.view.uow.timezone).date() if "T" in str(raw) else date.fromisoformat(raw)
    if bucket == "day":
        return moment.isoformat()
    return str(start_of(moment, bucket, zone=plan.view.uow.timezone))
