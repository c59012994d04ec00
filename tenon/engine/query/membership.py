"""Who is in a segment that keeps its members: the table, and the condition that a reader may know it."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Table, bindparam, select
from sqlalchemy.types import Text

from tenon.engine.access.resolver import readable_condition
from tenon.engine.access.rights import Rights
from tenon.engine.columns import CodeText, Moment
from tenon.engine.sql.source import Source
from tenon.engine.store import metadata
from tenon.metamodel.errors import not_found
from tenon.metamodel.expressions.tree import Expression

members = Table(
    "tenon_segment_member",
    metadata,
    Column("segment", CodeText, primary_key=True),
    Column("record", CodeText, primary_key=True, index=True),
    Column("at", Moment, nullable=False),
)


def member_conditions(rights: Rights, source: Source, segment: str, filter: Expression) -> list[ColumnElement[bool]]:
    """Return the conditions that a record is a kept member, for somebody who may read on it what the filter reads.

    Where the filter reads other records, of which this reader sees only some, the segment is not there: raises NotFound.
    """
    environment, entity = source.environment, source.entity
    model = environment.model
    own = []
    for entity_id, field_id in sorted(filter.reads):
        read = model.entities_by_id[entity_id]
        field = read.fields_by_id[field_id]
        if read.id == entity.id:
            own.append(field)
        elif rights.state(read, field) == "partly" or environment.resolver.rows(environment, environment.tables.of(read).alias(), read) is not None:
            raise not_found()
    kept = select(members.c.record).where(members.c.segment == bindparam(None, segment, Text(), unique=True))
    readable = readable_condition(environment, source.alias, entity, rights, own)
    return [source.alias.c.id.in_(kept), *([] if readable is None else [readable])]
