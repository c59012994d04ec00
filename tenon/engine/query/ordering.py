"""The order of a list, and where in it a cursor stands: keyset paging, empties last in both directions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, case, null, or_

from tenon.engine import cursors
from tenon.engine.access.resolver import ReaderResolver
from tenon.engine.access.rights import Rights
from tenon.engine.query.paths import Selected, find_path
from tenon.engine.sql.environment import Environment
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import bind, from_db
from tenon.engine.tables import key_column
from tenon.metamodel.errors import Invalid, Malformed, Problem
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.types import INTEGER, TEXT, Type

Column = ColumnElement[Any]
MAX_KEYS = 6
MOST_DIGITS = 40


@dataclass(frozen=True)
class SortKey:
    """One key of an order: the value rows are compared by, its type, its direction, and whether it can be empty."""

    column: Column
    type: Type
    is_descending: bool
    is_nullable: bool


def sort_keys(source: Source, rights: Rights, entity: Entity, sort: list[str], *, unsure_last: bool = False) -> list[SortKey]:
    """Return the keys of ``-arr,name``, the id last; without any, newest first. ``unsure_last``: a score counts as empty where there is no band."""
    if len(sort) > MAX_KEYS:
        raise Invalid(Problem("/sort", "over_limit", say("At most {n} keys.", "最多 {n} 个排序字段。", n=MAX_KEYS)))
    keys, has_id = [], False
    for text in sort:
        selected = find_path(rights, entity, text.removeprefix("-"), "sort", readable=True)
        if not selected.field.spec.is_sortable or selected.field.is_to_many:
            message = say("A list cannot be sorted by {field}.", "无法按{field}排序。", field=selected.field.label)
            raise Invalid(Problem("/sort", "type_mismatch", message, say("Sort by another field.", "请换一个排序字段。")))
        key = _key(source, rights, selected, is_descending=text.startswith("-"))
        band = band_beside(rights, selected) if unsure_last else None
        if band is not None:
            key = replace(key, column=case((source.at(selected.steps, band).is_not(None), key.column), else_=null()))
        keys.append(key)
        has_id = has_id or (selected.field.name == "id" and not selected.steps)
    if not has_id:
        is_descending = keys[0].is_descending if keys else True
        keys.append(SortKey(source.alias.c.id, TEXT, is_descending, is_nullable=False))
    return keys


def band_beside(rights: Rights, selected: Selected) -> Field | None:
    """Return the band that belongs to the number of a score; None for other fields, and where the reader does not see it."""
    field = selected.field
    if field.score is None or field.part != "score":
        return None
    band = next((f for f in selected.entity.fields.values() if f.score == field.score and f.part == "band"), None)
    return band if band is not None and rights.may_read(selected.entity, band) else None


def _key(source: Source, rights: Rights, selected: Selected, *, is_descending: bool) -> SortKey:
    field, steps = selected.field, selected.steps
    # Not so a required field: records from before it was required may have none.
    always = not steps and selected.state == "full" and field.name in ("id", "created_at", "updated_at", "version")
    if field.type.kind == "choice" and field.type.options:
        value = source.at(steps, field)
        order = case({name: i for i, name in enumerate(field.type.options)}, value=value, else_=null())
        return SortKey(order, INTEGER, is_descending, is_nullable=True)
    if field.storage.sort_key and field.origin != "system":
        node = source.reach(steps)
        column: Column = node.alias.c[key_column(field)]
        resolver = source.environment.resolver
        if isinstance(resolver, ReaderResolver):
            column = resolver.guard(source.environment, node.alias, node.entity, field, column)
        return SortKey(column, TEXT, is_descending, is_nullable=not always)
    if field.type.kind == "reference" and field.type.entity and field.name != "id":
        title = _title(source, rights, selected, is_descending=is_descending)
        if title is not None:
            return title
    type_ = field.type if field.type.kind != "reference" else TEXT
    return SortKey(source.at(steps, field), type_, is_descending, is_nullable=not always)


def _title(source: Source, rights: Rights, selected: Selected, *, is_descending: bool) -> SortKey | None:
    """Return the sort key of the title of the record a reference points to, so that references sort by what people see."""
    far = source.environment.model.find_entity(str(selected.field.type.entity))
    title = far.fields.get(far.title) if far and far.title else None
    if far is None or title is None or title.type.kind == "reference" or not title.spec.is_sortable or not rights.may_read(far, title):
        return None
    return _key(source, rights, Selected("", (*selected.steps, selected.field), title, far, "full"), is_descending=is_descending)


def order_by(keys: list[SortKey], *, is_reversed: bool = False) -> list[Column]:
    """Return the ORDER BY of the keys; reversed it begins at the end."""
    ordered: list[Column] = []
    for key in keys:
        column: Column = key.column.desc() if key.is_descending is not is_reversed else key.column.asc()
        if key.is_nullable:
            column = column.nulls_first() if is_reversed else column.nulls_last()
        ordered.append(column)
    return ordered


def after(keys: list[SortKey], edge: Sequence[BindParameter[Any] | None]) -> Column:
    """Return the condition of the rows after a place in the order; exactly the rows not shown before it. ``edge`` is from `edge_of`."""
    alternatives: list[Column] = []
    equal: list[Column] = []
    for key, bound in zip(keys, edge, strict=True):
        if bound is not None:
            beyond = key.column < bound if key.is_descending else key.column > bound
            alternatives.append(and_(*equal, or_(beyond, key.column.is_(None)) if key.is_nullable else beyond))
        equal.append(key.column.is_(None) if bound is None else key.column == bound)
    condition = or_(*alternatives)
    first, bound = keys[0], edge[0]
    if not first.is_nullable and len(keys) > 1 and bound is not None:
        condition = and_(first.column <= bound if first.is_descending else first.column >= bound, condition)
    return condition


def before(keys: list[SortKey], edge: Sequence[BindParameter[Any] | None]) -> Column:
    """Return the condition of the rows before a place in the order."""
    alternatives: list[Column] = []
    equal: list[Column] = []
    for key, bound in zip(keys, edge, strict=True):
        if bound is None:
            alternatives.append(and_(*equal, key.column.is_not(None)))
        else:
            alternatives.append(and_(*equal, key.column > bound if key.is_descending else key.column < bound))
        equal.append(key.column.is_(None) if bound is None else key.column == bound)
    return or_(*alternatives)


def edge_of(environment: Environment, keys: list[SortKey], values: list[Any]) -> list[BindParameter[Any] | None]:
    """Return the values of a cursor as parameters ``edge_0`` …, so that a statement with them serves other cursors too; None for empties."""
    bound = [bind(environment, value, key.type) for key, value in zip(keys, values, strict=True)]
    return [
        bindparam(f"edge_{number}", each.value, type_=each.type, unique=False) if isinstance(each, BindParameter) else None
        for number, each in enumerate(bound)
    ]


def write_cursor(digest: str, keys: list[SortKey], row: Sequence[Any]) -> str:
    """Return the cursor of a place: what was asked, and the values of the last row's keys as the database gave them."""
    return cursor_of(digest, [from_db(key.type, value) for key, value in zip(keys, row, strict=True)])


