"""Records that refer to the record: activities, comments, tasks, files, and others whose entity has the feature "timeline"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, and_, case, false, func, literal, or_, select

from tenon.engine.access.resolver import environment
from tenon.engine.columns import Moment
from tenon.engine.query.paths import select_paths
from tenon.engine.query.shaping import Shape
from tenon.engine.sql.environment import Column
from tenon.engine.sql.moments import midnight
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source, visible
from tenon.engine.tables import entity_column
from tenon.engine.timeline.sources import Reader
from tenon.metamodel.model import Entity, Field, Relation

TALK = {"activity": "activity", "comment": "comment", "task": "task", "attachment": "file", "alert": "alert"}
"""Entities that are about other records, and the type their events have; everything else is a "record"."""
TOLD = ("stage", "choice", "user", "money", "datetime", "date", "file", "image")
MOST_TOLD = 6


def related_sources(reader: Reader) -> Iterator[Related]:
    """Yield a source for each entity whose records refer to this one and belong on its timeline."""
    by_entity: dict[str, list[Relation]] = {}
    for relation in reader.entity.relations.values():
        far = reader.uow.model.find_entity(relation.far_id)
        if far is not None and relation.is_reverse and far is not reader.entity and _is_told(reader, far, relation):
            by_entity.setdefault(far.id, []).append(relation)
    for relations in by_entity.values():
        yield Related(reader, relations)


def _is_told(reader: Reader, far: Entity, relation: Relation) -> bool:
    """Return whether records of an entity stand on timelines, and this reader may know that they refer to this one."""
    if far.is_system or not ("timeline" in far.features or far.name in TALK):
        return False
    return reader.rights.may_read(far, far.fields_by_id[relation.field_id])


class Related:
    """The records of one entity that refer to the record, at their own time; at that of their making while it is yet to come."""

    def __init__(self, reader: Reader, relations: Sequence[Relation]) -> None:
        self.reader, self.relations = reader, relations
        self.far = reader.uow.model.entities_by_id[relations[0].far_id]
        self.name = f"record:{self.far.name}"
        self.types = (TALK.get(self.far.name, "record"),)

    def events(self) -> Select[Any]:
        """Return the living records that the reader may see, with their time as far as the reader may see that."""
        uow, far = self.reader.uow, self.far
        source = Source(environment(uow, self.reader.rights), far)
        at = self._time(source)
        points = or_(false(), *[self.points(source, r) for r in self.relations])
        told = select(at.label("at"), source.alias.c.id.label("key")).select_from(source.from_clause)
        return told.where(points, at.is_not(None), *visible(source.environment, source.alias, far))

    def _time(self, source: Source) -> Column:
        place, far = source.environment, self.far
        own, made = far.fields.get(far.time_field), far.fields["created_at"]
        times: list[Column] = []
        if own is not None and own.type.kind in ("date", "datetime") and self.reader.rights.may_read(far, own):
            value = source.at((), own)
            value = midnight(place, value) if own.type.kind == "date" else value
            times.append(case((value <= literal(place.now, Moment()), value), else_=None))
        if self.reader.rights.may_read(far, made):
            times.append(source.at((), made))
        found = func.coalesce(*times) if len(times) > 1 else times[0] if times else literal(None)
        found.type = Moment()
        return found

    def points(self, source: Source, relation: Relation) -> Column:
        """Return the condition that a record points here along a relation, and the reader may know it."""
        place, alias, far = source.environment, source.alias, self.far
        link = far.fields_by_id[relation.field_id]
        if relation.is_links:
            links = place.tables.links(link)
            pointing = alias.c.id.in_(select(links.c.record).where(links.c.target == self.reader.id))
            readable = place.resolver.cell(place, alias, far, link)
            return pointing if readable is None else and_(pointing, readable)
        own = source.at((), link) == self.reader.id
        return and_(own, alias.c[entity_column(link)] == relation.entity_id) if relation.is_any else own

    def tell(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the records with their title and the values that say most about them."""
        uow, rights, far = self.reader.uow, self.reader.rights, self.far
        told = self._told()
        paths = [*told, *(n for n in ("created_by", far.title) if n and n not in told and rights.state(far, far.fields[n]) != "hidden")]
        source = Source(environment(uow, rights), far)
        shape = Shape(rights, source, select_paths(rights, far, paths))
        wanted = source.alias.c.id.in_(id_set(uow.dialect, keys))
        rows = uow.connection.execute(select(*shape.columns).select_from(source.from_clause).where(wanted)).all()
        return {r["id"]: self._entry(r, told) for r in shape.records(uow, rows)}

    def _told(self) -> list[str]:
        """Return the fields that say most about a record: what it refers to is known, its title stands apart."""
        links = {r.field_id for r in self.relations}
        fields: list[Field] = [f for f in self.far.fields.values() if f.origin in ("own", "extension") and f.spec.type in TOLD and f.id not in links]
        readable = [f.name for f in fields if f.name != self.far.title and self.reader.rights.state(self.far, f) != "hidden"]
        return readable[:MOST_TOLD]

    def _entry(self, record: dict[str, Any], told: Sequence[str]) -> dict[str, Any]:
        title = record.get(self.far.title) if self.far.title else None
        about = {"entity": self.far.name, "id": record["id"], "title": title, "values": {n: record[n] for n in told if n in record}}
        return {"type": self.types[0], "by": record.get("created_by"), "record": about}
