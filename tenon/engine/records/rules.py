"""What a record has to obey before it is stored: defaults, required fields, stage moves, unique keys."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.exc import IntegrityError

from tenon.engine import autonumbers
from tenon.engine.context import Context
from tenon.engine.facts import RecordFacts, value_of
from tenon.engine.records.row import Row
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.autonumber import parse
from tenon.metamodel.errors import Conflict, Problem, TenonError
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.expressions.tree import Expression
from tenon.metamodel.labels import say
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
    """Give new records their defaults, owner, unit and autonumbers."""
    user = ctx.user
    for field in entity.fields.values():
        text = field.spec.default if field.is_written else None
        if text is None:
            continue
        expression = compiled(uow, entity, text, "default")
        constant = None if expression.reads else value_of(uow, expression, RecordFacts(uow, entity, {}), user)
        for row in rows:
            if field.name not in row.values:
                value = value_of(uow, expression, RecordFacts(uow, entity, row.values), user) if expression.reads else constant
                row.values[field.name] = _fit(field, value)
    for row in rows:
        if user is not None:
            row.values.setdefault("owner", user.id)
            row.values.setdefault("unit", user.unit)
        if ctx.cause.kind in ("import", "connector") and ctx.cause.label:
            row.values.setdefault("source", ctx.cause.label[:200])
    for field in entity.fields.values():
        if field.spec.type == "autonumber" and field.is_written:
            _number(uow, field, rows)


def _fit(field: Field, value: Any) -> Any:
    """Return a computed value as the field holds it."""
    if field.storage.kind == "exact" and value is not None:
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-field.storage.scale), ROUND_HALF_UP)
    if field.storage.kind == "integer" and value is not None:
        return int(value)
    return (value,) if field.type.kind == "choices" and isinstance(value, str) else value


def _number(uow: UnitOfWork, field: Field, rows: list[Row]) -> None:
    waiting = [row for row in rows if row.values.get(field.name) is None]
    if waiting:
        for row, number in zip(waiting, autonumbers.take(uow, field, len(waiting)), strict=True):
            row.values[field.name] = number
    pattern = parse(field.spec.pattern)  # type: ignore[attr-defined]
    given: dict[str, int] = {}
    numbered = {id(row) for row in waiting}
    for row in rows:
        read = pattern.read(row.values[field.name]) if id(row) not in numbered else None
        if read is not None:
            given[read[0]] = max(given.get(read[0], 0), read[1])
    for period, number in given.items():
        autonumbers.raise_to(uow, field, number, period)


def check_required(entity: Entity, rows: list[Row]) -> None:
    """Refuse records without a required value; updates are asked only for what they write."""
    for field in entity.fields.values():
        if not (field.is_written and field.spec.required):
            continue
        for row in rows:
            if (row.before is None or field.name in row.values) and row.values.get(field.name) in (None, ()):
                message = say("{field} is missing.", "缺少{field}。", field=field.label)
                row.refuse(Problem(f"/{field.name}", "required", message, say("Fill it in.", "请填写。")))


def check_moves(uow: UnitOfWork, ctx: Context, entity: Entity, rows: list[Row]) -> None:
    """Refuse moves of a stage that its document does not allow."""
    for field in entity.fields.values():
        moves = getattr(field.spec, "moves", None)
        if not moves:
            continue
        for row in rows:
            if row.before is not None and field.name in row.values and row.before.get(field.name) is not None:
                _check_move(uow, ctx, entity, field, row)


def _check_move(uow: UnitOfWork, ctx: Context, entity: Entity, field: Field, row: Row) -> None:
    old, new = (row.before or {}).get(field.name), row.values[field.name]
    fitting = [m for m in field.spec.moves if m.to == new and _from(m, old)]  # type: ignore[attr-defined]
    labels = {o.name: o.title() for o in field.spec.options}  # type: ignore[attr-defined]
    shown = {"old": labels.get(old, old), "new": labels.get(new, new or "-")}
    if not fitting:
        message = say("{old} cannot become {new}.", "不能从{old}变为{new}。", **shown)
        allowed = [labels.get(m.to, m.to) for m in field.spec.moves if _from(m, old)]  # type: ignore[attr-defined]
        names = say("Possible: {names}.", "可变为：{names}。", names=_list(allowed)) if allowed else None
        row.refuse(Problem(f"/{field.name}", "refused", message, names))
        return
    problems = [_why_not(uow, ctx, entity, move, field, row, shown) for move in fitting]
    if all(problems):
        row.refuse(problems[0])  # type: ignore[arg-type]


def _list(labels: list[Any]) -> Any:
    return say(", ".join(x.show("en") if hasattr(x, "show") else str(x) for x in labels), "、".join(x.show("zh") if hasattr(x, "show") else str(x) for x in labels))


def _from(move: Any, old: str | None) -> bool:
    start = move.from_
    return start == "*" or old == start or (isinstance(start, list | tuple) and old in start)


def _why_not(uow: UnitOfWork, ctx: Context, entity: Entity, move: Any, field: Field, row: Row, shown: dict[str, Any]) -> Problem | None:
    """Return what keeps a move from happening, or None."""
    path = f"/{field.name}"
    user = ctx.user
    if move.roles and not ctx.is_system and (user is None or not (user.is_admin or _has_role(uow, user.roles, move.roles))):
        message = say("Your roles may not move {old} to {new}.", "您的角色无权将{old}变为{new}。", **shown)
        return Problem(path, "forbidden", message, say("Ask somebody who may.", "请联系有权限的同事。"))
    after = row.after()
    for name in move.requires:
        needed = entity.find_field(name)
        if needed is not None and after.get(needed.name) in (None, ()):
            message = say("{new} needs {field}.", "变为{new}前须填写{field}。", field=needed.label, **shown)
            return Problem(f"/{needed.name}", "required", message, say("Fill it in first.", "请先填写。"))
    if move.when is not None:
        expression = compiled(uow, entity, move.when, "value", "boolean")
        if not value_of(uow, expression, RecordFacts(uow, entity, after), user):
            message = say("The condition for {old} to {new} does not hold.", "从{old}变为{new}的条件不满足。", **shown)
            return Problem(path, "refused", message)
    return None


def _has_role(uow: UnitOfWork, roles: tuple[str, ...], wanted: list[str]) -> bool:
    names = {d.name for key in wanted if (d := uow.model.find("role", key)) is not None}
    return bool(names & set(roles))


def check_unique(uow: UnitOfWork, entity: Entity, rows: list[Row]) -> None:
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
                row.refuse(duplicate(entity, names, key))


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


def duplicate(entity: Entity, names: tuple[str, ...], key: tuple[Any, ...] | None) -> Problem:
    """Return the problem of a key that is taken."""
    fields = [entity.fields[n].label for n in names]
    shown = f" ({', '.join(str(k) for k in key)})" if key else ""
    message = say("Another record has the same {fields}{value}.", "已有记录使用相同的{fields}{value}。", fields=_list(fields), value=shown)
    return Problem(f"/{names[0]}", "not_unique", message, say("Change it, or change the other record.", "请修改此值，或修改已有记录。"))


def clash(uow: UnitOfWork, entity: Entity, error: IntegrityError) -> TenonError:
    """Return the conflict behind what the database said about a unique index."""
    text = str(error.orig)
    for shape in uow.tables.indexes_of(entity):
        if shape.unique and (shape.name in text or all(f"{shape.table}.{c}" in text for c in shape.columns)):
            by_column = {f.column: f.name for f in entity.fields.values()}
            return Conflict(duplicate(entity, tuple(by_column[c] for c in shape.columns), None))
    raise error
