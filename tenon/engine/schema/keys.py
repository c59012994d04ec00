"""Planning indexes and unique keys: what the release wants against what the database has, and records that clash."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, column, func, literal_column, select, table

from tenon.engine.schema import statements as sql
from tenon.engine.schema.convert import show
from tenon.engine.schema.statements import cell
from tenon.engine.schema.step import MAX_EXAMPLES, Step
from tenon.engine.schema.work import Work
from tenon.engine.tables import IndexShape
from tenon.metamodel.changes import key_ids
from tenon.metamodel.labels import say
from tenon.metamodel.model import Entity, Field


def plan_keys(work: Work) -> None:
    """Add a step for every new key: blocked when living records clash, with the values."""
    for entity in work.new.entities.values():
        former = work.old.entities_by_id.get(entity.id) if work.old else None
        had = key_ids(former) if former else {}
        for ids, fields in key_ids(entity).items():
            is_moved = any((entity.table, f.column) in work.moved for f in fields)
            if (ids in had and not is_moved) or not all(f.is_stored for f in fields):
                continue
            if entity.id in work.places:
                _plan_key(work, entity, fields)


def _plan_key(work: Work, entity: Entity, fields: tuple[Field, ...]) -> None:
    cells = [work.sources.get((entity.id, f.id)) for f in fields]
    if any(c is None for c in cells):
        return  # a field without values yet: several empties never clash
    now = work.places[entity.id]
    values = select(*[c.label(f"k{i}") for i, c in enumerate(cells) if c is not None]).select_from(table(now))
    living = and_(cell(now, "deleted_at").is_(None), *[c.is_not(None) for c in cells if c is not None])
    inner = values.where(living).subquery("living")
    keys = [inner.c[f"k{i}"] for i in range(len(fields))]
    shown = [show(key, f, work.speech) for key, f in zip(keys, fields, strict=True)]
    clashing = select(*shown, func.count().label("n")).group_by(*keys).having(func.count() > 1)
    found = work.connection.execute(clashing.order_by(literal_column("n").desc(), *keys).limit(MAX_EXAMPLES)).all()
    name = ", ".join(f.name for f in fields)
    label = say("{fields} of {entity} become unique", "{entity}的 {fields} 变为唯一", fields=name, entity=entity.label)
    safety, rows = ("safe", 0)
    if found:
        total: Any = select(func.coalesce(func.sum(literal_column("n")), literal_column("0"))).select_from(clashing.subquery("clashing"))
        rows, safety = int(work.connection.execute(total).scalar_one()), "blocked"
        label = say(
            "{fields} of {entity} cannot become unique: {rows} records share their values with others",
            "{entity}的 {fields} 无法设为唯一：有 {rows} 条记录的值重复", fields=name, entity=entity.label, rows=rows,
        )  # fmt: skip
    clashes = tuple(row[0] if len(fields) == 1 else list(row)[:-1] for row in found)
    step_id = f"add_key:{entity.id}:{'+'.join(f.id for f in fields)}"
    work.add(Step(step_id, "add_key", label, (), safety, rows, rows, clashes, entity.name))  # type: ignore[arg-type]


def drop_indexes(work: Work) -> list[Step]:
    """Return the step that drops what is no longer wanted, or stands on columns and tables that move."""
    found = _existing(work)
    wanted = {s.name: s for s in work.tables.indexes()}
    gone = [name for name in found if name not in wanted or _is_moved(work, wanted[name])]
    if not gone:
        return []
    label = say("Drop {n} {n:index|indexes}", "删除 {n} 个索引", n=len(gone))
    return [Step("drop_indexes", "drop_indexes", label, tuple(sql.drop_index(name) for name in gone), hidden=True)]


def plan_indexes(work: Work) -> list[Step]:
    """Return the step that makes the indexes that are not there."""
    found = _existing(work)
    missing = [s for s in work.tables.indexes() if s.name not in found or _is_moved(work, s)]
    if not missing:
        return []
    built = {t.name: t for t in work.tables.all()}
    label = say("Create {n} {n:index|indexes}", "创建 {n} 个索引", n=len(missing))
    return [Step("create_indexes", "create_indexes", label, tuple(sql.create_index(s, built[s.table]) for s in missing), hidden=True)]


def _is_moved(work: Work, shape: IndexShape) -> bool:
    return shape.table in work.gone or any((shape.table, name) in work.moved for name in shape.columns)


def _existing(work: Work) -> set[str]:
    """Return the names of the indexes of ours in the database."""
    if work.speech.is_sqlite:
        master = table("sqlite_master", column("name"), column("type"))
        names: Iterable[str] = work.connection.execute(
            select(master.c.name).where(master.c.type == "index", master.c.name.like("i\\_%", escape="\\"))
        ).scalars()
    else:
        listed = table("pg_indexes", column("indexname"), column("schemaname"))
        here = listed.c.schemaname == func.current_schema()
        names = work.connection.execute(select(listed.c.indexname).where(here, listed.c.indexname.like("i\\_%", escape="\\"))).scalars()
    return set(names)
