"""The trash: deleting records with what hangs on them, restoring them together, and emptying it after its days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import delete as delete_from, insert, select, update
from sqlalchemy.exc import IntegrityError

from tenon.engine import history
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.records.events import Deleting, Written, tell
from tenon.engine.records.falling import Fall, Planned, follow, hold
from tenon.engine.records.merges import merge_away
from tenon.engine.records.rules import clash
from tenon.engine.records.save import allowed_ids, seen_among
from tenon.engine.records.stored import load
from tenon.engine.sql.sets import id_set
from tenon.engine.tables import entity_column
from tenon.engine.trash import trash
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Forbidden, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field


def delete(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Sequence[str], *, batch: str | None = None) -> int:
    """Move records to the trash with what cascades, and return how many. Raises NotFound, Forbidden, Conflict."""
    fall = plan(uow, ctx, entity, ids, lock=True)
    carry_out(uow, ctx, fall, batch)
    return sum(len(r) for r in fall.roots.values())


def plan(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Sequence[str], *, lock: bool = False) -> Fall:
    """Return what deleting records takes along. Raises NotFound, Forbidden, and Conflict where references restrict it."""
    fall = fall_of(uow, ctx, [(entity, ids)], lock=lock)
    refuse_held(uow, rights_of(uow.model, ctx), fall)
    return fall


def fall_of(uow: UnitOfWork, ctx: Context, listed: Iterable[tuple[Entity, Sequence[str]]], *, lock: bool = False) -> Fall:
    """Return what deleting records of several entities together takes along, and what would hold it.

    What cascades from a record of an entity listed before follows that one. Raises NotFound, Forbidden.
    """
    rights, fall = rights_of(uow.model, ctx), Fall()
    for entity, ids in listed:
        rights.require(entity, "delete")
        if lock:
            hold(uow, entity, ids)
        _require_all(uow, rights, entity, ids, "read")
        _require_all(uow, rights, entity, ids, "delete")
        gone = fall.roots.get(entity.id, {})
        follow(uow, fall, entity, {i: i for i in ids if i not in gone}, lock=lock)
    return fall


def delete_part(uow: UnitOfWork, ctx: Context, entity: Entity, roots: dict[str, str], batch: str, planned: Planned) -> int:
    """Move some records of a plan to the trash, those still there, and what came to hang on them since; return how many of the plan went.

    ``roots`` tells which deletion each follows; ``planned`` are the records that go in other parts. Raises Conflict.
    """
    hold(uow, entity, roots)
    living = load(uow, entity, list(roots), lock=True)
    fall = Fall(planned=planned)
    follow(uow, fall, entity, {i: roots[i] for i in living}, lock=True)
    refuse_held(uow, rights_of(uow.model, ctx), fall)
    carry_out(uow, ctx, fall, batch)
    return len(living)


def clear_part(uow: UnitOfWork, ctx: Context, near: Entity, reference: Field, pairs: Sequence[tuple[str, str]], batch: str) -> None:
    """Empty references of a plan, as far as they still point to what has gone."""
    went = select(trash.c.record).where(trash.c.record.in_(id_set(uow.dialect, {target for _, target in pairs})))
    clear(uow, ctx, near, reference, [record for record, _ in pairs], set(uow.connection.execute(went).scalars()), batch)


def find_begun(uow: UnitOfWork, batch: str, roots: Collection[str]) -> set[str]:
    """Return those of the records of which a batch has already moved something to the trash."""
    return set(uow.connection.execute(select(trash.c.root).distinct().where(trash.c.batch == batch, trash.c.root.in_(id_set(uow.dialect, roots)))).scalars())


def refuse_held(uow: UnitOfWork, rights: Rights, fall: Fall) -> None:
    """Raise Conflict with every reference that restricts a deletion, from records that do not go along."""
    held = [(near, reference, staying) for near, reference, pairs in fall.holding if (staying := fall.staying(near, pairs))]
    if held:
        raise Conflict([_in_use(uow, rights, near, reference, sorted({record for record, _ in staying})) for near, reference, staying in held])


def carry_out(uow: UnitOfWork, ctx: Context, fall: Fall, batch: str | None) -> None:
    """Move what a deletion takes along to the trash, and clear what refers to it."""
    for entity_id, roots in fall.roots.items():
        uow.tell_before(Deleting(uow.model.entities_by_id[entity_id], ctx, tuple(roots)))
    for near, reference, pairs in fall.cleared:
        staying = fall.staying(near, pairs)
        clear(uow, ctx, near, reference, [record for record, _ in staying], {target for _, target in staying}, batch)
    for entity_id, roots in fall.roots.items():
        _put_away(uow, ctx, uow.model.entities_by_id[entity_id], roots, batch)


def _require_all(uow: UnitOfWork, rights: Rights, entity: Entity, ids: Sequence[str], action: str) -> None:
    table = uow.tables.of(entity)
    living = set(uow.connection.execute(select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids)), table.c.deleted_at.is_(None))).scalars())
    allowed = allowed_ids(uow, rights, entity, list(ids), action, [])
    if any(i not in living or (action == "read" and allowed is not None and i not in allowed) for i in ids):
        raise not_found()
    if allowed is not None and any(i not in allowed for i in ids):
        raise Forbidden(Problem("", "forbidden", say("You may not delete this record.", "您无权删除该记录。"), say("Ask its owner.", "请联系负责人。")))


def _in_use(uow: UnitOfWork, rights: Rights, near: Entity, reference: Field, records: list[str]) -> Problem:
    """Return the problem of records that are referred to; it counts only those that the person may see."""
    hint = say("Change or delete those first.", "请先修改或删除这些记录。")
    seen = len(seen_among(uow, rights, near, reference, records))
    if not seen:
        return Problem("", "would_break", say("Other records still refer to this.", "仍有其他记录引用它。"), hint)
    message = say("{n} {entity} still refer to this through {field}.", "仍有 {n} 条{entity}通过{field}引用它。", n=seen, entity=near.plural, field=reference.label)
    return Problem("", "would_break", message, hint)


def clear(uow: UnitOfWork, ctx: Context, near: Entity, reference: Field, records: Sequence[str], gone: Collection[str], batch: str | None) -> None:
    """Empty a reference to what is deleted, with history."""
    before = {r: v for r, v in load(uow, near, records, lock=True).items() if _points(reference, v[reference.name], gone)}
    if not before:
        return
    table = uow.tables.of(near)
    values: dict[str, Any] = {"version": table.c.version + 1, "updated_at": uow.now, "updated_by": ctx.user_id}
    after: dict[str, Any] = dict.fromkeys(before)
    if reference.is_to_many:
        links = uow.tables.links(reference)
        uow.connection.execute(delete_from(links).where(links.c.record.in_(id_set(uow.dialect, before)), links.c.target.in_(id_set(uow.dialect, gone))))
        after = {r: tuple(t for t in v[reference.name] or () if t not in gone) or None for r, v in before.items()}
    else:
        values[reference.column] = None
        if reference.storage.kind == "pair":
            values[entity_column(reference)] = None
    uow.connection.execute(update(table).where(table.c.id.in_(id_set(uow.dialect, before))).values(values))
    entries = [history.Entry(r, v["version"] + 1, "update", {reference.id: (v[reference.name], after[r])}) for r, v in before.items()]
    history.write(uow, ctx, near, entries, batch)
    tell(uow, Written(near, "update", tuple(before), frozenset({reference.id}), before, {r: {reference.name: after[r]} for r in before}, ctx))


def _points(reference: Field, value: Any, gone: Collection[str]) -> bool:
    """True when a reference's canonical value is, or holds, one of the records."""
    if value is None:
        return False
    if reference.is_to_many:
        return any(target in gone for target in value)
    return (value[1] if reference.storage.kind == "pair" else value) in gone


