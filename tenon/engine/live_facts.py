"""Facts of a record that is being typed: its formulas follow what was typed, and so does what is summed over its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tenon.engine.context import User
from tenon.engine.evaluate import fit
from tenon.engine.facts import RecordFacts, Values, value_of
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.tree import ValuePath
from tenon.metamodel.model import Entity, Field, Relation


@dataclass(frozen=True)
class TypedRows:
    """The far records of a relation as they are typed: those that will be there, and the ids that a form holds."""

    values: Sequence[Values]
    held: frozenset[str]


class LiveFacts(RecordFacts):
    """Facts of a typed record; ``rows`` by id of the relation, ``link`` the id of the field that leads to ``parent``."""

    def __init__(
        self, uow: UnitOfWork, user: User | None, entity: Entity, values: Values, old: Values | None = None, this: RecordFacts | None = None,
        *, rows: Mapping[str, TypedRows] | None = None, parent: LiveFacts | None = None, link: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(uow, entity, values, old, this)
        self.user, self.rows, self.parent, self.link = user, rows or {}, parent, link
        self._computed: dict[str, Any] = {}

    def read(self, path: ValuePath) -> Any:
        """Return the value of a path as it will be."""
        if path.base == "this" and isinstance(self.this, LiveFacts):
            return self.this.read(replace(path, base="row"))
        if path.base == "row" and path.field is not None and not path.absent:
            if path.steps and self.parent is not None and path.steps[0].id == self.link:
                return self.parent.read(replace(path, steps=path.steps[1:]))
            if not path.steps and path.field.is_formula:
                return self.computed(path.field)
        return super().read(path)

    def computed(self, field: Field) -> Any:
        """Return the value of a formula for what was typed so far."""
        if field.name not in self._computed:
            try:
                value = fit(value_of(self.uow, field.expression, self, self.user), field.type)
                is_whole = isinstance(value, int) and not isinstance(value, bool) and field.type.kind == "number"
                self._computed[field.name] = Decimal(value) if is_whole else value
            except Invalid:  # it has no value for one record alone: the stored one stays
                self._computed[field.name] = self.values.get(field.name)
        return self._computed[field.name]

    def far_facts(self, relation: Relation, far: Entity, values: Values) -> list[RecordFacts]:
        """Return the facts of the far records: typed ones in place of the stored, and those that no form holds."""
        typed = self.rows.get(relation.id) if values is self.values else None
        stored = super().far_facts(relation, far, values)
        if typed is None:
            return stored
        made: list[RecordFacts] = [
            LiveFacts(self.uow, self.user, far, row, this=self, parent=self, link=relation.field_id) for row in typed.values
        ]
        return made + [facts for facts in stored if facts.values["id"] not in typed.held]
