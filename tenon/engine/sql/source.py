"""One root of a FROM clause for an entity, with the joins that paths need added on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field as dataclass_field
from typing import Any

from sqlalchemy import FromClause, Select, and_, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.sql.selectable import ScalarSelect

from tenon.engine.sql.elements import call, compare, every, is_null
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.values import LISTS, bind, empty, sql_type, stored
from tenon.metamodel.expressions.tree import ValuePath
from tenon.metamodel.model import Entity, Field
from tenon.metamodel.types import Type

Ids = Column | Select[Any] | Sequence[str]


def visible(environment: Environment, alias: FromClause, entity: Entity) -> list[Column]:
    """Return the conditions of the rows that exist for whoever goes over a relation or reference to them."""
    conditions: list[Column] = [] if entity.is_system else [is_null(alias.c.deleted_at)]
    seen = environment.resolver.rows(environment, alias, entity)
    return conditions if seen is None else [*conditions, seen]


@dataclass
class Node:
    """A record reached along references: its alias, its entity, and the score tables joined to it."""

    alias: FromClause
    entity: Entity
    steps: tuple[Field, ...] = ()
    scores: dict[str, FromClause] = dataclass_field(default_factory=dict)


class Source:
    """A root with LEFT JOINs added as paths ask for them; read ``from_clause`` after everything was compiled.

    ``ids`` restricts the root (and the insides of grouped aggregates) to some records; with ``grouped`` aggregates become joined
    derived tables, one per relation, instead of correlated subqueries. ``near`` is the record that ``this`` means. ``keys`` tell its
    rows apart: the id, and more where joins make several rows of a record;
    none for the rows of an answer.
    """

    def __init__(
        self, environment: Environment, entity: Entity, alias: FromClause | None = None, ids: Ids | None = None,
        grouped: bool = False, near: Source | None = None,
    ) -> None:
        self.environment = environment
        self.entity = entity
        self.alias: FromClause = environment.tables.of(entity).alias() if alias is None else alias
        self.ids = ids
        self.grouped = grouped
        self.near = near
        self.joins: list[tuple[FromClause, Column]] = []
        self.groups: dict[Any, Any] = {}
        self.keys: list[Column] = [self.alias.c[name] for name in ("id",) if name in self.alias.c]
        self._nodes: dict[tuple[str, ...], Node] = {(): Node(self.alias, entity)}

    @property
    def from_clause(self) -> FromClause:
        """The root with every join added so far."""
        clause = self.alias
        for group in list(self.groups.values()):
            group.join(self)
        for target, on in self.joins:
            clause = clause.outerjoin(target, on)
        return clause

    @property
    def leaves(self) -> list[FromClause]:
        """The root and everything joined to it: what a subquery must not correlate."""
        return [self.alias, *(target for target, _ in self.joins)]

    def field(self, field: Field) -> Column:
        """Return the plain value of a field of the root."""
        return self.at((), field)

    def at(self, steps: tuple[Field, ...], field: Field) -> Column:
        """Return the plain value of a field of the record that references lead to."""
        node = self.reach(steps)
        if field.is_to_many:
            return self._targets(node, field)
        column = self._score(node, field) if field.origin == "score" else self._column(node, field)
        value = stored(self.environment, column, field.type, field.storage)
        if field.type.kind in LISTS:
            nothing = "[]" if self.environment.is_sqlite else []
            return call("nullif", value, bind_list(self.environment, nothing), type_=value.type)
        return value

    def path(self, path: ValuePath, type_: Type) -> Column:
        """Return the plain value of a path; a missing link is NULL."""
        environment = self.environment
        if path.absent:
            return empty(environment, type_)
        if path.base == "value":
            return bind(environment, environment.values.get(path.name), type_)
        if path.base == "user":
            return bind(environment, user_value(environment, path.name), type_)
        assert path.field is not None
        if path.base == "old":
            return bind(environment, environment.old.get(path.field.name), type_)
        if path.base == "this" and self.near is not None:
            return self.near.at(path.steps, path.field)
        return self.at(path.steps, path.field)

    def reach(self, steps: tuple[Field, ...]) -> Node:
        """Return the record that references lead to, joined."""
        key = tuple(step.id for step in steps)
        if key not in self._nodes:
            before = self.reach(steps[:-1])
            entity = self.environment.model.entities_by_id[str(steps[-1].type.entity)]
            alias = self.environment.tables.of(entity).alias()
            link = compare(alias.c.id, "=", self._column(before, steps[-1]))
            self.joins.append((alias, and_(link, *visible(self.environment, alias, entity))))
            self._nodes[key] = Node(alias, entity, steps)
        return self._nodes[key]

    def steps_of(self, near_id: Column) -> tuple[Field, ...]:
        """Return the references that lead to the record with that id column."""
        return next(node.steps for node in self._nodes.values() if node.alias.c.id is near_id)

    def restriction(self, column: Column) -> Column | None:
        """Return the condition that a column holds one of the ids, None when there is no restriction."""
        return None if self.ids is None else among(column, self.ids)

    def scalar(self, value: Column, conditions: Sequence[Column], *, order: Sequence[Column] = ()) -> ScalarSelect[Any]:
        """Return ``(SELECT value FROM this source WHERE …)``, correlated to whatever encloses it."""
        statement = select(value).select_from(self.from_clause).where(every(conditions))
        if order:
            statement = statement.order_by(*order).limit(1)
        return statement.correlate_except(*self.leaves).scalar_subquery()

    def _column(self, node: Node, field: Field) -> Column:
        return self.environment.resolver.column(self.environment, node.alias, node.entity, field)

    def _score(self, node: Node, field: Field) -> Column:
        score = str(field.score)
        if score not in node.scores:
            alias = self.environment.tables.score_rows(score).alias()
            node.scores[score] = alias
            self.joins.append((alias, compare(alias.c.record, "=", node.alias.c.id)))
        # The access layer sees the score's own table; it knows the field by its id.
        return self.environment.resolver.column(self.environment, node.scores[score], node.entity, field)

    def _targets(self, node: Node, field: Field) -> Column:
        """Return the ids of a many-to-many field as a list in its order, NULL for none."""
        links = self.environment.tables.links(field).alias()
        own = compare(links.c.record, "=", node.alias.c.id)
        readable = self.environment.resolver.cell(self.environment, node.alias, node.entity, field)
        if readable is not None:
            own = and_(own, readable)
        kind = sql_type(self.environment, field.type)
        if not self.environment.is_sqlite:
            every_id = func.jsonb_agg(aggregate_order_by(links.c.target, links.c.position), type_=JSONB())
            return select(every_id).select_from(links).where(own).correlate_except(links).scalar_subquery()
        ordered = select(links.c.target).where(own).order_by(links.c.position).correlate_except(links).subquery()
        listed = call("nullif", call("json_group_array", ordered.c.target, type_=kind), bind_list(self.environment, "[]"), type_=kind)
        return select(listed).select_from(ordered).correlate_except(ordered).scalar_subquery()


def bind_list(environment: Environment, value: Any) -> Column:
    """Return an empty JSON list as the databases hold it."""
    return bind(environment, value, Type("text") if environment.is_sqlite else Type("json"))


def among(column: Column, ids: Ids) -> Column:
    """Return the condition that a column holds one of some ids."""
    if isinstance(ids, Select):
        return column.in_(ids)
    return column.in_(list(ids)) if isinstance(ids, list | tuple | set | frozenset) else compare(column, "=", ids)  # type: ignore[arg-type]


def user_value(environment: Environment, name: str) -> Any:
    """Return a value of who acts; None when nobody does."""
    user = environment.user
    if user is None:
        return None
    return user.roles if name == "roles" else getattr(user, name)


