"""What a record has to obey before it is stored: defaults, required fields, bounds of dates, unique keys."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.exc import IntegrityError

from tenon.engine import autonumbers
from tenon.engine.access.rights import Rights
from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, read_far, value_of
from tenon.engine.records.row import Row
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.autonumber import parse
from tenon.metamodel.errors import Conflict, Problem, TenonError
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.labels import Text, say
from tenon.metamodel.model import Entity, Field

CHUNK = 500


def compiled(uow: UnitOfWork, entity: Entity, text: str, use: str, expect: str | None = None) -> Expression:
    """Return a checked expression of this release, checked once."""
    key = ("expression", entity.id, use, expect, text)
    found: Expression | None = uow.model.cache.get(key)
    if found is None:
        found = uow.model.cache[key] = check(text, Scope(uow.model, entity, use=use), expect)
    return found


def fill_defaults(uow: UnitOfWork, ctx: Context, entity: Entity, rows: list[Row]) -> None:
    """Give new records their owner, unit, defaults and autonumbers."""
    user = ctx.user
    for row in rows:
        if user is not None:
            row.values.setdefault("owner", user.id)
            row.values.setdefault("unit", user.unit)
        if ctx.cause.kind in ("import", "connector", "form", "api") and (source := ctx.cause.label or ("api" if ctx.cause.kind == "api" else "")):
            row.values.setdefault("source", source[:200])
    known = {"created_at": uow.now, "updated_at": uow.now, "created_by": ctx.user_id, "updated_by": ctx.user_id}
    for field in entity.asking.with_default:
        expression = compiled(uow, entity, str(field.spec.default), "default")
        constant = None if expression.reads else value_of(uow, expression, RecordFacts(uow, entity, {}), user)
        if expression.reads:
            read_far(uow, expression, [row.values for row in rows if field.name not in row.values])
        for row in rows:
            if field.name not in row.values:
                value = value_of(uow, expression, RecordFacts(uow, entity, known | row.values), user) if expression.reads else constant
                row.values[field.name] = _fit(uow, field, value, row)
    for field in entity.asking.numbered:
        _number(uow, field, rows)


def _fit(uow: UnitOfWork, field: Field, value: Any, row: Row) -> Any:
    """Return a computed value as the field holds it; refuses the row when it does not take it."""
    if value is None or field.type.kind in ("reference", "references", "json"):
        return value
    if field.storage.kind == "exact":
        value = Decimal(str(value)).quantize(Decimal(1).scaleb(-field.storage.scale), ROUND_HALF_UP)
    elif field.storage.kind == "integer":
        value = int(Decimal(str(value)).to_integral_value(ROUND_HALF_UP))
    elif field.type.kind == "choices" and isinstance(value, str):
        value = (value,)
    try:
        shown = value.isoformat(timespec="seconds") if isinstance(value, time) else value.isoformat() if hasattr(value, "isoformat") else value
        return field.spec.clean(list(shown) if isinstance(shown, tuple) else shown, uow.place)
    except BadValue as bad:
        row.refuse(bad.problem(f"/{field.name}"))
        return None


def check_bounds(uow: UnitOfWork, ctx: Context, entity: Entity, rows: list[Row]) -> None:
    """Refuse days and moments before the smallest or after the largest that their field allows."""
    for field in entity.asking.with_bounds:
        for end, text in (("min", getattr(field.spec, "min", None)), ("max", getattr(field.spec, "max", None))):
            if not isinstance(text, str):
                continue
            expression = compiled(uow, entity, text, "default")
            for row in rows:
                value = row.values.get(field.name)
                if value is None:
                    continue
                bound = _moment(uow, field, value_of(uow, expression, RecordFacts(uow, entity, row.after()), ctx.user))
                if bound is not None and (value < bound if end == "min" else value > bound):
                    row.refuse(_outside(uow, field, end, bound))


def _moment(uow: UnitOfWork, field: Field, bound: Any) -> Any:
    """Return a bound as the field's kind of value: a day is the first moment of it, a moment the day it is on."""
    if field.type.kind == "date" and isinstance(bound, datetime):
        return bound.astimezone(uow.timezone).date()
    if field.type.kind == "datetime" and isinstance(bound, date) and not isinstance(bound, datetime):
        return datetime(bound.year, bound.month, bound.day, tzinfo=uow.timezone)
    return bound


def _outside(uow: UnitOfWork, field: Field, end: str, bound: Any) -> Problem:
    shown = bound.astimezone(uow.timezone).strftime("%Y-%m-%d %H:%M:%S") if isinstance(bound, datetime) else bound.isoformat()
    if end == "min":
        message = say("{field}: not before {bound}.", "{field}：不得早于 {bound}。", field=field.label, bound=shown)
    else:
        message = say("{field}: not after {bound}.", "{field}：不得晚于 {bound}。", field=field.label, bound=shown)
    return Problem(f"/{field.name}", "out_of_range", message, say("Choose another day.", "请选择其他日期。"))


