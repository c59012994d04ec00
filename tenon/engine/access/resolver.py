"""The reader's columns and rows in SQL: cells that may not be read are NULL, records out of sight are not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, exists, false, or_, select

from tenon.engine.access.grants import CompiledGrant
from tenon.engine.access.rights import Rights
from tenon.engine.context import Context
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.environment import Environment, Everything
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Field

Column = ColumnElement[Any]


def environment(uow: UnitOfWork, rights: Rights | None = None, ctx: Context | None = None) -> Environment:
    """Return what statements of this transaction are compiled against; with rights, as that person sees things."""
    user = rights.user if rights else ctx.user if ctx else None
    plain = Environment(uow.dialect, uow.tables, uow.model, uow.now, uow.today, uow.timezone, user)
    if rights is None or rights.is_unlimited:
        return plain
    return replace(plain, resolver=ReaderResolver(rights))


class ReaderResolver:
    """A resolver with the rights of one person."""

    def __init__(self, rights: Rights) -> None:
        self.rights = rights

    def column(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column:
        """Return the column of a field; on rows where it may not be read it is NULL."""
        return self.guard(environment, alias, entity, field, alias.c[field.column])

    def guard(self, environment: Environment, alias: FromClause, entity: Entity, field: Field, column: Column) -> Column:
        """Return a column that belongs to a field (its sort key, say) with the field's rights."""
        if self.rights.state(entity, field) != "partly":
            return column
        condition = grants_condition(environment, alias, entity, self.rights.readable(entity, field), is_score=field.origin == "score")
        return case((condition, column), else_=None)

    def cell(self, environment: Environment, alias: FromClause, entity: Entity, field: Field) -> Column | None:
        """Return the condition that a field of a record may be read; None where it always may."""
        if self.rights.state(entity, field) != "partly":
            return None
        return grants_condition(environment, alias, entity, self.rights.readable(entity, field))

    def rows(self, environment: Environment, alias: FromClause, entity: Entity) -> Column | None:
        """Return the condition of the records that may be read; None for all."""
        return action_condition(environment, alias, entity, self.rights, "read")


def action_condition(
    environment: Environment, alias: FromClause, entity: Entity, rights: Rights, action: str, fields: Iterable[Field] = ()
) -> Column | None:
    """Return the condition of the records on which an action is allowed, with these fields written; None for all."""
    if rights.is_unlimited or entity.is_system:
        return None
    granted = rights.grants(entity, action)
    # The same grants for many fields are one condition: most roles let their people write all fields or none.
    asked = [granted, *[[g for g in granted if f.id in g.write] for f in fields]]
    different = {tuple(id(g) for g in grants): grants for grants in asked}
    conditions = [_any_of(environment, alias, entity, grants) for grants in different.values()]
    limited = [c for c in conditions if c is not None]
    if not limited:
        return None
    first, *rest = limited
    for condition in rest:
        first = first & condition
    return first


def readable_condition(environment: Environment, alias: FromClause, entity: Entity, rights: Rights, fields: Iterable[Field]) -> Column | None:
    """Return the condition of the records on which all these fields may be read; None for all records."""
    partly = [f for f in fields if rights.state(entity, f) == "partly"]
    return and_(*[grants_condition(environment, alias, entity, rights.readable(entity, f)) for f in partly]) if partly else None


def grants_condition(environment: Environment, alias: FromClause, entity: Entity, grants: list[CompiledGrant], *, is_score: bool = False) -> Column:
    """Return the condition that one of the grants holds; for a score's table the record is looked up by its id."""
    if is_score:
        table = environment.tables.of(entity).alias()
        found = _any_of(environment, table, entity, grants)
        inner = select(table.c.id).where(table.c.id == alias.c.record)
        return exists(inner if found is None else inner.where(found))
    found = _any_of(environment, alias, entity, grants)
    return false() == false() if found is None else found


def _any_of(environment: Environment, alias: FromClause, entity: Entity, grants: list[CompiledGrant]) -> Column | None:
    """Return the condition that one of the grants holds, None when one holds for every record."""
    if any(g.where is None for g in grants):
        return None
    plain = replace(environment, resolver=Everything())
    conditions = [_holds(plain, alias, entity, g) for g in grants]
    return or_(*conditions) if conditions else false()


def _holds(environment: Environment, alias: FromClause, entity: Entity, grant: CompiledGrant) -> Column:
    assert grant.where is not None
    source = Source(environment, entity, alias=alias)
    condition = compile_condition(source, grant.where)
    if source.from_clause is alias:
        return condition
    # The condition looks along references: those joins belong to a subquery of their own.
    table = environment.tables.of(entity).alias()
    inner = Source(environment, entity, alias=table)
    condition = compile_condition(inner, grant.where)
    return alias.c.id.in_(select(table.c.id).select_from(inner.from_clause).where(condition))
