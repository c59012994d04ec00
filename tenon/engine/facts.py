"""Facts of one record for the evaluator: its own values, what its references lead to, and its aggregates."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.context import User
from tenon.engine.evaluate import RowFacts, evaluate
from tenon.engine.evaluate_facts import fold
from tenon.engine.people import units, users
from tenon.engine.records.stored import load
from tenon.engine.sql.past import value_at
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.tables import entity_column
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.expressions.tree import Aggregate, Expression, ValuePath
from tenon.metamodel.model import Entity, Field, Relation

Values = Mapping[str, Any]
_PEOPLE = {"user": users, "unit": units}


def value_of(uow: UnitOfWork, expression: Expression, facts: RecordFacts, user: User | None) -> Any:
    """Return the canonical value of an expression for one record, in the moment of the transaction."""
    return evaluate(expression, facts, now=uow.now, timezone=uow.timezone, today=uow.today, user=user)


def read_far(uow: UnitOfWork, expression: Expression, rows: Sequence[Values]) -> None:
    """Read what an expression finds behind the references of many records, each step of all of them at once; `RecordFacts` then has it."""
    known = uow.notes.setdefault("far", {})
    for path in _far_paths(expression.tree):
        near: list[Values | None] = list(rows)
        for step in path.steps:
            far = step.type.entity
            if far is None or far in _PEOPLE:
                break
            ids = [item_id for values in near if values is not None and (item_id := values.get(step.name)) is not None]
            new = {item_id for item_id in ids if (far, item_id) not in known}
            found = load(uow, uow.model.entities_by_id[far], sorted(new))
            known.update({(far, item_id): {**found[item_id], "id": item_id} if item_id in found else None for item_id in new})
            near = [known[far, item_id] for item_id in ids]


def _far_paths(tree: ast.expr) -> Iterator[ValuePath]:
    """Yield the paths of a checked tree that lead from the record to others, those inside aggregates aside."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        facts = getattr(node, "facts", None)
        if facts is not None and facts.path is not None and facts.path.base == "row" and facts.path.steps and not facts.path.absent:
            yield facts.path
        elif facts is None or facts.aggregate is None:
            waiting += ast.iter_child_nodes(node)


class RecordFacts:
    """Facts of a record: ``values`` by field name as they are or will be, ``old`` as they were, ``this`` the near record."""

    def __init__(self, uow: UnitOfWork, entity: Entity, values: Values, old: Values | None = None, this: RecordFacts | None = None) -> None:
        self.uow = uow
        self.entity = entity
        self.values = values
        self.old = old
        self.this = this

    def read(self, path: ValuePath) -> Any:
        """Return the value of a path; None for a missing link."""
        if path.absent or path.field is None:
            return None
        values = self._base(path.base)
        for step in path.steps:
            values = self._far(step, values)
        if values is None or path.field.origin != "score":
            return None if values is None else values.get(path.field.name)
        return self._score(path.field, values.get("id"))

    def aggregate(self, aggregate: Aggregate, test: Callable[[ast.expr, RowFacts], Any]) -> Any:
        """Return an aggregate over the far records of the relation."""
        values: Values | None = self._base(aggregate.base)
        for step in aggregate.steps:
            values = self._far(step, values)
        relation = aggregate.relation
        if relation is None or values is None:
            return fold(aggregate.name, [])
        far = self.uow.model.entities_by_id[relation.far_id]
        facts = self.far_facts(relation, far, values)
        if aggregate.where is not None:
            facts = [f for f in facts if test(aggregate.where, f) is True]
        if aggregate.name in ("first", "last"):
            timed = [f for f in facts if f.values.get(far.time_field) is not None]
            facts = sorted(timed, key=lambda f: (f.values[far.time_field], str(f.values.get("id"))))
        return fold(aggregate.name, [True if aggregate.value is None else f.read(aggregate.value) for f in facts])

    def was(self, path: ValuePath, day: date) -> Any:
        """Return what the value of a path was at the end of a day."""
        values = self._base(path.base)
        for step in path.steps:
            values = self._far(step, values)
        if path.field is None or values is None or values.get("id") is None:
            return None
        source = Source(environment(self.uow), self.uow.model.entities_by_id[path.field.entity_id])
        found = select(value_at(source, (), path.field, day)).select_from(source.from_clause).where(source.alias.c.id == values["id"])
        return from_db(path.field.type, self.uow.connection.execute(found).scalar())

    def _score(self, field: Field, item_id: Any) -> Any:
        """Return a value that a score gave to a stored record."""
        if item_id is None or field.score is None:
            return None
        table = self.uow.tables.score(field.score)
        return self.uow.connection.execute(select(table.c[field.column]).where(table.c.record == item_id)).scalar()

    def _base(self, base: str) -> Values | None:
        if base == "old":
            return self.old
        return self.this.values if base == "this" and self.this is not None else self.values

    def _far(self, step: Field, values: Values | None) -> Values | None:
        """Return the record a reference leads to, read once a transaction."""
        item_id = values.get(step.name) if values is not None else None
        if item_id is None or step.type.entity is None:
            return None
        known = self.uow.notes.setdefault("far", {})
        key = (step.type.entity, item_id)
        if key not in known:
            known[key] = self._fetch(step.type.entity, str(item_id))
        found: Values | None = known[key]
        return found

    def _fetch(self, entity_id: str, item_id: str) -> Values | None:
        if entity_id in _PEOPLE:
            table = _PEOPLE[entity_id]
            row = self.uow.connection.execute(select(table).where(table.c.id == item_id)).mappings().first()
            return dict(row) if row else None
        found = load(self.uow, self.uow.model.entities_by_id[entity_id], [item_id]).get(item_id)
        return None if found is None else {**found, "id": item_id}

    def far_facts(self, relation: Relation, far: Entity, values: Values) -> list[RecordFacts]:
        """Return the facts of the far records of a relation of the record with these values."""
        if values.get("id") is None:
            return []
        ids = self.far_ids(relation, str(values["id"]))
        return [RecordFacts(self.uow, far, {**row, "id": i}, this=self) for i, row in load(self.uow, far, ids).items()]

    def far_ids(self, relation: Relation, near: str) -> list[str]:
        """Return the ids of the far records of a relation, those in the trash among them."""
        model, tables = self.uow.model, self.uow.tables
        holder = model.entities_by_id[relation.far_id if relation.is_reverse else relation.entity_id]
        field = holder.fields_by_id[relation.field_id]
        if relation.is_links:
            links = tables.links(field)
            far, own = (links.c.record, links.c.target) if relation.is_reverse else (links.c.target, links.c.record)
            return list(self.uow.connection.execute(select(far).where(own == near)).scalars())
        table = tables.of(holder)
        statement = select(table.c.id).where(table.c[field.column].in_(id_set(self.uow.dialect, [near])))
        if relation.is_any:
            statement = statement.where(table.c[entity_column(field)] == relation.entity_id)
        return list(self.uow.connection.execute(statement).scalars())
