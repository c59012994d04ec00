"""Merging records: one stays, the others go to the trash, and everything that points at them points at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from tenon.engine import history
from tenon.engine.access.rights import Rights, rights_of
from tenon.engine.context import Context
from tenon.engine.duplicates.pairs import mark_merged_among
from tenon.engine.records.deleting import carry_out
from tenon.engine.records.falling import Fall, hold
from tenon.engine.records.merge_clashes import find_left
from tenon.engine.records.merge_following import follow_all
from tenon.engine.records.merge_log import keep_log
from tenon.engine.records.merge_parts import Joining
from tenon.engine.records.merge_values import Settling
from tenon.engine.records.merges import merges
from tenon.engine.records.row import Row
from tenon.engine.records.save import allowed_ids, save
from tenon.engine.records.stored import load
from tenon.engine.records.writing import refuse_append_only, stop
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Conflict, Forbidden, Invalid, Problem, Stale, not_found
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field

MOST = 20
"""So many records are absorbed at once."""
MOST_ABOVE = 1_000


def merge(
    uow: UnitOfWork, ctx: Context, entity: Entity, survivor: str, absorbed: Sequence[str], choose: Mapping[str, Any] | None = None, *,
    version: int | None = None,
) -> str:
    """Make several records one and return the batch of it in the history; ``version`` is the survivor's that the writer saw.

    ``choose`` says by field whose value wins. Fields that it does not name keep the survivor's value; empty ones take that of the
    first absorbed record that has one, tags and lists of records hold those of all. What points at an absorbed record follows.
    Raises NotFound, Forbidden, Invalid, Stale, and Conflict (a key that both have, an approval that is being decided).
    """
    rights = rights_of(uow.model, ctx)
    joining = Joining(uow.model, entity, survivor, tuple(absorbed), uow.new_id())
    _check(rights, joining)
    hold(uow, entity, joining.all)
    before = load(uow, entity, joining.all, lock=True)
    _check_rights(uow, rights, joining, before)
    if version is not None and before[survivor]["version"] != version:
        message = say("Somebody else changed this record.", "该记录已被他人修改。")
        raise Stale(Problem("", "stale", message, say("Look at the changes and merge again.", "请查看改动后重新合并。")))
    settling, chosen = Settling(uow, rights, entity, joining.all, before), choose or {}
    settling.check(chosen)
    left = find_left(uow, rights, joining)
    counts = follow_all(uow, ctx, joining, left)
    logs = keep_log(uow, ctx, joining, before, chosen, counts)
    uow.connection.execute(insert(merges), [
        {"batch": joining.batch, "absorbed": id, "entity": entity.id, "survivor": survivor, "at": uow.now, "by": ctx.user_id, "choices": dict(chosen), "log": log, "undone_at": None}
        for id, log in zip(absorbed, logs, strict=True)
    ])
    mark_merged_among(uow, ctx, joining.all, joining.batch)
    carry_out(uow, ctx, Fall(roots={**{near: dict(found) for near, found in left.items()}, **_with(left, joining)}), joining.batch)
    _store(uow, ctx, rights, joining, before[survivor], settling.settle(chosen), chosen)
    return joining.batch


def _with(left: Mapping[str, Mapping[str, str]], joining: Joining) -> dict[str, dict[str, str]]:
    return {joining.entity.id: {**left.get(joining.entity.id, {}), **{id: id for id in joining.absorbed}}}


def _check(rights: Rights, joining: Joining) -> None:
    """Refuse what no merge could be."""
    for action in ("merge", "update", "delete"):
        rights.require(joining.entity, action)
    refuse_append_only(joining.entity)
    listed = list(joining.absorbed)
    if not listed:
        raise Invalid(Problem("/absorb", "required", say("Say which records to merge.", "请指定要合并的记录。"), say("Name at least one.", "至少填写一条。")))
    if len(listed) > MOST:
        message = say("At most {n} records are merged at once.", "一次最多合并 {n} 条记录。", n=MOST)
        raise Invalid(Problem("/absorb", "too_long", message, say("Merge them in parts.", "请分批合并。")))
    if len(set(joining.all)) < len(joining.all):
        message = say("A record is named twice.", "同一条记录被填写了两次。")
        raise Invalid(Problem("/absorb", "not_unique", message, say("Name each record once, and the one that stays not at all.", "每条记录只填写一次，且不要填写保留的记录。")))


def _check_rights(uow: UnitOfWork, rights: Rights, joining: Joining, before: Mapping[str, Any]) -> None:
    """Refuse records that are not there for this person, or that they may not merge, change or delete."""
    entity, all = joining.entity, list(joining.all)
    seen = allowed_ids(uow, rights, entity, all, "read", []) if rights.may(entity, "read") else set()
    if any(id not in before or (seen is not None and id not in seen) for id in all):
        raise not_found()
    for action, ids in (("merge", all), ("update", [joining.survivor]), ("delete", list(joining.absorbed))):
        allowed = allowed_ids(uow, rights, entity, ids, action, [])
        if allowed is not None and len(allowed) < len(ids):
            message = say("You may not merge these records.", "您无权合并这些记录。")
            raise Forbidden(Problem("", "forbidden", message, say("Ask their owner, or somebody who may.", "请联系其负责人或有权限的人员。")))


def _store(
    uow: UnitOfWork, ctx: Context, rights: Rights, joining: Joining, before: Mapping[str, Any], values: Mapping[str, Any], chosen: Mapping[str, Any],
) -> None:
    """Write what the survivor holds now, and that others were merged into it."""
    entity = joining.entity
    row = Row(0, dict.fromkeys(chosen), id=joining.survivor, action="update", before=dict(before), version=before["version"], values=dict(values), is_absorbing=True)
    save(uow, ctx, rights, entity, [row], batch=joining.batch)
    stop([row])
    for field in entity.fields.values():
        _refuse_round(uow, joining, field)
    history.write(uow, ctx, entity, [history.Entry(joining.survivor, row.version or before["version"], "merge", {})], joining.batch)


def _refuse_round(uow: UnitOfWork, joining: Joining, field: Field) -> None:
    """Refuse a merge that would put the record above itself."""
    if field.storage.kind != "id" or field.targets != (joining.entity.id,):
        return
    table = uow.tables.of(joining.entity)
    above: str | None = joining.survivor
    for _ in range(MOST_ABOVE):
        above = uow.connection.execute(select(table.c[field.column]).where(table.c.id == above)).scalar()
        if above is None:
            return
        if above == joining.survivor:
            message = say("The record would stand above itself ({field}).", "合并后该记录将成为自己的上级（{field}）。", field=field.label)
            hint = say("Change {field} of one of them first.", "请先修改其中一条的{field}。", field=field.label)
            raise Conflict(Problem("/absorb", "would_break", message, hint))