def _number(uow: UnitOfWork, field: Field, rows: list[Row]) -> None:
    waiting = [row for row in rows if row.values.get(field.name) is None and row.is_good]
    if waiting:
        for row, number in zip(waiting, autonumbers.take(uow, field, len(waiting)), strict=True):
            row.values[field.name] = number
    numbered = {id(row) for row in waiting}
    raise_counter(uow, field, [row for row in rows if id(row) not in numbered])


def raise_counter(uow: UnitOfWork, field: Field, rows: list[Row]) -> None:
    """Let the counter of an autonumber go on after the numbers that were sent."""
    pattern = parse(field.spec.pattern)  # type: ignore[attr-defined]
    given: dict[str, int] = {}
    for row in rows:
        value = row.values.get(field.name)
        read = pattern.read(value) if value is not None else None
        if read is not None:
            given[read[0]] = max(given.get(read[0], 0), read[1])
    for period, number in given.items():
        autonumbers.raise_to(uow, field, number, period)


def check_required(entity: Entity, rows: list[Row]) -> None:
    """Refuse records without a required value; updates are asked only for what they write."""
    for field in entity.asking.required:
        for row in rows:
            if (row.before is None or field.name in row.values) and row.values.get(field.name) in (None, ()):
                message = say("{field} is missing.", "缺少{field}。", field=field.label)
                row.refuse(Problem(f"/{field.name}", "required", message, say("Fill it in.", "请填写。")))


def check_unique(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row]) -> None:
    """Refuse rows whose key another record, or another row of the call, has."""
    for names in entity.keys:
        wanted: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            if row.before is None or any(n in row.values for n in names):
                after = row.after() if row.before is not None else row.values
                key = tuple(after.get(n) for n in names)
                if all(part is not None for part in key):
                    wanted.setdefault(key, []).append(row)
        taken = _taken(uow, entity, names, list(wanted)) if wanted else {}
        for key, found in wanted.items():
            for row in found[1:] if key not in taken else [r for r in found if r.id != taken[key]]:
                row.refuse(duplicate(rights, entity, names, row))


def _taken(uow: UnitOfWork, entity: Entity, names: tuple[str, ...], keys: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], str]:
    table = uow.tables.of(entity)
    columns = [table.c[entity.fields[n].column] for n in names]
    found: dict[tuple[Any, ...], str] = {}
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        condition = columns[0].in_([k[0] for k in chunk]) if len(columns) == 1 else tuple_(*columns).in_(chunk)
        for *key, item_id in uow.connection.execute(select(*columns, table.c.id).where(condition, table.c.deleted_at.is_(None))):
            found[tuple(key)] = item_id
    return found


def duplicate(rights: Rights, entity: Entity, names: tuple[str, ...], row: Row | None = None) -> Problem:
    """Return the problem of a key that is taken; it names fields the writer sees, and values the writer sent."""
    seen = [n for n in names if rights.state(entity, entity.fields[n]) != "hidden"]
    sent = [n for n in seen if row is not None and n in row.sent and isinstance(row.values.get(n), str | int | Decimal | date)]
    path = f"/{(sent or seen or [''])[0]}" if sent or seen else ""
    if not seen:
        message = say("Another record has the same key.", "已有记录使用相同的唯一键。")
    elif row is not None and sent == list(names):
        values = ", ".join(str(row.values[n])[:80] for n in names)
        labels = listed([entity.fields[n].label for n in seen])
        message = say("Another record has the same {fields} ({value}).", "已有记录使用相同的{fields}（{value}）。", fields=labels, value=values)
    else:
        labels = listed([entity.fields[n].label for n in seen])
        message = say("Another record has the same {fields}.", "已有记录使用相同的{fields}。", fields=labels)
    return Problem(path, "not_unique", message, say("Change it, or change the other record.", "请修改此值，或修改已有记录。"))


def clash(uow: UnitOfWork, rights: Rights, entity: Entity, error: IntegrityError) -> TenonError:
    """Return the conflict behind what the database said about a unique index."""
    text = str(error.orig)
    by_column = {f.column: f.name for f in entity.fields.values()}
    for shape in uow.tables.indexes_of(entity):
        if shape.unique and (shape.name in text or all(f"{shape.table}.{c}" in text for c in shape.columns)):
            return Conflict(duplicate(rights, entity, tuple(by_column[c] for c in shape.columns)))
    raise error


def listed(labels: list[Any]) -> Text:
    """Return labels one after the other, in each language with its own comma."""
    return Text(", ".join(_in(x, "en") for x in labels), "、".join(_in(x, "zh") for x in labels))


def _in(label: Any, language: str) -> str:
    return str(label.show(language)) if hasattr(label, "show") else str(label)
