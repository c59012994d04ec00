"""How the far records of a relation hang on the near one."""

from __future__ import annotations

from sqlalchemy import FromClause, select

from tenon.engine.sql.elements import compare
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import bind
from tenon.engine.tables import entity_column
from tenon.metamodel.model import Entity, Field, Relation
from tenon.metamodel.types import TEXT


def far_entity(environment: Environment, relation: Relation) -> Entity:
    """Return the entity of the many side."""
    return environment.model.entities_by_id[relation.far_id]


def reference_of(environment: Environment, relation: Relation) -> Field:
    """Return the reference field behind a relation."""
    holder = relation.far_id if relation.is_reverse else relation.entity_id
    return environment.model.entities_by_id[holder].fields_by_id[relation.field_id]


def key_of(far: Source, relation: Relation) -> tuple[Column, list[Column]]:
    """Return the column that holds the id of the near record, and what else has to hold."""
    environment, field = far.environment, reference_of(far.environment, relation)
    if relation.is_links:
        links = environment.tables.links(field).alias()
        own, other = (links.c.target, links.c.record) if relation.is_reverse else (links.c.record, links.c.target)
        far.joins.append((links, compare(other, "=", far.alias.c.id)))
        return own, _readable(environment, links, relation, field)
    if relation.is_any:
        entity = compare(far.alias.c[entity_column(field)], "=", bind(environment, relation.entity_id, TEXT))
        return far.field(field), [entity]
    return far.field(field), []


def _readable(environment: Environment, links: FromClause, relation: Relation, field: Field) -> list[Column]:
    """Return the condition that the links are those of records on which the field may be read."""
    entity = environment.model.entities_by_id[relation.far_id if relation.is_reverse else relation.entity_id]
    holder = environment.tables.of(entity).alias()
    condition = environment.resolver.cell(environment, holder, entity, field)
    return [] if condition is None else [links.c.record.in_(select(holder.c.id).where(condition))]


def link(far: Source, relation: Relation, near_id: Column) -> list[Column]:
    """Return the conditions that a far record hangs on the near one."""
    key, more = key_of(far, relation)
    return [compare(key, "=", near_id), *more]
