"""Which sample rows can be written without touching what people made, and the sample records that they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, not_, select

from tenon.engine.apps.sample_marks import is_sample
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.model import Entity, Field

CHUNK = 500
PEOPLE = ("user", "unit")
Values = dict[str, Any]


def key_of(far: Entity) -> str:
    """Return the field of a far entity that cells hold."""
    return next((key[0] for key in far.keys if len(key) == 1), far.title or "id")


def fit(uow: UnitOfWork, entity: Entity, records: Sequence[Values], known_by: Sequence[str] = ()) -> list[Values]:
    """Return the records that refer only to sample records and whose keys nothing else has, references as ids.

    With ``known_by`` those that a sample record has the key of, and no others: rows about records that another app brings.
    """
    known = _far_ids(uow, entity, records)
    kept = [found for values in records if (found := _resolved(entity, values, known)) is not None]
    for names in entity.keys:
        keys = [_key(uow, entity, names, values) for values in kept]
        taken = _there(uow, entity, names, keys, is_other=True)
        kept = [values for values, key in zip(kept, keys, strict=True) if key not in taken]
    if not known_by:
        return kept
    keys = [_key(uow, entity, known_by, values) for values in kept]
    there = _there(uow, entity, known_by, keys, is_other=False)
    return [values for values, key in zip(kept, keys, strict=True) if key in there]


def _lookups(entity: Entity, values: Mapping[str, Any]) -> Iterator[tuple[Field, str, str, str]]:
    """Yield the references of a record: the field, the name of the far entity, and the field and value that name the far record."""
    for name, value in values.items():
        field = entity.fields.get(name)
        if field is not None and field.type.kind == "reference" and field.type.entity not in PEOPLE and isinstance(value, dict):
            far = value.get("entity") or field.type.entity
            (key,) = [n for n in value if n != "entity"]
            yield field, str(far), key, value[key]


def _far_ids(uow: UnitOfWork, entity: Entity, records: Sequence[Values]) -> dict[tuple[str, str, str], str]:
    """Return the ids of the sample records that records refer to, by far entity, field and value as written."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for values in records:
        for _, far_name, key, value in _lookups(entity, values):
            wanted.setdefault((far_name, key), set()).add(value)
    found: dict[tuple[str, str, str], str] = {}
    for (name, key), written in wanted.items():
        far = uow.model.get_entity(name)
        cleaned = {value: clean for value in written if (clean := _cleaned(uow, far.fields[key], value)) is not None}
        ids = _ids(uow, far, far.fields[key], list(dict.fromkeys(cleaned.values())))
        found |= {(name, key, value): ids[clean] for value, clean in cleaned.items() if clean in ids}
    return found


def _ids(uow: UnitOfWork, far: Entity, field: Field, values: Sequence[Any]) -> dict[Any, str]:
    table = uow.tables.of(far)
    found: dict[Any, str] = {}
    for start in range(0, len(values), CHUNK):
        own = (table.c[field.column].in_(values[start : start + CHUNK]), table.c.deleted_at.is_(None), is_sample(table.c.id))
        found.update((row[0], row[1]) for row in uow.connection.execute(select(table.c[field.column], table.c.id).where(*own)))
    return found


def _resolved(entity: Entity, values: Values, known: Mapping[tuple[str, str, str], str]) -> Values | None:
    """Return a record with the ids of what it refers to; None when something of it is no sample record."""
    resolved = dict(values)
    for field, far, key, value in _lookups(entity, values):
        id = known.get((far, key, value))
        if id is None:
            return None
        resolved[field.name] = id if field.type.entity is not None else {"entity": far, "id": id}
    return resolved


def _there(uow: UnitOfWork, entity: Entity, names: Sequence[str], keys: Sequence[tuple[Any, ...] | None], *, is_other: bool) -> set[tuple[Any, ...]]:
    """Return which keys living records have: those that are no samples, or the samples."""
    table = uow.tables.of(entity)
    columns = [table.c[entity.fields[n].column] for n in names]
    wanted = {key for key in keys if key is not None}
    firsts = list(dict.fromkeys(key[0] for key in wanted))
    whose: ColumnElement[bool] = not_(is_sample(table.c.id)) if is_other else is_sample(table.c.id)
    found: set[tuple[Any, ...]] = set()
    for start in range(0, len(firsts), CHUNK):
        rows = uow.connection.execute(select(*columns).where(columns[0].in_(firsts[start : start + CHUNK]), table.c.deleted_at.is_(None), whose))
        found.update(key for row in rows if (key := tuple(row)) in wanted)
    return found


def _key(uow: UnitOfWork, entity: Entity, names: Sequence[str], values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    parts = tuple(_cleaned(uow, entity.fields[n], values.get(n)) for n in names)
    return None if any(part is None for part in parts) else parts


def _cleaned(uow: UnitOfWork, field: Field, value: Any) -> Any:
    """Return a value as it is stored; None for nothing, and for what the write refuses anyway."""
    try:
        return None if value is None else field.spec.clean(value, uow.place)
    except BadValue:
        return None
