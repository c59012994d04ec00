"""All aggregates of one relation as one grouped table joined to its source: for runs over many records."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Subquery, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeEngine

from tenon.engine.sql.elements import compare, every, is_not_null
from tenon.engine.sql.environment import Column
from tenon.engine.sql.links import far_entity, key_of, link
from tenon.engine.sql.source import Ids, Source, among, visible
from tenon.metamodel.expressions.tree import Aggregate


class GroupColumn(ColumnElement[Any]):
    """A column of a grouped table that is still growing; settled when the statement is compiled."""

    inherit_cache = False

    def __init__(self, group: Group, name: str, type_: TypeEngine[Any]) -> None:
        self.group, self.name, self.type = group, name, type_

    def _gen_cache_key(self, anon_map: Any, bindparams: Any) -> Any:
        """Return the key of the column that it is: statements that differ in bound values only are compiled once."""
        own = self.group.table.c[self.name]._gen_cache_key(anon_map, bindparams)
        return None if own is None else (type(self), own)


@compiles(GroupColumn)
def _write(element: GroupColumn, compiler: Any, **keywords: Any) -> str:
    return str(compiler.process(element.group.table.c[element.name], **keywords))


@dataclass
class Group:
    """One grouped table: the far side, the key that is the near record's id, and the aggregates so far."""

    source: Source
    far: Source
    key: Column
    near_id: Column
    conditions: list[Column]
    inner: Source | None = None
    columns: dict[str, Column] = field(default_factory=dict)
    built: Subquery | None = None

    def add(self, aggregate: Column) -> Column:
        """Add an aggregate and return its column."""
        assert self.built is None, "read from_clause after everything was compiled"
        name = f"a{len(self.columns)}"
        self.columns[name] = aggregate
        return GroupColumn(self, name, aggregate.type)

    @property
    def table(self) -> Subquery:
        """The grouped table."""
        if self.built is None:
            root = self.far.from_clause
            if self.inner is not None:
                root = self.inner.from_clause.join(root, every(self.conditions))
            statement = select(self.key.label("near"), *[c.label(n) for n, c in self.columns.items()]).select_from(root)
            wanted = [is_not_null(self.key)] if self.inner is not None else [*self.conditions, is_not_null(self.key)]
            restriction = self._restriction()
            statement = statement.where(every(wanted if restriction is None else [*wanted, restriction]))
            self.built = statement.group_by(self.key).correlate(None).subquery()
        return self.built

    def join(self, source: Source) -> None:
        """Join the table to its source, once."""
        if self.built is None:
            source.joins.append((self.table, compare(self.table.c.near, "=", self.near_id)))

    def _restriction(self) -> Column | None:
        ids: Ids | None = self.source.ids
        if ids is None:
            return None
        if self.inner is not None or self.near_id is self.source.alias.c.id:
            return among(self.key, ids)
        # Along references: the near records of the wanted ones.
        root = Source(self.source.environment, self.source.entity)
        target = root.reach(self.source.steps_of(self.near_id)).alias.c.id
        return self.key.in_(select(target).select_from(root.from_clause).where(among(root.alias.c.id, ids)))


def find_group(near: Source, aggregate: Aggregate) -> Group:
    """Return the grouped table for an aggregate's relation, made when it is the first one."""
    relation = aggregate.relation
    assert relation is not None
    uses_this = aggregate.where is not None and reads_this(aggregate.where)
    key = (relation.id, tuple(s.id for s in aggregate.steps), uses_this)
    if key not in near.groups:
        near.groups[key] = _make(near, aggregate, uses_this)
    group: Group = near.groups[key]
    return group


def _make(near: Source, aggregate: Aggregate, uses_this: bool) -> Group:
    environment, relation = near.environment, aggregate.relation
    assert relation is not None
    entity = far_entity(environment, relation)
    if uses_this:
        inner = Source(environment, near.entity)
        far = Source(environment, entity, near=inner)
        conditions = link(far, relation, inner.reach(aggregate.steps).alias.c.id)
        return Group(near, far, inner.alias.c.id, near.alias.c.id, [*conditions, *visible(environment, far.alias, entity)], inner)
    far = Source(environment, entity)
    column, more = key_of(far, relation)
    near_id = near.reach(aggregate.steps).alias.c.id
    return Group(near, far, column, near_id, [*more, *visible(environment, far.alias, entity)])


def reads_this(node: ast.expr) -> bool:
    """Return whether a condition reads the near record."""
    for inner in ast.walk(node):
        facts = getattr(inner, "facts", None)
        if facts is not None and facts.path is not None and facts.path.base == "this":
            return True
    return False
