"""Finding the stored records that the rows of a bulk write mean: by id, or by the values of a declared key."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, tuple_

from tenon.engine.access.resolver import action_condition, environment, readable_condition
from tenon.engine.access.rights import Rights
from tenon.engine.records.cleaning import find_people, find_targets
from tenon.engine.records.row import Row
from tenon.engine.records.stored import load
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.fields.base import BadValue, Lookup
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

CHUNK = 500


def match(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row], mode: str, match_on: list[str]) -> None:
    """Give each row its action, and the stored record to those that change one."""
    if mode == "create":
        return
    names = check_key(rights, entity, match_on) if match_on else None
    found = _by_key(uow, rights, entity, rows, names) if names else _by_id(uow, rights, entity, rows)
    before = load(uow, entity, list(found.values()), lock=True)
    seen: dict[str, int] = {}
    for index, row in enumerate(rows):
        item_id = found.get(index)
        if item_id is not None and item_id in before:
            if item_id in seen:
                message = say("Row {n} is the same record.", "第 {n} 行是同一条记录。", n=seen[item_id] + 1)
                row.refuse(Problem("", "not_unique", message, say("Keep one of them.", "请只保留一行。")))
            seen[item_id] = index
            row.id, row.before, row.version, row.action = item_id, before[item_id], before[item_id]["version"], "update"
            check_version(row)
        elif row.is_good and (mode == "update" or (names is None and row.sent.get("id") is not None)):
            row.refuse(Problem("", "no_such_record", say("There is no such record.", "没有这条记录。"), say("Create it, or use upsert.", "请新建，或使用 upsert 模式。")))


def check_version(row: Row) -> None:
    """Refuse a row that was made from an older version of the record than the stored one."""
    version = row.sent.get("version")
    if version is not None and version != row.version:
        message = say("Somebody else changed this record.", "该记录已被他人修改。")
        row.refuse(Problem("/version", "stale", message, say("Look at the changes and save again.", "请查看改动后重新保存。")))


def _by_id(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row]) -> dict[int, str]:
    """Return the ids of the visible records that rows name, by the row's position."""
    wanted: dict[int, str] = {}
    for index, row in enumerate(rows):
        try:
            if row.sent.get("id") is not None:
                wanted[index] = str(entity.fields["id"].spec.clean(row.sent["id"], uow.place)).lower()
        except BadValue as bad:
            row.refuse(bad.problem("/id"))
    visible = find_targets(uow, rights, entity, set(wanted.values()))
    return {index: item_id for index, item_id in wanted.items() if item_id in visible}


def check_key(rights: Rights, entity: Entity, names: list[str]) -> tuple[str, ...]:
    """Return the declared key of these names; raises Invalid when there is none, or none that the writer may read."""
    readable = [key for key in entity.keys if all(rights.may_read(entity, entity.fields[n]) for n in key)]
    for key in readable:
        if set(key) == set(names):
            return key
    message = say("{names} is not a declared key of {entity}.", "{names} 不是 {entity} 声明的唯一键。", names=", ".join(names)[:200], entity=entity.label)
    known = "; ".join(", ".join(k) for k in readable) or "-"
    raise Invalid(Problem("/match_on", "bad_choice", message, say("Declared: {known}.", "已声明：{known}。", known=known)))


def _by_key(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row], names: tuple[str, ...]) -> dict[int, str]:
    """Return the id of the visible record with the key of each row, by the row's position."""
    fields = [entity.fields[n] for n in names]
    wanted = _keys(uow, rights, fields, rows)
    table, env = uow.tables.of(entity), environment(uow, rights)
    columns = [table.c[f.column] for f in fields]
    limits = [action_condition(env, table, entity, rights, "read"), readable_condition(env, table, entity, rights, fields)]
    found: dict[tuple[Any, ...], str] = {}
    keys = list(dict.fromkeys(wanted.values()))
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        condition = columns[0].in_([k[0] for k in chunk]) if len(columns) == 1 else tuple_(*columns).in_(chunk)
        statement = select(*columns, table.c.id).where(condition, table.c.deleted_at.is_(None), *[c for c in limits if c is not None])
        for *key, item_id in uow.connection.execute(statement):
            found[tuple(key)] = item_id
    return {index: found[key] for index, key in wanted.items() if key in found}


def _keys(uow: UnitOfWork, rights: Rights, fields: list[Field], rows: list[Row]) -> dict[int, tuple[Any, ...]]:
    """Return the canonical keys of the rows by position; those with an empty part have none."""
    parts: dict[int, list[Any]] = {}
    for index, row in enumerate(rows):
        for field in fields:
            try:
                parts.setdefault(index, []).append(field.spec.clean(row.sent.get(field.name), uow.place))
            except BadValue as bad:
                row.refuse(bad.problem(f"/{field.name}"))
                parts[index] = [None for _ in fields]
                break
    for position, field in enumerate(fields):
        lookups = {p[position] for p in parts.values() if isinstance(p[position], Lookup)}
        if lookups:
            people = field.type.entity in ("user", "unit")
            ids = find_people(uow, field, lookups) if people else find_targets(uow, rights, uow.model.get_entity(str(field.type.entity)), lookups)
            for listed in parts.values():
                listed[position] = ids.get(listed[position]) if isinstance(listed[position], Lookup) else listed[position]
    return {index: tuple(listed) for index, listed in parts.items() if all(p is not None for p in listed)}
