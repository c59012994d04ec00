"""Facts from plain mappings: values sent with a call, a record before it is saved, and the reference meaning of aggregates."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tenon.engine.evaluate import RowFacts
from tenon.metamodel.expressions import numbers
from tenon.metamodel.expressions.tree import Aggregate, ValuePath
from tenon.metamodel.model import Field, Model

Record = Mapping[str, Any]
Test = Callable[[ast.expr, RowFacts], Any]
DELETED = "deleted_at"


@dataclass(frozen=True)
class MappingFacts:
    """Facts of one record given as a mapping from field names (or ids) to canonical values.

    A reference that paths go through holds the mapping of the far record (with its ``id``), a to-many relation a list of
    mappings. Records with ``deleted_at`` are in the trash: missing links, and no part of any aggregate. ``model`` is needed
    for first and last alone. ``this`` and ``old`` are the near record and the values before the change.
    """

    values: Record
    model: Model | None = None
    this: Record | None = None
    old: Record | None = None

    def read(self, path: ValuePath) -> Any:
        """Return the value of a path."""
        if path.base == "value":
            return _read_given(self.values, path.name)
        return _read(self._base(path.base), path.steps, path.field)

    def aggregate(self, aggregate: Aggregate, test: Test) -> Any:
        """Return an aggregate over the records of a to-many relation."""
        relation = aggregate.relation
        near = _follow(self._base(aggregate.base), aggregate.steps)
        if relation is None or near is None:
            return fold(aggregate.name, [])
        rows = [row for row in near.get(relation.name, near.get(relation.id)) or () if row.get(DELETED) is None]
        if aggregate.where is not None:
            rows = [row for row in rows if test(aggregate.where, MappingFacts(row, self.model, this=self.values)) is True]
        if aggregate.name in ("first", "last"):
            rows = self._in_order(rows, relation.far_id)
        if aggregate.value is None:
            return fold(aggregate.name, [True] * len(rows))
        return fold(aggregate.name, [_read(row, aggregate.value.steps, aggregate.value.field) for row in rows])

    def was(self, path: ValuePath, day: date) -> Any:
        """Return nothing: values that are given have no past."""
        return None

    def _base(self, base: str) -> Record | None:
        return {"this": self.this, "old": self.old}.get(base, self.values)

    def _in_order(self, rows: Sequence[Record], entity_id: str) -> list[Record]:
        """Return the rows by time, then id; those with no time are left out."""
        entity = self.model.find_entity(entity_id) if self.model else None
        field = entity.find_field(entity.time_field) if entity else None
        timed = [row for row in rows if field is not None and _get(row, field) is not None]
        return sorted(timed, key=lambda row: (_get(row, field), str(row.get("id"))) if field else ())


def fold(name: str, values: Iterable[Any]) -> Any:
    """Return an aggregate of values in their order; empty ones are skipped."""
    full = [v for v in values if v is not None]
    if name in ("count", "distinct"):
        return len(full) if name == "count" else len({_key(v) for v in full})
    if name == "exists":
        return bool(full)
    if name == "sum":
        return _sum(full)
    if not full:
        return None
    if name == "avg":
        return float(_sum(full)) / len(full)
    if name in ("min", "max"):
        return min(full) if name == "min" else max(full)
    return full[0] if name == "first" else full[-1]


def _sum(values: Sequence[Any]) -> Any:
    if any(isinstance(v, float) for v in values):
        return math.fsum(float(v) for v in values)
    total: Any = 0
    for value in values:
        total = numbers.plus(total, value)
    return total


def _key(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _get(record: Record, field: Field) -> Any:
    value = record.get(field.name, record.get(field.id))
    return None if value in ("", (), []) else value


def _follow(record: Record | None, steps: Iterable[Field]) -> Record | None:
    """Return the far record of references; None for a missing link and for one in the trash."""
    for step in steps:
        far = _get(record, step) if record is not None else None
        record = far if isinstance(far, Mapping) and far.get(DELETED) is None else None
    return record


def _read(record: Record | None, steps: Iterable[Field], field: Field | None) -> Any:
    far = _follow(record, steps)
    if far is None or field is None:
        return None
    value = _get(far, field)
    return value.get("id") if isinstance(value, Mapping) and field.type.kind == "reference" else value


def _read_given(values: Any, name: str) -> Any:
    """Return a value by its dotted name; what is below an empty is empty."""
    for part in name.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return None if values in ("", (), []) else values