def cursor_of(digest: str, values: Sequence[Any]) -> str:
    """Return the cursor of values as they are shown."""
    listed = [v.isoformat() if isinstance(v, date | datetime | time) else str(v) if isinstance(v, Decimal) else v for v in values]
    return cursors.write_cursor([digest, listed])


def read_cursor(cursor: str, digest: str, keys: list[SortKey]) -> list[Any]:
    """Return the canonical values in a cursor; raises Malformed when it is none, or belongs to another list."""
    listed = _read(cursor, digest)
    if len(listed) != len(keys):
        raise _foreign()
    try:
        return [_canonical(key, value) for key, value in zip(keys, listed, strict=True)]
    except (ValueError, TypeError, ArithmeticError):
        message = say("This cursor cannot be read.", "无法读取该游标。")
        raise Malformed(Problem("/after", "bad_cursor", message, say("Start again from the first page.", "请从第一页重新开始。"))) from None


def _canonical(key: SortKey, value: Any) -> Any:
    """Return a value of a cursor; raises ValueError or the like for one that this key never has."""
    kind = key.type.kind
    if value is None:
        if not key.is_nullable:
            raise ValueError(value)
        return None
    if kind == "boolean":
        return bool(value)
    if kind in ("number", "duration"):
        number = Decimal(str(value))
        if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
            raise ValueError(value)
        return float(number) if key.type.scale is None else number
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    readers = {"date": date.fromisoformat, "datetime": _moment, "time": time.fromisoformat}
    return readers[kind](value) if kind in readers else value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def empties_of(cursor: str, digest: str) -> tuple[bool, ...]:
    """Return which values of a cursor are empty; raises Malformed when it belongs to another list."""
    return tuple(value is None or value == "" for value in _read(cursor, digest))


def _read(cursor: str, digest: str) -> list[Any]:
    found = cursors.read_cursor(cursor)
    if not isinstance(found, list) or len(found) != 2 or found[0] != digest or not isinstance(found[1], list):
        raise _foreign()
    return list(found[1])


def _foreign() -> Malformed:
    message = say("This cursor does not belong to this list.", "该游标不属于此列表。")
    return Malformed(Problem("/after", "bad_cursor", message, say("Start again from the first page.", "请从第一页重新开始。")))


def digest_of(*parts: Any) -> str:
    """Return a short digest of what a list was asked for."""
    return hashlib.sha256(orjson.dumps(parts, default=str)).hexdigest()[:16]