def _put_away(uow: UnitOfWork, ctx: Context, entity: Entity, roots: dict[str, str], batch: str | None) -> None:
    before = load(uow, entity, list(roots), lock=True)
    table = uow.tables.of(entity)
    wanted = id_set(uow.dialect, before)
    uow.connection.execute(update(table).where(table.c.id.in_(wanted)).values(deleted_at=uow.now, version=table.c.version + 1))
    rows = [{"record": r, "entity": entity.id, "root": roots[r], "batch": batch, "at": uow.now, "by": ctx.user_id} for r in before]
    if rows:
        uow.connection.execute(insert(trash), rows)
    history.write(uow, ctx, entity, [history.Entry(r, v["version"] + 1, "delete", {}) for r, v in before.items()], batch)
    tell(uow, Written(entity, "delete", tuple(before), None, before, ctx=ctx))


def restore(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> int:
    """Bring a record back from the trash with what went with it, and return how many. Raises NotFound, Conflict."""
    return sum(restore_part(uow, ctx, near, ids) for near, ids in find_together(uow, ctx, entity, id))


def find_together(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> list[tuple[Entity, list[str]]]:
    """Return a record in the trash and what went with it, by entity, itself last. Raises NotFound, Forbidden, and Conflict for one that was merged."""
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "restore")
    known = uow.connection.execute(select(trash.c.record).where(trash.c.record == id, trash.c.entity == entity.id)).first()
    allowed = allowed_ids(uow, rights, entity, [id], "restore", [])
    if known is None or (allowed is not None and id not in allowed):
        raise not_found()
    if merge_away(uow, id) is not None:
        message = say("This record was merged into another one.", "该记录已被合并到另一条记录。")
        raise Conflict(Problem("", "blocked", message, say("Undo the merge: it brings the record back, with what followed.", "请撤销该合并：记录及随之转移的内容都会恢复。")))
    followers = uow.connection.execute(select(trash.c.record, trash.c.entity).where(trash.c.root == id, trash.c.record != id)).all()
    return [*_by_entity(uow, [(row.record, row.entity) for row in followers]), (entity, [id])]


def _by_entity(uow: UnitOfWork, pairs: Sequence[tuple[str, str]]) -> list[tuple[Entity, list[str]]]:
    by_entity: dict[str, list[str]] = {}
    for record, entity_id in pairs:
        by_entity.setdefault(entity_id, []).append(record)
    return [(found, ids) for entity_id, ids in by_entity.items() if (found := uow.model.find_entity(entity_id)) is not None]


def check_batch(uow: UnitOfWork, ctx: Context, entity: Entity, batch: str) -> None:
    """Raise Forbidden when somebody may not restore all that a batch moved to the trash."""
    gone = select(trash.c.record).where(trash.c.batch == batch, trash.c.record == trash.c.root)
    _require_restore(uow, ctx, entity, list(uow.connection.execute(gone).scalars()))


def _require_restore(uow: UnitOfWork, ctx: Context, entity: Entity, ids: list[str]) -> None:
    if not ids:
        return
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "restore")
    allowed = allowed_ids(uow, rights, entity, ids, "restore", [])
    if allowed is not None and len(allowed) < len(ids):
        raise Forbidden(Problem("", "forbidden", say("Some of these records are not yours to restore.", "其中部分记录您无权恢复。")))


