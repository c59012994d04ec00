"""Reading what was sent: known and writable fields, canonical values, references found and checked; all as sets."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import action_condition, environment, readable_condition
from tenon.engine.access.rights import Rights
from tenon.engine.people import units, users
from tenon.engine.records.attaching import check_files
from tenon.engine.records.linked import find_linked
from tenon.engine.records.row import Row
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.statements import kept
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Problem
from tenon.metamodel.expressions.check import check
from tenon.metamodel.expressions.scope import Scope
from tenon.metamodel.fields.base import BadValue, FieldSpec, Linked, Lookup
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.names import suggest
from tenon.metamodel.system_fields import may_be_set

CHUNK = 5_000


def clean_rows(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row]) -> None:
    """Fill ``values`` of every row from what was sent; problems stay with their row."""
    place = uow.place
    for row in rows:
        action = "create" if row.before is None and row.action == "create" else "update"
        known: dict[str, FieldSpec] = kept(rights.kept, ("free", entity.id, action), dict)
        values = row.values
        for name, raw in row.sent.items():
            spec = known.get(name)
            if spec is not None:
                try:
                    values[name] = spec.clean(raw, place)
                except BadValue as bad:
                    row.refuse(bad.problem(f"/{name}"))
                continue
            field = entity.fields.get(name)
            if field is None or (rights.state(entity, field) == "hidden" and not rights.may_write(entity, field, action)):
                row.refuse(unknown(entity, rights, name))
            elif name in ("id", "version"):
                if row.before is None or (name == "id" and str(raw).lower() != row.id):
                    row.refuse(read_only(field))
            elif not is_writable(rights, field) or not rights.may_write(entity, field, action):
                row.refuse(read_only(field))
            else:
                known[name] = field.spec  # asked once for these rights: rows have the same fields again and again
                try:
                    values[name] = field.spec.clean(raw, place)
                except BadValue as bad:
                    row.refuse(bad.problem(f"/{name}"))
    _find_references(uow, rights, entity, rows)
    check_files(uow, rights, entity, rows)


def is_writable(rights: Rights, field: Field) -> bool:
    """Return whether somebody may write a field by what it is: one that people only read is written by the platform, so by its rules."""
    return may_be_set(field) and (not field.spec.read_only or (rights.is_unlimited and rights.user is None))


def unknown(entity: Entity, rights: Rights, name: str) -> Problem:
    """Return the problem of a field that is not there, for this person at least."""
    known = [f.name for f in entity.fields.values() if rights.state(entity, f) != "hidden"]
    near = suggest(name, known)
    hint = say("Did you mean {near}?", "您是否想写 {near}？", near=near) if near else None
    message = say("{entity} has no field {name}.", "{entity} 没有字段 {name}。", entity=entity.label, name=name[:60])
    return Problem(f"/{name}", "unknown_field", message, hint)


def read_only(field: Field) -> Problem:
    """Return the problem of a field that this person does not write."""
    message = say("{field} cannot be written.", "{field} 不可写入。", field=field.label)
    return Problem(f"/{field.name}", "read_only", message, say("Leave it out.", "请去掉该字段。"))


def _find_references(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row]) -> None:
    """Turn look-ups into ids and refuse ids of records that are not there, one statement a field."""
    names = {name for row in rows for name in row.values}
    for name in names:
        field = entity.fields[name]
        if field.type.kind not in ("reference", "references"):
            continue
        changed = [row for row in rows if (value := row.values.get(name)) is not None and value != (row.before or {}).get(name)]
        if field.storage.kind == "pair":
            _find_any(uow, rights, field, changed)
        elif field.type.entity in ("user", "unit"):
            _find_people(uow, field, changed)
        else:
            target = uow.model.get_entity(field.targets[0])
            _resolve(uow, rights, field, target, [(row, _listed(row.values[name])) for row in changed])


def _listed(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, tuple) else [value]


def _find_any(uow: UnitOfWork, rights: Rights, field: Field, rows: list[Row]) -> None:
    by_target: dict[str, list[Row]] = {}
    for row in rows:
        value = row.values.get(field.name)
        if value is None:
            continue
        target = uow.model.find_entity(value[0])
        if target is None or target.id not in field.targets:
            row.refuse(_missing(field, str(value[0])))
        else:
            row.values[field.name] = (target.id, value[1])
            by_target.setdefault(target.id, []).append(row)
    for target_id, found in by_target.items():
        _resolve(uow, rights, field, uow.model.get_entity(target_id), [(row, [row.values[field.name][1]]) for row in found])


def _find_people(uow: UnitOfWork, field: Field, rows: list[Row]) -> None:
    found = find_people(uow, field, {row.values[field.name] for row in rows})
    for row in rows:
        value = row.values[field.name]
        if value not in found:
            row.refuse(_missing(field, str(getattr(value, "value", value))))
        row.values[field.name] = found.get(value)


def find_people(uow: UnitOfWork, field: Field, wanted: set[Any]) -> dict[Any, str]:
    """Return the ids of people or units named by id, by ``{"email": …}``, or by the name of a unit that only one has."""
    table, key = (users, "email") if field.type.entity == "user" else (units, "name")
    ids = {v: v for v in wanted if not isinstance(v, Lookup)}
    named = {v: _folded(v) for v in wanted if isinstance(v, Lookup) and v.field == key}
    found: dict[Any, str] = {}
    for column, by_value in ((table.c.id, ids), (table.c[key], named)):
        seen: dict[str, list[str]] = {}
        for chunk in _chunks(sorted(set(by_value.values()))):
            for value, item_id in uow.connection.execute(select(column, table.c.id).where(column.in_(chunk))):
                seen.setdefault(value, []).append(item_id)
        found |= {value: seen[text][0] for value, text in by_value.items() if len(seen.get(text, ())) == 1}
    return found


def _folded(lookup: Lookup) -> str:
    text = str(lookup.value)
    return unicodedata.normalize("NFKC", text).lower() if lookup.field == "email" else text


def _resolve(uow: UnitOfWork, rights: Rights, field: Field, target: Entity, wanted: list[tuple[Row, list[Any]]]) -> None:
    """Put the ids of visible records in place of what was sent."""
    found = find_targets(uow, rights, target, {v for _, values in wanted for v in values})
    unfit = _unfit(uow, field, target, set(found.values()))
    for row, values in wanted:
        held = set(_listed((row.before or {}).get(field.name)))
        resolved = []
        for value in values:
            item = value if value in held else found.get(value)
            if item is None:
                row.refuse(_missing(field, str(getattr(value, "value", value))))
            elif item in unfit and item not in held:
                row.refuse(_not_offered(field))
            else:
                resolved.append(item)
        if field.is_to_many:
            row.values[field.name] = tuple(dict.fromkeys(resolved)) or None
        elif field.storage.kind == "pair":
            row.values[field.name] = (target.id, resolved[0]) if resolved else None
        else:
            row.values[field.name] = resolved[0] if resolved else None


def find_targets(uow: UnitOfWork, rights: Rights, target: Entity, wanted: set[Any]) -> dict[Any, str]:
    """Return the ids of the visible records that ids and look-ups name; what is not there is left out."""
    known = _visible(uow, rights, target, {v for v in wanted if not isinstance(v, Lookup)})
    linked = {v: (v.system, str(v.value)) for v in wanted if isinstance(v, Linked)}
    by_number = find_linked(uow, rights, target, set(linked.values())) if linked else {}
    named = _look_up(uow, rights, target, {v for v in wanted if isinstance(v, Lookup) and v not in linked})
    return {v: v for v in known} | named | {v: by_number[key] for v, key in linked.items() if key in by_number}


def _unfit(uow: UnitOfWork, field: Field, target: Entity, ids: set[str]) -> set[str]:
    """Return the records that the filter of a reference does not offer."""
    text = getattr(field.spec, "where", None)
    if text is None or not ids:
        return set()
    key = ("offered", field.id)
    if key not in uow.model.cache:
        uow.model.cache[key] = check(text, Scope(uow.model, target, use="value"), "boolean")
    source = Source(environment(uow), target)
    condition = compile_condition(source, uow.model.cache[key])
    statement = select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, ids)), condition)
    return ids - set(uow.connection.execute(statement).scalars())


def _not_offered(field: Field) -> Problem:
    message = say("{field}: this record cannot be chosen here.", "{field}：此处不能选择该记录。", field=field.label)
    return Problem(f"/{field.name}", "refused", message, say("Choose another one.", "请选择其他记录。"))


def _visible(uow: UnitOfWork, rights: Rights, target: Entity, ids: set[str]) -> set[str]:
    table = uow.tables.of(target)
    condition = action_condition(environment(uow, rights), table, target, rights, "read")
    known: set[str] = set()
    for chunk in _chunks(sorted(ids)):
        statement = select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, chunk)), table.c.deleted_at.is_(None)).order_by(table.c.id)
        if uow.dialect == "postgresql":
            statement = statement.with_for_update(read=True, key_share=True)
        known.update(uow.connection.execute(statement if condition is None else statement.where(condition)).scalars())
    return known


def _look_up(uow: UnitOfWork, rights: Rights, target: Entity, lookups: set[Lookup]) -> dict[Lookup, str]:
    """Return the ids of records named by the value of a unique field, or of the title when only one has it."""
    table = uow.tables.of(target)
    condition = action_condition(environment(uow, rights), table, target, rights, "read")
    by_field: dict[str, list[Lookup]] = {}
    for lookup in lookups:
        by_field.setdefault(lookup.field, []).append(lookup)
    found: dict[Lookup, str] = {}
    for name, group in by_field.items():
        field = target.fields.get(name)
        if field is None or ((name,) not in target.keys and name != target.title) or not rights.may_read(target, field):
            continue
        readable = readable_condition(environment(uow, rights), table, target, rights, [field])
        cleaned = {lookup: _cleaned(uow, field, lookup.value) for lookup in group}
        seen: dict[Any, list[str]] = {}
        for chunk in _chunks(list({v for v in cleaned.values() if v is not None})):
            statement = select(table.c[field.column], table.c.id).where(table.c[field.column].in_(chunk), table.c.deleted_at.is_(None))
            for value, item_id in uow.connection.execute(statement.where(*[c for c in (condition, readable) if c is not None])):
                seen.setdefault(value, []).append(item_id)
        found |= {lookup: seen[v][0] for lookup, v in cleaned.items() if v is not None and len(seen.get(v, ())) == 1}
    return found


def _cleaned(uow: UnitOfWork, field: Field, value: Any) -> Any:
    try:
        return field.spec.clean(str(value) if field.type.kind == "text" else value, uow.place)
    except BadValue:
        return None


def _missing(field: Field, shown: str) -> Problem:
    message = say("{field}: there is no record {value}.", "{field}：没有记录 {value}。", field=field.label, value=shown[:80])
    return Problem(f"/{field.name}", "no_such_record", message, say("Choose one that is there.", "请选择已有的记录。"))


def _chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    listed = list(values)
    return (listed[i : i + CHUNK] for i in range(0, len(listed), CHUNK))
