"""The trash: deleting records with what hangs on them, restoring them together, and emptying it after its days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete as delete_from, insert, select, update
from sqlalchemy.exc import IntegrityError

from tenon.engine import history
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.records.events import Removed, Written, tell
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


@dataclass
class _Fall:
    """What a deletion takes along: entity id to record id to the record whose deletion it follows; and what points at it."""

    roots: dict[str, dict[str, str]] = field(default_factory=dict)
    cleared: list[tuple[Entity, Field, list[str]]] = field(default_factory=list)
    holding: list[tuple[Entity, Field, list[str]]] = field(default_factory=list)
    """References that restrict, and the records that hold them."""

    def staying(self, entity: Entity, records: Iterable[str]) -> list[str]:
        """Return the records that do not go along."""
        gone = self.roots.get(entity.id, {})
        return [r for r in records if r not in gone]


def delete(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Sequence[str], *, batch: str | None = None) -> int:
    """Move records to the trash with what cascades, and return how many. Raises NotFound, Forbidden, Conflict."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "delete")
    _hold(uow, entity, ids)
    _require_all(uow, rights, entity, ids, "read")
    _require_all(uow, rights, entity, ids, "delete")
    fall = _Fall({entity.id: {i: i for i in ids}})
    _follow(uow, fall, entity)
    for near, reference, records in fall.holding:
        staying = fall.staying(near, records)
        if staying:
            raise Conflict(_in_use(uow, rights, near, reference, staying))
    for near, reference, records in fall.cleared:
        _clear(uow, ctx, near, reference, fall.staying(near, records), fall, batch)
    for entity_id, roots in fall.roots.items():
        _put_away(uow, ctx, uow.model.entities_by_id[entity_id], roots, batch)
    return sum(len(r) for r in fall.roots.values())


def _hold(uow: UnitOfWork, entity: Entity, ids: Iterable[str]) -> None:
    """Keep others from pointing at the records until this transaction ends."""
    if uow.dialect == "postgresql":
        table = uow.tables.of(entity)
        uow.connection.execute(select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, list(ids)))).order_by(table.c.id).with_for_update())


def _require_all(uow: UnitOfWork, rights: Rights, entity: Entity, ids: Sequence[str], action: str) -> None:
    table = uow.tables.of(entity)
    living = set(uow.connection.execute(select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids)), table.c.deleted_at.is_(None))).scalars())
    allowed = allowed_ids(uow, rights, entity, list(ids), action, [])
    if any(i not in living or (action == "read" and allowed is not None and i not in allowed) for i in ids):
        raise not_found()
    if allowed is not None and any(i not in allowed for i in ids):
        raise Forbidden(Problem("", "forbidden", say("You may not delete this record.", "您无权删除该记录。"), say("Ask its owner.", "请联系负责人。")))


def _follow(uow: UnitOfWork, fall: _Fall, start: Entity) -> None:
    """Look at every reference to the records: restrict is noted, clear empties it, cascade takes the record along."""
    waiting = [(start, fall.roots[start.id])]
    while waiting:
        entity, roots = waiting.pop()
        for near in uow.model.entities.values():
            for reference in [f for f in near.fields.values() if entity.id in f.targets]:
                found = _pointing(uow, near, reference, entity, roots)
                rule = reference.spec.on_delete  # type: ignore[attr-defined]
                if rule != "cascade":
                    if found:
                        (fall.holding if rule == "restrict" else fall.cleared).append((near, reference, sorted({record for record, _ in found})))
                    continue
                _hold(uow, near, [record for record, _ in found])
                gone = fall.roots.setdefault(near.id, {})
                following = {record: roots[target] for record, target in found if record not in gone}
                if following:
                    gone.update(following)
                    waiting.append((near, following))


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


def _in_use(uow: UnitOfWork, rights: Rights, near: Entity, reference: Field, records: list[str]) -> Problem:
    """Return the problem of records that are referred to; it counts only those that the person may see."""
    hint = say("Change or delete those first.", "请先修改或删除这些记录。")
    seen = len(records)
    if not rights.is_unlimited:
        may_see = rights.may_read(near, reference)
        allowed = allowed_ids(uow, rights, near, records, "read", []) if may_see else set()
        seen = len(records) if allowed is None else len(allowed)
    if not seen:
        return Problem("", "would_break", say("Other records still refer to this.", "仍有其他记录引用它。"), hint)
    message = say("{n} {entity} still refer to this through {field}.", "仍有 {n} 条{entity}通过{field}引用它。", n=seen, entity=near.plural, field=reference.label)
    return Problem("", "would_break", message, hint)