def restore_batch(uow: UnitOfWork, ctx: Context, entity: Entity, batch: str, limit: int) -> int:
    """Bring back what one batch moved to the trash, as far as it is still there, at most ``limit``; return how many. Raises Forbidden, Conflict."""
    is_root = trash.c.record == trash.c.root
    statement = select(trash.c.record, trash.c.entity, is_root.label("is_root")).where(trash.c.batch == batch)
    rows = uow.connection.execute(statement.order_by(is_root, trash.c.record).limit(limit)).all()  # those that went with others first
    _require_restore(uow, ctx, entity, [row.record for row in rows if row.is_root])
    return sum(restore_part(uow, ctx, near, ids) for near, ids in _by_entity(uow, [(row.record, row.entity) for row in rows]))


def restore_part(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Sequence[str]) -> int:
    """Bring records back that are still in the trash and return how many. Raises Conflict."""
    table, rights = uow.tables.of(entity), rights_of(uow.model, ctx)
    before = load(uow, entity, ids, lock=True, deleted=True)
    if not before:
        return 0
    try:
        values = {"deleted_at": None, "version": table.c.version + 1, "updated_at": uow.now, "updated_by": ctx.user_id}
        uow.connection.execute(update(table).where(table.c.id.in_(id_set(uow.dialect, before))).values(values))
    except IntegrityError as error:
        raise clash(uow, rights, entity, error) from error
    uow.connection.execute(delete_from(trash).where(trash.c.record.in_(id_set(uow.dialect, before))))
    history.write(uow, ctx, entity, [history.Entry(r, v["version"] + 1, "restore", {}) for r, v in before.items()])
    tell(uow, Written(entity, "restore", tuple(before), None, before, ctx=ctx))
    return len(before)
