"""What came to an end: tasks that were completed, tickets that were closed, as events of their own beside the records themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import FromClause, Select, Text, false, func, literal, or_, select, type_coerce

from tenon.engine.access.resolver import environment
from tenon.engine.history import history
from tenon.engine.people import names_of
from tenon.engine.query.paths import select_paths
from tenon.engine.query.shaping import Shape
from tenon.engine.sql.environment import Column, Environment
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source, visible
from tenon.engine.timeline.related import Related, related_sources
from tenon.engine.timeline.sources import Reader
from tenon.metamodel.model import Entity, Field

ENDS = ("done", "solved", "closed", "completed", "cancelled")
"""Stages that end something, by their names."""


def ending_sources(reader: Reader) -> Iterator[Endings]:
    """Yield a source for each entity on the timeline whose stage has an end that the reader may see."""
    for related in related_sources(reader):
        stage = _stage(related.far)
        if stage is not None and reader.rights.may_read(related.far, stage):
            yield Endings(related, stage)


def _stage(entity: Entity) -> Field | None:
    return next((f for f in entity.fields.values() if f.spec.type == "stage" and set(f.type.options or ()) & set(ENDS)), None)


class Endings:
    """The moves of related records into a stage that ends them."""

    types = ("done",)

    def __init__(self, related: Related, stage: Field) -> None:
        self.related, self.reader, self.far, self.stage = related, related.reader, related.far, stage
        self.name = f"record-end:{self.far.name}"

    def _moves(self) -> tuple[Source, FromClause, Column, list[Column]]:
        """Return where the moves are found: the related records, the history, the stage after a move, and what has to hold."""
        source, entries = Source(environment(self.reader.uow, self.reader.rights), self.far), history.alias()
        place = source.environment
        reached = _after(place, entries, self.stage)
        points = or_(false(), *[self.related.points(source, r) for r in self.related.relations])
        readable = place.resolver.cell(place, source.alias, self.far, self.stage)
        conditions = [
            points, *visible(place, source.alias, self.far), entries.c.record == source.alias.c.id, entries.c.entity == self.far.id,
            entries.c.action == "update", reached.in_(ENDS),
        ]  # fmt: skip
        return source, entries, reached, conditions if readable is None else [*conditions, readable]

    def events(self) -> Select[Any]:
        """Return when related records came to an end."""
        source, entries, _, conditions = self._moves()
        return select(entries.c.at.label("at"), entries.c.id.label("key")).select_from(source.from_clause, entries).where(*conditions)

    def tell(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the records with their title and the stage that they came to."""
        uow, rights, far = self.reader.uow, self.reader.rights, self.far
        source, entries, reached, conditions = self._moves()
        names = [far.title] if far.title and rights.state(far, far.fields[far.title]) != "hidden" else []
        shape = Shape(rights, source, select_paths(rights, far, names))
        own = [entries.c.id.label("entry"), entries.c.by.label("who"), reached.label("stage")]
        found = select(*shape.columns, *own).select_from(source.from_clause, entries).where(*conditions, entries.c.id.in_(id_set(uow.dialect, keys)))
        rows = uow.connection.execute(found).all()
        people = names_of(uow.connection, [row.who for row in rows if row.who])
        return {row.entry: self._entry(row, record, people) for row, record in zip(rows, shape.records(uow, rows), strict=True)}

    def _entry(self, row: Any, record: dict[str, Any], people: dict[str, str]) -> dict[str, Any]:
        about = {
            "entity": self.far.name, "id": record["id"], "title": record.get(self.far.title or ""), "values": {self.stage.name: row.stage},
        }  # fmt: skip
        return {"type": "done", "by": {"id": row.who, "title": people.get(row.who)} if row.who else None, "record": about}


def _after(place: Environment, entries: FromClause, field: Field) -> Column:
    """Return the value of a field after a change."""
    if place.is_sqlite:
        return func.json_extract(type_coerce(entries.c.changes, Text()), f'$."{field.id}"[1]', type_=Text())
    return func.jsonb_extract_path_text(entries.c.changes, literal(field.id), literal("1"), type_=Text())
