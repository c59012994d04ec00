"""Writes of any number of records: up to 5,000 in the call, more by a job that goes through fixed ranges of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from tenon.engine.access.rights import rights_of
from tenon.engine.context import Context
from tenon.engine.jobs.queue import change, put
from tenon.engine.records import ranges
from tenon.engine.records.deleting import carry_out, fall_of, find_together, plan, refuse_held, restore_part
from tenon.engine.records.falling import Fall
from tenon.engine.records.masses import change_part, change_where, delete_where, find_to_change, find_to_delete
from tenon.engine.records.merges import merge_of
from tenon.engine.records.ranges import OpenUnit, Range, in_ranges
from tenon.engine.records.stored import load_versions
from tenon.engine.records.undoing import WRITING, check_undo, undo_part, weigh
from tenon.engine.records.unmerging import show_kept, unmerge
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import not_found
from tenon.metamodel.model import Entity

CHANGE, DELETE = WRITING
RESTORE, UNDO = "restore_records", "undo_records"


@dataclass(frozen=True)
class Outcome:
    """What was written, or the job that writes it; ``pending`` is the job that computes what the write touched."""

    counts: Mapping[str, int]
    batch: str
    job: str | None = None
    pending: str | None = None
    kept: tuple[dict[str, str], ...] | None = None
    """Of a merge that was taken back: what somebody changed since and stays as it is, ``{"entity", "id", "field"}`` by names."""


@dataclass(frozen=True)
class Doors:
    """How to open transactions."""

    read: OpenUnit
    write: OpenUnit


class _Tried(Exception):
    """Leaves a transaction without keeping what was written in it."""


def change_matching(doors: Doors, ctx: Context, name: str, filter: str, values: Mapping[str, Any], expect: int, *, search: str = "") -> Outcome:
    """Set fields of every matching record. Raises Conflict with the true ``count``, Invalid, Forbidden, NotFound."""
    with doors.read() as uow:
        entity = _entity(uow, name)
        found = find_to_change(uow, ctx, entity, filter, values, expect, search=search)
    if len(found) <= ranges.AT_ONCE:
        with doors.write() as uow:
            changed, batch = change_where(uow, ctx, _entity(uow, name), filter, values, expect, search=search)
            return Outcome({"updated": changed}, batch, pending=name_pending(uow, ctx))
    _try_first(doors, ctx, name, list(found)[: ranges.RANGE], values)
    with doors.write() as uow:
        batch = uow.new_id()
    ranges.keep(doors.write, batch, in_ranges("change", entity.id, found.items()))
    return begin(doors.write, ctx, CHANGE, entity, batch, len(found), filter=filter, search=search, values=dict(values))


def _try_first(doors: Doors, ctx: Context, name: str, ids: list[str], values: Mapping[str, Any]) -> None:
    """Write the first records and take it back at once, so that wrong values are refused in the call."""
    try:
        with doors.write() as uow:
            change_part(uow, ctx, _entity(uow, name), ids, values, uow.new_id())
            raise _Tried
    except _Tried:
        return


def delete_matching(doors: Doors, ctx: Context, name: str, filter: str, expect: int, *, search: str = "") -> Outcome:
    """Move every matching record to the trash with what cascades. Raises Conflict with the true ``count``, Forbidden, NotFound."""
    with doors.read() as uow:
        entity = _entity(uow, name)
        found = find_to_delete(uow, ctx, entity, filter, expect, search=search)
        fall = plan(uow, ctx, entity, list(found))
    if fall.size <= ranges.AT_ONCE:
        with doors.write() as uow:
            gone, batch = delete_where(uow, ctx, _entity(uow, name), filter, expect, search=search)
            return Outcome({"deleted": gone}, batch, pending=name_pending(uow, ctx))
    with doors.write() as uow:
        batch = uow.new_id()
    ranges.keep(doors.write, batch, _ranges_of(fall, {entity.id: found}))
    return begin(doors.write, ctx, DELETE, entity, batch, fall.size, filter=filter, search=search)


def delete_these(uow: UnitOfWork, ctx: Context, entity: Entity, ids: Sequence[str], *, batch: str | None = None) -> str | None:
    """Move records to the trash with what cascades; return the job that does it when that is too much for one transaction."""
    fall = plan(uow, ctx, entity, ids, lock=True)
    if fall.size <= ranges.AT_ONCE:
        carry_out(uow, ctx, fall, batch)
        return None
    batch = batch or uow.new_id()
    versions = load_versions(uow, entity, ids)
    ranges.keep(lambda: nullcontext(uow), batch, _ranges_of(fall, {entity.id: versions}))
    return begin(lambda: nullcontext(uow), ctx, DELETE, entity, batch, fall.size).job


def delete_together(doors: Doors, ctx: Context, wanted: Mapping[str, Sequence[str]]) -> Outcome:
    """Move records of several entities, by entity id, to the trash as one batch; those of an entity named before take theirs along.

    Every record counts, also those that go along. Raises Conflict, Forbidden, NotFound.
    """
    with doors.read() as uow:
        listed = [(uow.model.entities_by_id[entity_id], ids) for entity_id, ids in wanted.items()]
        fall = fall_of(uow, ctx, listed)
        refuse_held(uow, rights_of(uow.model, ctx), fall)
        mains = {entity.id: load_versions(uow, entity, _roots(fall, entity), lock=False) for entity, _ in listed}
    with doors.write() as uow:
        batch = uow.new_id()
        if fall.size <= ranges.AT_ONCE:
            fall = fall_of(uow, ctx, listed, lock=True)
            refuse_held(uow, rights_of(uow.model, ctx), fall)
            carry_out(uow, ctx, fall, batch)
            return Outcome({"deleted": sum(len(roots) for roots in fall.roots.values())}, batch, pending=name_pending(uow, ctx))
    ranges.keep(doors.write, batch, _ranges_of(fall, mains))
    return begin(doors.write, ctx, DELETE, listed[0][0], batch, fall.size, counts_all=True)


def _roots(fall: Fall, entity: Entity) -> list[str]:
    return [record for record, root in fall.roots[entity.id].items() if record == root]


def _ranges_of(fall: Fall, mains: Mapping[str, Mapping[str, int]]) -> Iterator[Range]:
    """Yield a deletion in ranges: what hangs on others first, the records themselves, then the references to clear.

    ``mains`` are the versions of the records that are deleted for their own sake, by entity.
    """
    for entity_id, roots in reversed(fall.roots.items()):
        for main, versions in mains.items():
            followers = [(i, root, versions[root]) for i, root in reversed(roots.items()) if i != root and root in versions]
            yield from in_ranges("delete", entity_id, followers, main)
    for main, versions in reversed(list(mains.items())):
        yield from in_ranges("delete", main, ((i, i, version) for i, version in versions.items()), main)
    for near, reference, pairs in fall.cleared:
        yield from in_ranges("clear", near.id, fall.staying(near, pairs), reference.id)


def restore_one(uow: UnitOfWork, ctx: Context, entity: Entity, id: str) -> str | None:
    """Bring a record back from the trash with what went with it; return the job that does it when that is too much for one transaction.

    Raises NotFound, Conflict.
    """
    together = find_together(uow, ctx, entity, id)
    size = sum(len(ids) for _, ids in together)
    if size <= ranges.AT_ONCE:
        for near, ids in together:
            restore_part(uow, ctx, near, ids)
        return None
    batch = uow.new_id()
    listed: Iterable[Range] = (r for near, ids in together for r in in_ranges("restore", near.id, ((i,) for i in ids)))
    ranges.keep(lambda: nullcontext(uow), batch, listed)
    return begin(lambda: nullcontext(uow), ctx, RESTORE, entity, batch, size).job


def undo_matching(doors: Doors, ctx: Context, name: str, batch: str) -> Outcome:
    """Take back a write of many records that one made oneself, or a merge. Raises NotFound, Forbidden, Conflict (it still runs).

    Administrators take back everybody's. Doing it again changes nothing.
    """
    with doors.read() as uow:
        merge = merge_of(uow, batch)
        if merge is None:
            entity = check_undo(uow, ctx, name, batch)
            size = weigh(uow, batch)
    if merge is not None:
        return _undo_merge(doors, ctx, name, batch)
    if size > ranges.AT_ONCE:
        return begin(doors.write, ctx, UNDO, entity, batch, size)
    counts = {"deleted": 0, "restored": 0}
    after: str | None = ""
    with doors.write() as uow:
        while after is not None:
            part, after = undo_part(uow, ctx, check_undo(uow, ctx, name, batch), batch, after)
            counts = {n: counts[n] + part[n] for n in counts}
        return Outcome(counts, batch, pending=name_pending(uow, ctx))


def _undo_merge(doors: Doors, ctx: Context, name: str, batch: str) -> Outcome:
    """Take a merge back in one transaction."""
    with doors.write() as uow:
        merge, entity = merge_of(uow, batch), _entity(uow, name)
        if merge is None or merge.entity != entity.id:
            raise not_found()
        done = unmerge(uow, ctx, merge)
        kept = tuple(show_kept(uow, ctx, done))
        return Outcome({"deleted": 0, "restored": done.restored + done.changed}, batch, pending=name_pending(uow, ctx), kept=kept)


def begin(open_write: OpenUnit, ctx: Context, kind: str, entity: Entity, batch: str, total: int, **more: Any) -> Outcome:
    """Put the job of a write of many records, whose ranges are kept, or that takes a batch back; return the outcome that names it."""
    payload = {
        "batch": batch, "entity": entity.id, "total": total, "user": ctx.user_id, "language": ctx.language, "cause": ctx.cause.to_json(),
        "is_system": ctx.is_system, **more,
    }
    opened: AbstractContextManager[UnitOfWork] = open_write()
    with opened as uow:
        job = put(uow.connection, kind, payload, unique_key=f"{kind}:{batch}", created_by=ctx.user_id)
    return Outcome({}, batch, job=job)


def name_pending(uow: UnitOfWork, ctx: Context) -> str | None:
    """Return the job that computes what was touched, when that was too much at once; it becomes this person's, who may look at it."""
    job: str | None = uow.notes.get("pending")
    if job is not None:
        change(uow.connection, job, created_by=ctx.user_id)
    return job


def _entity(uow: UnitOfWork, name: str) -> Entity:
    entity = uow.model.entities.get(name)
    if entity is None:
        raise not_found()
    return entity
