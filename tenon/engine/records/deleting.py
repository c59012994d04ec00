"""The trash: deleting records with what hangs on them, restoring them together, and emptying it after its days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete as delete_from, insert, select, update
from sqlalchemy.exc import IntegrityError

from tenon.engine import history
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.records.events import Written
from tenon.engine.records.rules import clash
from tenon.engine.records.save import allowed_ids
from tenon.engine.records.stored import load
from tenon.engine.sql.sets import id_set
from tenon.engine.tables import entity_column
from tenon.engine.trash import trash
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Forbidden, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

MAX_DEPTH = 20


@dataclass
class _Fall:
    """What a deletion takes along: entity id to record id to the record whose deletion it follows, and references to clear."""

    roots: dict[str, dict[str, str]] = field(default_factory=dict)
    cleared: list[tuple[Entity, Field, list[str]]] = field(default_factory=list)


def delete(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Sequence[str], *, batch: str | None = None) -> int:
    """Move records to the trash with what cascades, and return how many. Raises NotFound, Forbidden, Conflict."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "delete")
    _require_all(uow, rights, entity, ids, "read")
    _require_all(uow, rights, entity, ids, "delete")
    fall = _Fall({entity.id: {i: i for i in ids}})
    _follow(uow, fall, entity, {i: i for i in ids}, 0)
    for near, reference, records in fall.cleared:
        _clear(uow, ctx, near, reference, records, fall)
    for entity_id, roots in fall.roots.items():
        _put_away(uow, ctx, uow.model.entities_by_id[entity_id], roots, batch)
    return sum(len(r) for r in fall.roots.values())


def _require_all(uow: UnitOfWork, rights: Rights, entity: Entity, ids: Sequence[str], action: str) -> None:
    table = uow.tables.of(entity)
    living = set(uow.connection.execute(select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids)), table.c.deleted_at.is_(None))).scalars())
    allowed = allowed_ids(uow, rights, entity, list(ids), action, [])
    if any(i not in living or (action == "read" and allowed is not None and i not in allowed) for i in ids):
        raise not_found()
    if allowed is not None and any(i not in allowed for i in ids):
        raise Forbidden(Problem("", "forbidden", say("You may not delete this record.", "您无权删除该记录。"), say("Ask its owner.", "请联系负责人。")))


def _follow(uow: UnitOfWork, fall: _Fall, entity: Entity, roots: dict[str, str], depth: int) -> None:
    """Look at every reference to the records: restrict refuses, clear empties it, cascade takes the record along."""
    if depth > MAX_DEPTH or not roots:
        return
    for near in uow.model.entities.values():
        for reference in [f for f in near.fields.values() if entity.id in f.targets]:
            found = _pointing(uow, near, reference, entity, roots)
            gone = fall.roots.get(near.id, {})
            pointing = {record: roots[target] for record, target in found if record not in gone}
            if not pointing:
                continue
            rule = reference.spec.on_delete  # type: ignore[attr-defined]
            if rule == "restrict":
                raise Conflict(_in_use(near, reference, len(pointing)))
            if rule == "clear":
                fall.cleared.append((near, reference, list(pointing)))
            else:
                fall.roots.setdefault(near.id, {}).update(pointing)
                _follow(uow, fall, near, pointing, depth + 1)


def _pointing(uow: UnitOfWork, near: Entity, reference: Field, entity: Entity, roots: Iterable[str]) -> list[tuple[str, str]]:
    table = uow.tables.of(near)
    wanted = id_set(uow.dialect, list(roots))
    if reference.is_to_many:
        links = uow.tables.links(reference)
        statement = select(links.c.record, links.c.target).join(table, table.c.id == links.c.record).where(links.c.target.in_(wanted))
    else:
        column = table.c[reference.column]
        statement = select(table.c.id, column).where(column.in_(wanted))
        if reference.storage.kind == "pair":
            statement = statement.where(table.c[entity_column(reference)] == entity.id)
    return [(a, b) for a, b in uow.connection.execute(statement.where(table.c.deleted_at.is_(None)))]


def _in_use(near: Entity, reference: Field, count: int) -> Problem:
    message = say("{n} {entity} still refer to this through {field}.", "仍有 {n} 条{entity}通过{field}引用它。", n=count, entity=near.plural, field=reference.label)
    return Problem("", "would_break", message, say("Change or delete those first.", "请先修改或删除这些记录。"))


