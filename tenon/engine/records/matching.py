"""Finding the stored records that the rows of a bulk write mean: by id, or by the values of a declared key."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, tuple_

from tenon.engine.access.resolver import action_condition, environment
from tenon.engine.access.rights import Rights
from tenon.engine.records.row import Row
from tenon.engine.records.stored import load
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity

CHUNK = 500


def match(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row], mode: str, match_on: list[str]) -> None:
    """Give each row its action, and the stored record to those that change one."""
    if mode == "create":
        return
    names = check_key(entity, match_on) if match_on else None
    found = _by_key(uow, rights, entity, rows, names) if names else {i: str(row.sent["id"]) for i, row in enumerate(rows) if row.sent.get("id")}
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
        elif mode == "update" or (item_id is not None and names is None):
            row.refuse(Problem("", "no_such_record", say("There is no such record.", "没有这条记录。"), say("Create it, or use upsert.", "请新建，或使用 upsert 模式。")))


def check_key(entity: Entity, names: list[str]) -> tuple[str, ...]:
    """Return the declared key of these names; raises Invalid when there is none."""
    for key in entity.keys:
        if set(key) == set(names):
            return key
    message = say("{names} is not a declared key of {entity}.", "{names} 不是 {entity} 声明的唯一键。", names=", ".join(names), entity=entity.label)
    known = "; ".join(", ".join(k) for k in entity.keys) or "-"
    raise Invalid(Problem("/match_on", "bad_choice", message, say("Declared: {known}.", "已声明：{known}。", known=known)))


def _by_key(uow: UnitOfWork, rights: Rights, entity: Entity, rows: list[Row], names: tuple[str, ...]) -> dict[int, str]:
    """Return the id of the visible record with the key of each row, by the row's position."""
    wanted: dict[int, tuple[Any, ...]] = {}
    for index, row in enumerate(rows):
        key = _key(uow, entity, row, names)
        if key is not None:
            wanted[index] = key
    table = uow.tables.of(entity)
    columns = [table.c[entity.fields[n].column] for n in names]
    visible = action_condition(environment(uow, rights), table, entity, rights, "read")
    found: dict[tuple[Any, ...], str] = {}
    keys = list(dict.fromkeys(wanted.values()))
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        condition = columns[0].in_([k[0] for k in chunk]) if len(columns) == 1 else tuple_(*columns).in_(chunk)
        statement = select(*columns, table.c.id).where(condition, table.c.deleted_at.is_(None))
        for *key, item_id in uow.connection.execute(statement if visible is None else statement.where(visible)):
            found[tuple(key)] = item_id
    return {index: found[key] for index, key in wanted.items() if key in found}


def _key(uow: UnitOfWork, entity: Entity, row: Row, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    """Return the canonical key of a row; None, with a problem for what cannot be read, when a part is empty."""
    parts = []
    for name in names:
        try:
            parts.append(entity.fields[name].spec.clean(row.sent.get(name), uow.place) if row.sent.get(name) is not None else None)
        except BadValue as bad:
            row.refuse(bad.problem(f"/{name}"))
            return None
    return tuple(parts) if all(p is not None for p in parts) else None
