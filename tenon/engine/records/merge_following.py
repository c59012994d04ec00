"""What points at an absorbed record points at the survivor: references of every entity, followers, fixed segments, workflows; as sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, insert, literal, select, update

from tenon.engine import history
from tenon.engine.columns import CodeText
from tenon.engine.context import Context
from tenon.engine.notices.watching import watches
from tenon.engine.query.membership import members
from tenon.engine.records.events import Written, tell
from tenon.engine.records.falling import pointing
from tenon.engine.records.merge_parts import Joining
from tenon.engine.records.merges import moved
from tenon.engine.records.stored import load, write_links
from tenon.engine.sql.sets import id_set
from tenon.engine.syncing.tables import links
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.workflows.tables import human_tasks, instances, passages, tokens
from tenon.metamodel.model import Entity, Field

KEPT = ("batch", "what", "record", "was")
WATCH, SEGMENT, FLOW, SYSTEM = "watch", "segment", "flow", "system"


def follow_all(uow: UnitOfWork, ctx: Context, joining: Joining, left: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """Let everything follow but what is left; return how many records of each entity (by name) did."""
    counts: dict[str, int] = {}
    for near, reference in joining.references():
        staying = {*left.get(near.id, ()), *(joining.all if near.id == joining.entity.id else ())}
        follow_one = _follow_links if reference.is_to_many else _follow_column
        count = follow_one(uow, ctx, joining, near, reference, staying)
        if count:
            counts[near.name] = counts.get(near.name, 0) + count
    _follow_people(uow, joining)
    _follow_segments(uow, joining)
    _follow_flows(uow, joining)
    _follow_systems(uow, joining)
    return counts


def _follow_column(uow: UnitOfWork, ctx: Context, joining: Joining, near: Entity, reference: Field, staying: set[str]) -> int:
    """References to one record; those of records in the trash follow too, and nobody hears of it."""
    table = uow.tables.of(near)
    column = table.c[reference.column]
    conditions: list[ColumnElement[bool]] = [column.in_(id_set(uow.dialect, joining.absorbed)), table.c.id.not_in(id_set(uow.dialect, staying))]
    if reference.storage.kind == "pair":
        conditions.append(table.c[entity_column(reference)] == joining.entity.id)
    told = select(literal(joining.batch, CodeText()), literal(reference.id, CodeText()), table.c.id, column).where(*conditions)
    uow.connection.execute(insert(moved).from_select(list(KEPT), told))
    living = list(uow.connection.execute(select(table.c.id).where(*conditions, table.c.deleted_at.is_(None)).order_by(table.c.id)).scalars())
    point_column(uow, ctx, near, reference, living, dict.fromkeys(living, joining.survivor), joining.batch)
    uow.connection.execute(update(table).where(*conditions).values({reference.column: joining.survivor}))
    return len(living)


def point_column(uow: UnitOfWork, ctx: Context, near: Entity, reference: Field, ids: list[str], targets: Mapping[str, str], batch: str) -> None:
    """Let living records point elsewhere through one reference, with history, and tell of it."""
    if not ids:
        return
    before, table = load(uow, near, ids, lock=True), uow.tables.of(near)
    after = {r: (v[reference.name][0], targets[r]) if reference.storage.kind == "pair" else targets[r] for r, v in before.items()}
    changed: dict[str, Any] = {} if near.is_append_only else {"version": table.c.version + 1, "updated_at": uow.now, "updated_by": ctx.user_id}
    for target in sorted(set(targets.values())):
        its = id_set(uow.dialect, [r for r in before if targets[r] == target])
        uow.connection.execute(update(table).where(table.c.id.in_(its)).values({**changed, reference.column: target}))
    if not near.is_append_only:
        entries = [history.Entry(r, v["version"] + 1, "update", {reference.id: (v[reference.name], after[r])}) for r, v in before.items()]
        history.write(uow, ctx, near, entries, batch)
    tell(uow, Written(near, "update", tuple(before), frozenset({reference.id}), before, {r: {reference.name: after[r]} for r in before}, ctx))


def _follow_links(uow: UnitOfWork, ctx: Context, joining: Joining, near: Entity, reference: Field, staying: set[str]) -> int:
    """Lists of records: the survivor takes the place of the first of them, and is in it once."""
    found = {record for record, _ in pointing(uow, near, reference, joining.entity, joining.absorbed)} - staying
    before = load(uow, near, sorted(found), lock=True)
    if not before:
        return 0
    after = {r: tuple(dict.fromkeys(joining.survivor if t in joining.absorbed else t for t in v[reference.name])) for r, v in before.items()}
    write_links(uow, reference, dict(after))
    table = uow.tables.of(near)
    changed = {"version": table.c.version + 1, "updated_at": uow.now, "updated_by": ctx.user_id}
    uow.connection.execute(update(table).where(table.c.id.in_(id_set(uow.dialect, before))).values(changed))
    entries = [history.Entry(r, v["version"] + 1, "update", {reference.id: (v[reference.name], after[r])}) for r, v in before.items()]
    history.write(uow, ctx, near, entries, joining.batch)
    tell(uow, Written(near, "update", tuple(before), frozenset({reference.id}), before, {r: {reference.name: after[r]} for r in before}, ctx))
    return len(before)


def _follow_people(uow: UnitOfWork, joining: Joining) -> None:
    """Who follows an absorbed record follows the survivor."""
    if _follow_once(uow, joining, watches.c.person, WATCH, {"entity": joining.entity.id}):
        uow.after_commit.append(lambda: uow.model.cache.pop("watched", None))


def _follow_segments(uow: UnitOfWork, joining: Joining) -> None:
    """The survivor is in the fixed segments in which an absorbed record was."""
    _follow_once(uow, joining, members.c.segment, SEGMENT, {})


def _follow_once(uow: UnitOfWork, joining: Joining, column: Column[str], what: str, more: Mapping[str, Any]) -> bool:
    """Give the survivor what an absorbed record has in a table of pairs and it has not, and return whether that was anything."""
    table = column.table
    already = select(column).where(table.c.record == joining.survivor)
    new = select(column).where(table.c.record.in_(id_set(uow.dialect, joining.absorbed)), column.not_in(already)).distinct()
    found = list(uow.connection.execute(new).scalars())
    if found:
        uow.connection.execute(insert(moved), [_kept(joining, what, each, joining.absorbed[0]) for each in found])
        uow.connection.execute(insert(table), [{column.name: each, "record": joining.survivor, "at": uow.now, **more} for each in found])
    return bool(found)


def _follow_flows(uow: UnitOfWork, joining: Joining) -> None:
    """Workflows go on with the survivor; one that takes a record once at a time, and has the survivor already, ends with the absorbed record."""
    wanted = instances.c.record.in_(id_set(uow.dialect, joining.all))
    found = uow.connection.execute(select(instances.c.id, instances.c.workflow, instances.c.record, instances.c.once).where(wanted).order_by(instances.c.id)).all()
    taken = {row.workflow for row in found if row.record == joining.survivor and row.once is not None}
    going = []
    for row in [row for row in found if row.record != joining.survivor]:
        if row.once is None or row.workflow not in taken:
            going.append(row)
            taken |= {row.workflow} if row.once is not None else set()
    if going:
        uow.connection.execute(insert(moved), [_kept(joining, FLOW, row.id, row.record) for row in going])
        point_flows(uow, [row.id for row in going], joining.survivor)


def _follow_systems(uow: UnitOfWork, joining: Joining) -> None:
    """In systems in which the survivor is nothing yet it is now what an absorbed record was; one record is one there."""
    table = links.c
    wanted = select(table.system, table.external_id, table.record).where(table.entity == joining.entity.id, table.record.in_(id_set(uow.dialect, joining.all)))
    found = uow.connection.execute(wanted.order_by(table.system, table.external_id)).all()
    taken = {row.system for row in found if row.record == joining.survivor}
    for row in [row for row in found if row.record != joining.survivor]:
        if row.system not in taken:
            taken.add(row.system)
            uow.connection.execute(insert(moved), [_kept(joining, SYSTEM, row.system, row.record)])
            point_system(uow, joining.entity.id, row.system, row.record, joining.survivor)


def point_system(uow: UnitOfWork, entity: str, system: str, record: str, target: str) -> None:
    """Let what a record is in another system be another record; what differs of it is then sent there."""
    its = (links.c.entity == entity, links.c.system == system, links.c.record == record)
    uow.connection.execute(update(links).where(*its).values(record=target, version=0))


def point_flows(uow: UnitOfWork, ids: list[str], record: str) -> None:
    """Let workflows stand at another record, with what they ask of people."""
    its = id_set(uow.dialect, ids)
    uow.connection.execute(update(instances).where(instances.c.id.in_(its), instances.c.once.is_not(None)).values(once=instances.c.workflow + ":" + record))
    uow.connection.execute(update(instances).where(instances.c.id.in_(its)).values(record=record))
    for table in (tokens, passages, human_tasks):
        uow.connection.execute(update(table).where(table.c.instance.in_(its)).values(record=record))


def _kept(joining: Joining, what: str, record: str, was: str) -> dict[str, str]:
    return dict(zip(KEPT, (joining.batch, what, record, was), strict=True))