def _clear(uow: UnitOfWork, ctx: Context, near: Entity, reference: Field, records: list[str], fall: _Fall) -> None:
    """Empty a reference to what is deleted, with history."""
    staying = [r for r in records if r not in fall.roots.get(near.id, {})]
    before = load(uow, near, staying, lock=True)
    if not before:
        return
    table = uow.tables.of(near)
    values: dict[str, Any] = {"version": table.c.version + 1, "updated_at": uow.now, "updated_by": ctx.user_id}
    after: dict[str, Any] = dict.fromkeys(before)
    if reference.is_to_many:
        links, gone = uow.tables.links(reference), {i for roots in fall.roots.values() for i in roots}
        uow.connection.execute(delete_from(links).where(links.c.record.in_(id_set(uow.dialect, before)), links.c.target.in_(id_set(uow.dialect, gone))))
        after = {r: tuple(t for t in v[reference.name] or () if t not in gone) or None for r, v in before.items()}
    else:
        values[reference.column] = None
        if reference.storage.kind == "pair":
            values[entity_column(reference)] = None
    uow.connection.execute(update(table).where(table.c.id.in_(id_set(uow.dialect, before))).values(values))
    entries = [history.Entry(r, v["version"] + 1, "update", {reference.id: (v[reference.name], after[r])}) for r, v in before.items()]
    history.write(uow, ctx, near, entries)
    uow.tell(Written(near, "update", tuple(before), frozenset({reference.id}), before))


def _put_away(uow: UnitOfWork, ctx: Context, entity: Entity, roots: dict[str, str], batch: str | None) -> None:
    before = load(uow, entity, list(roots), lock=True)
    table = uow.tables.of(entity)
    wanted = id_set(uow.dialect, before)
    uow.connection.execute(update(table).where(table.c.id.in_(wanted)).values(deleted_at=uow.now, version=table.c.version + 1))
    rows = [{"record": r, "entity": entity.id, "root": roots[r], "batch": batch, "at": uow.now, "by": ctx.user_id} for r in before]
    if rows:
        uow.connection.execute(insert(trash), rows)
    history.write(uow, ctx, entity, [history.Entry(r, v["version"] + 1, "delete", {}) for r, v in before.items()], batch)
    uow.tell(Written(entity, "delete", tuple(before), None, before))


def restore(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> int:
    """Bring a record back from the trash with what went with it, and return how many. Raises NotFound, Conflict."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "restore")
    row = uow.connection.execute(select(trash).where(trash.c.record == id, trash.c.entity == entity.id)).mappings().first()
    allowed = allowed_ids(uow, rights, entity, [id], "restore", [])
    if row is None or (allowed is not None and id not in allowed):
        raise not_found()
    together = uow.connection.execute(select(trash.c.record, trash.c.entity).where((trash.c.root == id) | (trash.c.record == id))).all()
    by_entity: dict[str, list[str]] = {}
    for record, entity_id in together:
        by_entity.setdefault(entity_id, []).append(record)
    for entity_id, ids in by_entity.items():
        found = uow.model.find_entity(entity_id)
        if found is not None:
            _bring_back(uow, ctx, found, ids)
    return len(together)


def _bring_back(uow: UnitOfWork, ctx: Context, entity: Entity, ids: list[str]) -> None:
    table = uow.tables.of(entity)
    before = load(uow, entity, ids, lock=True, deleted=True)
    try:
        values = {"deleted_at": None, "version": table.c.version + 1, "updated_at": uow.now, "updated_by": ctx.user_id}
        uow.connection.execute(update(table).where(table.c.id.in_(id_set(uow.dialect, before))).values(values))
    except IntegrityError as error:
        raise clash(uow, entity, error) from error
    uow.connection.execute(delete_from(trash).where(trash.c.record.in_(id_set(uow.dialect, before))))
    history.write(uow, ctx, entity, [history.Entry(r, v["version"] + 1, "restore", {}) for r, v in before.items()])
    uow.tell(Written(entity, "restore", tuple(before), None, before))


def empty_trash(uow: UnitOfWork, before: datetime, limit: int = 5_000) -> int:
    """Remove for good the records that went to the trash before that moment, at most ``limit``; return how many."""
    rows = uow.connection.execute(select(trash.c.record, trash.c.entity).where(trash.c.at < before).order_by(trash.c.at).limit(limit)).all()
    by_entity: dict[str, list[str]] = {}
    for record, entity_id in rows:
        by_entity.setdefault(entity_id, []).append(record)
    for entity_id, ids in by_entity.items():
        entity, gone = uow.model.find_entity(entity_id), id_set(uow.dialect, ids)
        if entity is not None:
            for reference in [f for f in entity.fields.values() if f.is_to_many]:
                links = uow.tables.links(reference)
                uow.connection.execute(delete_from(links).where(links.c.record.in_(gone)))
            table = uow.tables.of(entity)
            uow.connection.execute(delete_from(table).where(table.c.id.in_(gone), table.c.deleted_at.is_not(None)))
        uow.connection.execute(delete_from(history.history).where(history.history.c.record.in_(gone)))
        uow.connection.execute(delete_from(trash).where(trash.c.record.in_(gone)))
    return len(rows)
