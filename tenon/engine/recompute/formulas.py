"""Computing stored formulas as a set: one UPDATE from one SELECT, writing only what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from tenon.engine.folding import sort_key
from tenon.engine.recompute.fallen import keep_changes, values_now, watched
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.environment import Environment
from tenon.engine.sql.numbers import to_field
from tenon.engine.sql.sets import id_param, id_set, id_value
from tenon.engine.sql.source import Source
from tenon.engine.statements import kept
from tenon.engine.tables import key_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field

FEW = 200


def compute_formulas(uow: UnitOfWork, entity: Entity, fields: Sequence[Field], ids: Sequence[str], *, is_new: bool = False) -> list[str]:
    """Store the values of formulas for these records and return the ids of those that changed.

    With ``is_new`` the formulas were other ones before: no rule hears that their values fell. On PostgreSQL the records are locked first,
    in id order, so that two writers of children do not leave a stale value.
    """
    if not ids or not fields:
        return []
    table = uow.tables.of(entity)
    if uow.dialect == "postgresql":
        uow.connection.execute(select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids))).order_by(table.c.id).with_for_update(key_share=True))
    of_rules = [] if is_new or uow.is_past else [f for f in fields if f.id in watched(uow.model)]
    before = {f.id: values_now(uow, entity, f, ids) for f in of_rules}
    if len(ids) > FEW:
        rows = uow.connection.execute(_update(uow, entity, fields, id_set(uow.dialect, ids), grouped=True)).all()
    else:
        today = uow.today if any(f.expression.is_clocked for f in fields) else None
        cache = uow.model.cache.setdefault("statements", {})
        key = ("formulas", uow.dialect, entity.id, tuple(f.id for f in fields), today)
        statement = kept(cache, key, lambda: _update(uow, entity, fields, id_param(uow.dialect), grouped=False))
        rows = uow.connection.execute(statement, {"ids": id_value(uow.dialect, ids)}).all()
    _write_keys(uow, entity, [f for f in fields if f.storage.sort_key], rows)
    changed = [row.id for row in rows]
    keep_changes(uow, entity, before, changed)
    return changed


def _update(uow: UnitOfWork, entity: Entity, fields: Sequence[Field], wanted: Select[Any], *, grouped: bool) -> ReturningUpdate[Any]:
    """Return the statement that stores the formulas where they differ; it gives ids and new texts."""
    table = uow.tables.of(entity)
    environment = Environment(uow.dialect, uow.tables, uow.model, uow.now, uow.today, uow.timezone)
    source = Source(environment, entity, ids=wanted, grouped=grouped)
    columns = [to_field(environment, compile_value(source, f.expression), f.expression.type, f.storage).label(f.column) for f in fields]
    fresh = select(source.alias.c.id.label("id"), *columns).select_from(source.from_clause).where(source.alias.c.id.in_(wanted)).subquery("fresh")
    differs = [table.c[f.column].is_distinct_from(fresh.c[f.column]) for f in fields]
    condition = differs[0]
    for other in differs[1:]:
        condition = condition | other
    texts = [table.c[f.column] for f in fields if f.storage.sort_key]
    statement = update(table).where(table.c.id == fresh.c.id, condition).values({f.column: fresh.c[f.column] for f in fields})
    return statement.returning(table.c.id, *texts)


def _write_keys(uow: UnitOfWork, entity: Entity, fields: list[Field], rows: Sequence[Any]) -> None:
    """Store the sort keys of text formulas of the records that changed."""
    if not fields or not rows:
        return
    table = uow.tables.of(entity)
    names = [key_column(f) for f in fields]
    key = ("formula keys", entity.id, tuple(names))
    statement = kept(
        uow.model.cache.setdefault("statements", {}), key,
        lambda: update(table).where(table.c.id == bindparam("key")).values({n: bindparam(f"v_{n}") for n in names}),
    )
    found = [{"key": i, **{f"v_{n}": sort_key(v) if v is not None else None for n, v in zip(names, texts, strict=True)}} for i, *texts in rows]
    uow.connection.execute(statement, found)
