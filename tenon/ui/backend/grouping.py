"""Groups of a list: those around a page with their totals, from one statement, and the rows of the page under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tenon.engine.query.answers import Arranged, answer
from tenon.engine.query.behind import condition_behind
from tenon.engine.query.pages import Ask, Page
from tenon.engine.query.question import Question
from tenon.metamodel.expressions.dates import start_of
from tenon.metamodel.totals import AVERAGE, COUNT, MAX, MIN, NONE, totals_of, usual_total, word_of
from tenon.ui.backend.cells import Column, to_shown
from tenon.ui.backend.list_plan import Plan, described_columns
from tenon.ui.list_shapes import Section, Total, TotalOffer
from tenon.ui.shapes import Field, Row

MOST_GROUPS = 200
NO_VALUE = object()


@dataclass(frozen=True)
class Group:
    """One group: its key, its value as JSON, the condition of its records, their number and totals."""

    key: str
    raw: Any
    condition: str
    count: int
    sums: Mapping[str, Total]


def totalled(plan: Plan) -> list[tuple[Column, str]]:
    """Return the columns of which something is said in all, each with its total: the one that was chosen, else the usual one of its field."""
    chosen = {c.name: c.total for c in plan.asked}
    found = [(c, _total(c, chosen.get(c.field.name, ""))) for c in plan.columns if _is_told(plan, c)]
    return [(c, how) for c, how in found if how != NONE]


def total_offers(plan: Plan) -> dict[str, TotalOffer]:
    """Return, by column, the totals to choose from."""
    chosen, language = {c.name: c.total for c in plan.asked}, plan.view.language
    described = {c.name: c.total for c in described_columns(plan.view, plan.entity, plan.document, plan.default)}
    offers = {}
    for column in [*plan.everything, *plan.columns]:
        field, name = column.selected.field, column.field.name
        may = totals_of(field) if _is_told(plan, column) else ()
        if may:
            words = tuple((how, word_of(how, field).show(language)) for how in (NONE, *may))
            offers[name] = TotalOffer(words, _total(column, chosen.get(name, "")), _total(column, described.get(name, "")))
    return offers


def _is_told(plan: Plan, column: Column) -> bool:
    """True for a field of the records that the reader sees; below the title stands how many they are."""
    return column.field.name != plan.entity.title and column.selected.state in ("full", "partly") and not column.selected.steps


def _total(column: Column, chosen: str) -> str:
    field = column.selected.field
    return chosen if chosen == NONE or chosen in totals_of(field) else usual_total(field)


def _measure(column: Column, how: str) -> str:
    """Return the expression of a total; a score for which there is too little data counts nowhere."""
    name, where = column.field.name, f", where=not is_empty({column.band})" if column.band is not None else ""
    if how == COUNT:
        return f"count(where={name if column.selected.field.type.kind == 'boolean' else f'not is_empty({column.band or name})'})"
    return f"{'avg' if how == AVERAGE else how}({name}{where})"


def find_groups(plan: Plan, ask: Ask) -> list[Group]:
    """Return the groups of everything that is asked for, in their order, with totals."""
    return _groups(plan, ask, Arranged(), MOST_GROUPS)


def groups_around(plan: Plan, ask: Ask, found: Page) -> list[Group]:
    """Return, in their order, the groups that the records of a page are in, those that are shut, and the one that the page before ended in."""
    assert plan.group is not None
    keys = [_key_of(plan, record.get(plan.group.column.selected.key)) for record in found.records]
    wanted = dict.fromkeys([*keys, *plan.query.closed[:MOST_GROUPS], *([plan.query.seen] if plan.query.seen is not None else [])])
    values = [value for key in wanted if (value := _value_of(plan, key)) is not NO_VALUE]
    return _groups(plan, ask, Arranged(values), len(values)) if values else []


def _groups(plan: Plan, ask: Ask, arranged: Arranged, limit: int) -> list[Group]:
    assert plan.group is not None
    group, columns = plan.group, totalled(plan)
    by = {"field": group.column.field.name, "by": group.bucket} if group.bucket else group.column.field.name
    more = {"group_by": [by], "explain": True, "limit": limit, "sort": [_own_key(plan, ask)]}
    found = _answer(plan, ask, columns, more, arranged)
    rows = zip(found["rows"], found["behind"], strict=True)
    return [Group(_key(row[0]), row[0], behind, row[1], _sums(plan, columns, row[2:])) for row, behind in rows]


def totals(plan: Plan, ask: Ask) -> tuple[int, dict[str, Total]]:
    """Return how many records there are, and what is said in all of the columns that are shown."""
    columns = totalled(plan)
    row = _answer(plan, ask, columns, {})["rows"][0]
    return row[0], _sums(plan, columns, row[1:])


def _answer(plan: Plan, ask: Ask, columns: Sequence[tuple[Column, str]], more: Mapping[str, Any], arranged: Arranged | None = None) -> dict[str, Any]:
    measures = [{"name": "count", "expr": "count()"}, *({"name": f"m{i}", "expr": _measure(c, how)} for i, (c, how) in enumerate(columns))]
    question = Question.model_validate({"entity": plan.entity.name, "measures": measures, **more})
    return answer(plan.view.uow, plan.view.ctx, question, search=ask.search, filters=ask.filters, arranged=arranged)


def _sums(plan: Plan, columns: Sequence[tuple[Column, str]], cells: Sequence[Any]) -> dict[str, Total]:
    language = plan.view.language
    return {
        c.field.name: Total(_shown_as(c.field, how), _value(plan, c, how, cell), how, word_of(how, c.selected.field).show(language))
        for (c, how), cell in zip(columns, cells, strict=True) if cell is not None
    }  # fmt: skip


def _value(plan: Plan, column: Column, how: str, cell: Any) -> Any:
    """Return a total as the templates take it: days as days, an average, which is no exact number, as one that can be rounded."""
    if how in (MIN, MAX):
        return to_shown(plan.view, column.selected.field, cell)
    return Decimal(str(cell)) if isinstance(cell, float) else cell


def _shown_as(field: Field, how: str) -> Field:
    """Return how a total of a column is shown: one of stars and scores is a number, no average has more than two decimals."""
    if how == COUNT:
        return Field(field.name, field.label, "integer")
    if field.type in ("rating", "score") or (how == AVERAGE and field.type == "integer"):
        return Field(field.name, field.label, "decimal", scale=1)
    return Field(field.name, field.label, "decimal", scale=2) if how == AVERAGE and field.type == "decimal" else field


def _key(raw: Any) -> str:
    """Return how an address names a group: the id of a record, the name of an option, a number, a day; "" for no value."""
    if isinstance(raw, dict):
        raw = raw["id"]
    if raw is None:
        return ""
    if isinstance(raw, Decimal):
        return format(raw.normalize(), "f")
    return str(raw)


def _value_of(plan: Plan, key: str) -> Any:
    """Return the value that an address names as a group; NO_VALUE for a text that can be none."""
    assert plan.group is not None
    kind = "date" if plan.group.bucket else plan.group.column.selected.field.type.kind
    try:
        if key == "":
            return None
        if kind == "number":
            number = Decimal(key)
            return number if number.is_finite() else NO_VALUE
        if kind == "boolean":
            return {"True": True, "False": False}.get(key, NO_VALUE)
        return date.fromisoformat(key) if kind == "date" else NO_VALUE if "\x00" in key else key
    except (ValueError, ArithmeticError):
        return NO_VALUE


@dataclass(frozen=True)
class _Named:
    """A group as the condition behind it asks for it."""

    name: str
    selected: Any
    bucket: str | None


def _own_key(plan: Plan, ask: Ask) -> str:
    """Return the key that the groups are ordered by: turned round for days when the list is."""
    assert plan.group is not None
    name = plan.group.column.field.name
    return next((key for key in ask.sort if key.removeprefix("-") == name), name) if plan.group.bucket else name


def sorted_by_group(plan: Plan, ask: Ask) -> Ask:
    """Return the same question in the order of the groups, without the records of those that are shut."""
    assert plan.group is not None
    column, bucket = plan.group.column, plan.group.bucket
    named = _Named(column.field.name, column.selected, bucket)
    values = [value for key in plan.query.closed[:MOST_GROUPS] if (value := _value_of(plan, key)) is not NO_VALUE]
    shut = [f"not ({condition_behind(named, value)})" for value in values]
    rest = [key for key in ask.sort if key.removeprefix("-") != column.field.name]
    return replace(ask, filters=[*ask.filters, *shut], sort=[_own_key(plan, ask), *rest])


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
