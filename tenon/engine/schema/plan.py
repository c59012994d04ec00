"""Planning the way from one release's tables to the next: what is made, dropped, converted, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from tenon.engine.schema import statements as sql
from tenon.engine.schema.dialect import Speech
from tenon.engine.schema.fields import plan_field
from tenon.engine.schema.keys import drop_indexes, plan_indexes, plan_keys
from tenon.engine.schema.options import plan_bands
from tenon.engine.schema.sqlite_functions import add_functions
from tenon.engine.schema.statements import cell
from tenon.engine.schema.step import Plan, Step
from tenon.engine.schema.trash import KEEP, Disposal, Dropped, bring_back, find_kept, load_trash
from tenon.engine.schema.work import Place, Work, count, links_name, make_step
from tenon.engine.tables import Tables
from tenon.metamodel.changes import Change, difference
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field, Model


def plan(
    connection: Connection, old: Model | None, new: Model, *, at: datetime | None = None, zone: ZoneInfo | None = None,
    find_model: Callable[[int], Model | None] = lambda _: None, keep: timedelta | None = KEEP,
) -> Plan:  # fmt: skip
    """Return the plan from the tables of ``old`` (None: nothing yet) to those of ``new``, counted over the records that are there.

    ``new.release`` is the number that the release will get; ``find_model`` gives earlier ones for what comes back out of the
    trash; ``keep`` is how long dropped things stay there, None for ever.
    """
    add_functions(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    work = Work(
        connection, old, new, Tables(new, connection.dialect.name), Speech(is_sqlite, (zone or ZoneInfo("UTC")).key),
        Disposal(new.release, old.release if old else 0, at or datetime.now(UTC), keep), load_trash(connection), find_model,
    )  # fmt: skip
    changes = difference(old, new)
    for entity in new.entities.values():
        _plan_entity(work, old.entities_by_id.get(entity.id) if old else None, entity)
    _plan_scores(work, changes)
    plan_bands(work, changes)
    for entity in old.entities.values() if old else ():
        if entity.id not in new.entities_by_id:
            _drop_entity(work, entity)
    for change in changes:
        if change.kind == "field_required":
            _warn_required(work, change)
    plan_keys(work)
    before, after = drop_indexes(work), plan_indexes(work)
    return Plan((*before, *work.steps, *work.late, *after), tuple(dict.fromkeys(work.touched)))


def _plan_entity(work: Work, old: Entity | None, new: Entity) -> None:
    if old is None:
        dropped = find_kept(work.trash.get(new.id, ()), "entity", new.id, new.table)
        former = work.find_model(dropped.described_in) if dropped else None
        old = former.entities_by_id.get(new.id) if former else None
        if dropped is None or old is None:
            _create_entity(work, new)
            return
        label = say("Bring back {entity} with its records", "恢复{entity}及其记录", entity=new.label)
        work.add(make_step("restore_entity", new, label, bring_back(dropped), entity=new.name))
        place, before, after = (
            Place(new, dropped.table_name, replace(work.disposal, described_in=dropped.described_in)),
            _stored(old),
            _stored(new),
        )
        for field in [f for f in old.fields.values() if f.is_to_many]:
            before.pop(field.id)
            if _bring_back_links(work, new, field, dropped):
                after.pop(field.id)
    else:
        place, before, after = Place(new, new.table, work.disposal), _stored(old), _stored(new)
    work.places[new.id] = place.now
    for field in new.fields.values():
        if field.origin == "system" or (field.id in before and field.id in after):
            work.sources[new.id, field.id] = cell(place.now, field.column)
    for field_id in dict.fromkeys([*after, *before]):
        plan_field(work, place, before.get(field_id), after.get(field_id))


def _stored(entity: Entity) -> dict[str, Field]:
    return {f.id: f for f in entity.fields.values() if f.origin in ("own", "extension")}


def _create_entity(work: Work, entity: Entity) -> None:
    tables = [work.tables.of(entity), *[work.tables.links(f) for f in entity.fields.values() if f.is_to_many]]
    label = say("Create {entity}", "创建{entity}", entity=entity.label)
    work.add(make_step("create_entity", entity, label, [sql.create_table(t) for t in tables], entity=entity.name))


def _bring_back_links(work: Work, new: Entity, field: Field, entity_dropped: Dropped) -> bool:
    """Bring back a link table that went to the trash with its entity, when it is still wanted; say whether it was."""
    wanted = new.fields_by_id.get(field.id)
    dropped = find_kept(work.trash.get(field.id, ()), "links", new.id, links_name(field))
    if wanted is None or dropped is None or dropped.release != entity_dropped.release or wanted.targets != field.targets:
        return False
    label = say("Bring back the links of {field}", "恢复“{field}”的关联", field=field.label)
    work.add(make_step("restore_links", field, label, bring_back(dropped), entity=new.name))
    return True


def _drop_entity(work: Work, entity: Entity) -> None:
    rows = count(work, entity.table)
    label = say("Remove {entity} and its records", "删除{entity}及其记录", entity=entity.label)
    statements = work.disposal.drop_table("entity", entity.table, entity.id, entity.id)
    work.gone.add(entity.table)
    for field in entity.fields.values():
        if field.is_to_many:
            name = links_name(field)
            work.gone.add(name)
            statements += work.disposal.drop_table("links", name, field.id, entity.id)
    work.late.append(make_step("drop_entity", entity, label, statements, rows=rows, lost=rows, entity=entity.name))


def _plan_scores(work: Work, changes: list[Change]) -> None:
    for change in changes:
        if change.kind == "score_removed":
            name = f"s_{change.item_id.replace('-', '')}"
            rows = count(work, name)
            label = say("Remove the score {score}", "删除评分“{score}”", score=change.before.label)
            work.gone.add(name)
            entity_id = change.before.body.entity
            statements = work.disposal.drop_table("score", name, change.item_id, entity_id)
            work.add(Step(f"drop_score:{change.item_id}", "drop_score", label, tuple(statements), "lossy" if rows else "safe", rows, rows))
        elif change.kind == "score_added":
            table = work.tables.score(change.item_id)
            dropped = find_kept(work.trash.get(change.item_id, ()), "score", change.after.body.entity, table.name)
            label = say("Create the score {score}", "创建评分“{score}”", score=change.after.label)
            statements = bring_back(dropped) if dropped else [sql.create_table(table)]
            work.add(Step(f"create_score:{change.item_id}", "create_score", label, tuple(statements)))


def _warn_required(work: Work, change: Change) -> None:
    field, entity = change.after, change.entity
    if entity is None or field.is_to_many or change.before.is_to_many:
        return
    rows = count(work, entity.table, cell(entity.table, change.before.column).is_(None) & cell(entity.table, "deleted_at").is_(None))
    if rows:
        label = say(
            "{field} of {entity} becomes required: {rows} records have none and need it at their next change",
            "{entity}的字段“{field}”变为必填：{rows} 条记录尚未填写，下次修改时须补填", field=field.label, entity=entity.label, rows=rows,
        )  # fmt: skip
        work.add(Step(f"require_field:{field.id}", "require_field", label, (), "safe", rows, entity=entity.name))
