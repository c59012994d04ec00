"""Taking a merge back: the absorbed records return, what followed goes back to them, and the survivor's fields hold what they held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import delete, select, update

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Cause, Context
from tenon.engine.duplicates.pairs import reopen
from tenon.engine.history import history
from tenon.engine.notices.watching import watches
from tenon.engine.query.membership import members
from tenon.engine.records.deleting import restore_part
from tenon.engine.records.falling import hold
from tenon.engine.records.merge_following import FLOW, SEGMENT, SYSTEM, WATCH, point_column, point_flows, point_system
from tenon.engine.records.merge_log import note_undone
from tenon.engine.records.merges import Merge, merges, moved
from tenon.engine.records.save import allowed_ids
from tenon.engine.records.stored import load
from tenon.engine.records.undoing import change_back, still_holds
from tenon.engine.sql.sets import id_set
from tenon.engine.tables import entity_column
from tenon.engine.trash import trash
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.tables import instances
from tenon.metamodel.errors import Conflict, Forbidden, Problem, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field


@dataclass
class Undone:
    """What taking a merge back did: how many records came back, how many changed, and what was changed since and stays."""

    restored: int = 0
    changed: int = 0
    kept: list[tuple[Entity, str, Field]] = field(default_factory=list)


def check_unmerge(uow: UnitOfWork, ctx: Context, merge: Merge) -> Entity:
    """Return the entity of a merge that somebody may take back. Raises NotFound, Forbidden, and Conflict when it cannot be any more."""
    entity = uow.model.find_entity(merge.entity)
    if entity is None:
        raise not_found()
    rights = rights_of(uow.model, ctx)
    rights.require(entity, "merge")
    if not (ctx.is_admin or merge.by == ctx.user_id):
        raise not_found()
    allowed = allowed_ids(uow, rights, entity, [merge.survivor, *merge.absorbed], "read", [])
    if allowed is not None and len(allowed) < 1 + len(merge.absorbed):
        message = say("Some of these records are not yours to see any more.", "其中部分记录您已无权查看。")
        raise Forbidden(Problem("", "forbidden", message, say("Ask an administrator.", "请联系管理员。")))
    if merge.is_undone:
        raise Conflict(Problem("/batch", "conflict", say("This merge was taken back already.", "该合并已被撤销。")))
    if not load(uow, entity, [merge.survivor]):
        message = say("The record that stayed is in the trash, or was merged itself.", "保留的记录已在回收站中，或已被合并到其他记录。")
        raise Conflict(Problem("/batch", "conflict", message, say("Bring it back first.", "请先恢复该记录。")))
    if len(load(uow, entity, list(merge.absorbed), deleted=True)) < len(merge.absorbed):
        message = say("What was absorbed is no longer in the trash.", "被合并的记录已不在回收站中。")
        raise Conflict(Problem("/batch", "conflict", message))
    return entity


def unmerge(uow: UnitOfWork, ctx: Context, merge: Merge) -> Undone:
    """Take a merge back; what somebody changed since keeps its value and is told. Raises as `check_unmerge`."""
    entity = check_unmerge(uow, ctx, merge)
    hold(uow, entity, [merge.survivor, *merge.absorbed])
    ctx = replace(ctx, cause=Cause(ctx.cause.kind, merge.batch, f"undo {merge.batch}"))
    done = Undone()
    _values_back(uow, ctx, entity, merge, done)
    _records_back(uow, ctx, merge, done)
    for reference in list(uow.connection.execute(select(moved.c.what).where(moved.c.batch == merge.batch).distinct().order_by(moved.c.what)).scalars()):
        found = _reference(uow, reference)
        if found is not None:
            _column_back(uow, ctx, merge, *found, done)
    _lists_back(uow, ctx, entity, merge, done)
    _others_back(uow, merge)
    reopen(uow, merge.batch)
    uow.connection.execute(update(merges).where(merges.c.batch == merge.batch).values(undone_at=uow.now))
    note_undone(uow, ctx, merge)
    return done


def show_kept(uow: UnitOfWork, ctx: Context, done: Undone) -> list[dict[str, str]]:
    """Return what was kept, as ``{"entity", "id", "field"}``, as far as this person sees it."""
    rights, shown = rights_of(uow.model, ctx), []
    for near in dict.fromkeys(near for near, _, _ in done.kept):
        own = [(id, f) for entity, id, f in done.kept if entity is near and rights.may_read(near, f)]
        allowed = allowed_ids(uow, rights, near, [id for id, _ in own], "read", [])
        shown += [{"entity": near.name, "id": id, "field": f.name} for id, f in own if allowed is None or id in allowed]
    return shown


def _values_back(uow: UnitOfWork, ctx: Context, entity: Entity, merge: Merge, done: Undone) -> None:
    """Give the survivor's fields what they held; before the others return, for a key of theirs may be among it."""
    entries = _entries(uow, merge, history.c.entity == entity.id, history.c.record == merge.survivor)
    _back(uow, ctx, entity, entries, merge, done)


