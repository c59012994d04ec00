"""Rows of records into their table, and what happened into the history beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import bindparam, insert, update

from tenon.engine import history
from tenon.engine.context import Context
from tenon.engine.records.row import Row
from tenon.engine.records.stored import search_text, to_columns
from tenon.engine.statements import kept
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity

Values = dict[str, Any]


def store(uow: UnitOfWork, ctx: Context, entity: Entity, creates: list[Row], updates: list[Row], batch: str | None) -> None:
    """Insert and update rows with their history; one row goes to PostgreSQL together with it, in one statement."""
    for row in creates:
        row.id, row.version = row.id or uow.new_id(), 1
    for row in updates:
        row.version = int((row.before or {})["version"]) + 1
    told = [] if entity.is_append_only else history.to_rows(uow, ctx, entity, _entries(entity, [*creates, *updates]), batch)
    along = history.as_along(told.pop()) if len(told) == 1 and uow.dialect == "postgresql" else {}
    if creates:
        _insert(uow, ctx, entity, creates, along)
    if updates:
        _update(uow, ctx, entity, updates, along)
    if told:
        uow.connection.execute(history.INSERTION, told)


def _entries(entity: Entity, rows: list[Row]) -> Iterable[history.Entry]:
    for row in rows:
        before = row.before or {}
        changes = {entity.fields[k].id: (before.get(k), v) for k, v in row.values.items() if row.before is not None or v is not None}
        yield history.Entry(str(row.id), row.version or 1, row.action, changes)


def _insert(uow: UnitOfWork, ctx: Context, entity: Entity, rows: list[Row], along: Values) -> None:
    table = uow.tables.of(entity)
    system = {"created_at": uow.now, "created_by": ctx.user_id, "updated_at": uow.now, "updated_by": ctx.user_id, "version": 1}
    plain = {c.name: None for c in table.columns}

    def make() -> Any:
        statement = insert(table).values({c: bindparam(f"v_{c.name}", type_=c.type) for c in table.columns})
        return statement.add_cte(history.along()) if along else statement

    statement = kept(_cache(uow), ("insert", uow.tables, entity.id, bool(along)), make)
    listed = [
        {**_bound({**plain, **to_columns(entity, row.values), **system, "id": row.id, "search": search_text(entity, row.values)}), **along}
        for row in rows
    ]
    uow.connection.execute(statement, listed if len(listed) > 1 else listed[0])


def _update(uow: UnitOfWork, ctx: Context, entity: Entity, rows: list[Row], along: Values) -> None:
    """Update rows, those with the same columns in one statement."""
    groups: dict[frozenset[str], list[Values]] = {}
    for row in rows:
        columns = to_columns(entity, row.values)
        if any(name in row.values for name in entity.search):
            columns["search"] = search_text(entity, row.after())
        bound = {**_bound(columns), "key": row.id, "at": uow.now, "by": ctx.user_id, **along}
        groups.setdefault(frozenset(columns), []).append(bound)
    for names, listed in groups.items():
        statement = kept(_cache(uow), ("update", uow.tables, entity.id, names, bool(along)), lambda names=names: _updating(uow, entity, names, along))  # type: ignore[misc]
        uow.connection.execute(statement, listed if len(listed) > 1 else listed[0])


def _updating(uow: UnitOfWork, entity: Entity, names: Collection[str], along: Values) -> Any:
    """Return the statement that changes these columns of one record."""
    table = uow.tables.of(entity)
    values = {name: bindparam(f"v_{name}", type_=table.c[name].type) for name in names}
    statement = update(table).where(table.c.id == bindparam("key")).values(
        version=table.c.version + 1, updated_at=bindparam("at"), updated_by=bindparam("by"), **values
    )
    return statement.add_cte(history.along()) if along else statement


def _bound(columns: Values) -> Values:
    return {f"v_{name}": value for name, value in columns.items()}


def _cache(uow: UnitOfWork) -> dict[Any, Any]:
    cache: dict[Any, Any] = uow.model.cache.setdefault("statements", {})
    return cache