def _clear(uow: UnitOfWork, ctx: Context, near: Entity, reference: Field, records: list[str], fall: _Fall, batch: str | None) -> None:
    """Empty a reference to what is deleted, with history."""
    before = load(uow, near, records, lock=True)
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
    history.write(uow, ctx, near, entries, batch)
    tell(uow, Written(near, "update", tuple(before), frozenset({reference.id}), before))


def _put_away(uow: UnitOfWork, ctx: Context, entity: Entity, roots: dict[str, str], batch: str | None) -> None:
    before = load(uow, entity, list(roots), lock=True)
    table = uow.tables.of(entity)
    wanted = id_set(uow.dialect, before)
    uow.connection.execute(update(table).where(table.c.id.in_(wanted)).values(deleted_at=uow.now, version=table.c.version + 1))
    rows = [{"record": r, "entity": entity.id, "root": roots[r], "batch": batch, "at": uow.now, "by": ctx.user_id} for r in before]
    if rows:
        uow.connection.execute(insert(trash), rows)
    history.write(uow, ctx, entity, [history.Entry(r, v["version"] + 1, "delete", {}) for r, v in before.items()], batch)
    tell(uow, Written(entity, "delete", tuple(before), None, before))


def restore(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> int:
    """Bring a record back from the trash with what went with it, and return how many. Raises NotFound, Conflict."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "restore")
    known = uow.connection.execute(select(trash.c.record).where(trash.c.record == id, trash.c.entity == entity.id)).first()
    allowed = allowed_ids(uow, rights, entity, [id], "restore", [])
    if known is None or (allowed is not None and id not in allowed):
        raise not_found()
    return _restore_with(uow, ctx, rights, trash.c.root.in_([id]) | trash.c.record.in_([id]))


def restore_batch(uow: UnitOfWork, ctx: Context, entity: Entity, batch: str, ids: Sequence[str]) -> int:
    """Bring back what one batch moved to the trash, as far as it is still there, and return how many. Raises Forbidden, Conflict."""
    if not ids:
        return 0
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "restore")
    wanted = select(trash.c.record).where(trash.c.record.in_(id_set(uow.dialect, ids)), trash.c.entity == entity.id, trash.c.batch == batch)
    gone = list(uow.connection.execute(wanted).scalars())
    allowed = allowed_ids(uow, rights, entity, gone, "restore", [])
    if allowed is not None and len(allowed) < len(gone):
        raise Forbidden(Problem("", "forbidden", say("Some of these records are not yours to restore.", "其中部分记录您无权恢复。")))
    roots = id_set(uow.dialect, gone)
    return _restore_with(uow, ctx, rights, (trash.c.batch == batch) & (trash.c.root.in_(roots) | trash.c.record.in_(roots)))


def _restore_with(uow: UnitOfWork, ctx: Context, rights: Rights, which: ColumnElement[bool]) -> int:
    together = uow.connection.execute(select(trash.c.record, trash.c.entity).where(which)).all()
    by_entity: dict[str, list[str]] = {}
    for record, entity_id in together:
        by_entity.setdefault(entity_id, []).append(record)
    for entity_id, ids in by_entity.items():
        found = uow.model.find_entity(entity_id)
        if found is not None:
            _bring_back(uow, ctx, rights, found, ids)
    return len(together)


def _bring_back(uow: UnitOfWork, ctx: Context, rights: Rights, entity: Entity, ids: list[str]) -> None:
    table = uow.tables.of(entity)
    before = load(uow, entity, ids, lock=True, deleted=True)
    try:
        values = {"deleted_at": None, "version": table.c.version + 1, "updated_at": uow.now, "updated_by": ctx.user_id}
        uow.connection.execute(update(table).where(table.c.id.in_(id_set(uow.dialect, before))).values(values))
    except IntegrityError as error:
        raise clash(uow, rights, entity, error) from error
    uow.connection.execute(delete_from(trash).where(trash.c.record.in_(id_set(uow.dialect, before))))
    history.write(uow, ctx, entity, [history.Entry(r, v["version"] + 1, "restore", {}) for r, v in before.items()])
    tell(uow, Written(entity, "restore", tuple(before), None, before))


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
        uow.tell(Removed(entity, tuple(ids)))
    return len(rows)