def _records_back(uow: UnitOfWork, ctx: Context, merge: Merge, done: Undone) -> None:
    """Bring back what went to the trash; what had gone with an absorbed record after it."""
    rows = uow.connection.execute(select(trash.c.entity, trash.c.record).where(trash.c.batch == merge.batch).order_by(trash.c.record)).all()
    by_entity: dict[str, list[str]] = {merge.entity: list(merge.absorbed)}
    for row in rows:
        if row.record not in merge.absorbed:
            by_entity.setdefault(row.entity, []).append(row.record)
    for entity_id, ids in by_entity.items():
        near = uow.model.find_entity(entity_id)
        if near is not None:
            done.restored += restore_part(uow, ctx, near, ids)


def _reference(uow: UnitOfWork, what: str) -> tuple[Entity, Field] | None:
    return next(((near, f) for near in uow.model.entities.values() if (f := near.fields_by_id.get(what)) is not None and f.targets), None)


def _column_back(uow: UnitOfWork, ctx: Context, merge: Merge, near: Entity, reference: Field, done: Undone) -> None:
    """Let what followed point at where it was, as far as it still points at the survivor."""
    table = uow.tables.of(near)
    column = table.c[reference.column]
    statement = select(table.c.id, moved.c.was, column.label("now"), table.c.deleted_at).join(moved, moved.c.record == table.c.id)
    if reference.storage.kind == "pair":
        statement = statement.add_columns(table.c[entity_column(reference)].label("to"))
    rows = uow.connection.execute(statement.where(moved.c.batch == merge.batch, moved.c.what == reference.id).order_by(table.c.id)).all()
    there = [row for row in rows if row.now == merge.survivor and getattr(row, "to", merge.entity) == merge.entity]
    done.kept += [(near, row.id, reference) for row in rows if row.now != merge.survivor and row.deleted_at is None]
    living = {row.id: row.was for row in there if row.deleted_at is None}
    point_column(uow, ctx, near, reference, list(living), living, f"{merge.batch}-undo")
    done.changed += len(living)
    for was in merge.absorbed:
        gone = id_set(uow.dialect, [row.id for row in there if row.was == was and row.deleted_at is not None])
        uow.connection.execute(update(table).where(table.c.id.in_(gone)).values({reference.column: was}))


def _lists_back(uow: UnitOfWork, ctx: Context, entity: Entity, merge: Merge, done: Undone) -> None:
    """Give lists of records in which the survivor took the place of others what they held; nobody's rights are asked for, as when it did."""
    lists = {f.id: near for near in uow.model.entities.values() for f in near.fields.values() if f.is_to_many and entity.id in f.targets}
    for near in dict.fromkeys(lists.values()):
        entries = _entries(uow, merge, history.c.entity == near.id, history.c.record != merge.survivor)
        own = [e for e in entries if any(lists.get(id) is near for id in e.changes)]
        _back(uow, replace(ctx, is_system=True), near, own, merge, done)


def _back(uow: UnitOfWork, ctx: Context, near: Entity, entries: Sequence[Any], merge: Merge, done: Undone) -> None:
    living = load(uow, near, sorted({e.record for e in entries}), lock=True)
    there = [e for e in entries if e.record in living]
    for entry in there:
        fields = [f for id in entry.changes if (f := near.fields_by_id.get(id)) is not None]
        done.kept += [(near, entry.record, f) for f in fields if not still_holds(living[entry.record], f, entry.changes[f.id][1])]
    done.changed += change_back(uow, replace(ctx, is_system=True), near, there, living, merge.batch)


def _entries(uow: UnitOfWork, merge: Merge, *conditions: Any) -> Sequence[Any]:
    statement = select(history.c.id, history.c.entity, history.c.record, history.c.action, history.c.changes)
    return uow.connection.execute(statement.where(history.c.batch == merge.batch, history.c.action == "update", *conditions).order_by(history.c.id.desc())).all()


def _others_back(uow: UnitOfWork, merge: Merge) -> None:
    """Let followers, members of fixed segments, workflows and what records are in other systems be where they were."""
    found = uow.connection.execute(select(moved.c.what, moved.c.record, moved.c.was).where(moved.c.batch == merge.batch, moved.c.what.in_((WATCH, SEGMENT, FLOW, SYSTEM)))).all()
    for what, table, column in ((WATCH, watches, watches.c.person), (SEGMENT, members, members.c.segment)):
        its = [row.record for row in found if row.what == what]
        if its:
            uow.connection.execute(delete(table).where(table.c.record == merge.survivor, column.in_(id_set(uow.dialect, its))))
    if any(row.what == WATCH for row in found):
        uow.after_commit.append(lambda: uow.model.cache.pop("watched", None))
    for row in (row for row in found if row.what == SYSTEM):
        point_system(uow, merge.entity, row.record, merge.survivor, row.was)
    for was in merge.absorbed:
        its = [row.record for row in found if row.what == FLOW and row.was == was]
        still = select(instances.c.id).where(instances.c.id.in_(id_set(uow.dialect, its)), instances.c.record == merge.survivor)
        flows = list(uow.connection.execute(still).scalars()) if its else []
        if flows:
            point_flows(uow, flows, was)
