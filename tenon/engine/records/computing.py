"""Computing what fields get: the values of expressions for many records, from one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from tenon.engine.access.resolver import environment
from tenon.engine.access.rights import Rights
from tenon.engine.sql.compiler import compile_value
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.sql.values import from_db
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.errors import Invalid
from tenon.metamodel.expressions.check import check
from tenon.metamodel.model import Entity
from tenon.metamodel.types import Type


def compute(
    uow: UnitOfWork, rights: Rights, entity: Entity, texts: Mapping[str, str], ids: Sequence[str], *, target: Entity | None = None, path: str = "",
) -> dict[str, dict[str, Any]]:
    """Return the values of expressions for records, from one statement, as a caller would send them for fields of these names.

    The fields are those of ``target``, without one those of the entity. Raises Invalid, with ``path`` before the names.
    """
    target = target or entity
    if not texts:
        return {}
    source = Source(environment(uow, rights), entity)
    names, types, columns = list(texts), [], []
    for name in names:
        try:
            expression = check(texts[name], rights.scope(entity), _expected_type(target, name))
        except Invalid as error:
            raise error.at(f"{path}/{name}/expr") from None
        types.append(expression.type)
        columns.append(compile_value(source, expression))
    statement = select(source.alias.c.id, *columns).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, ids)))
    found: dict[str, dict[str, Any]] = {}
    for item_id, *cells in uow.connection.execute(statement):
        found[item_id] = {n: as_sent(target, n, from_db(t, c)) for n, t, c in zip(names, types, cells, strict=True)}
    return found


def _expected_type(entity: Entity, name: str) -> Type | None:
    field = entity.fields.get(name)
    return Type(field.type.kind) if field is not None and field.type.kind in ("number", "boolean", "date", "datetime", "text") else None


def as_sent(entity: Entity, name: str, value: Any) -> Any:
    """Return a computed value as a caller would send it."""
    field = entity.fields.get(name)
    if value is None or field is None:
        return None
    if field.storage.kind == "exact":
        return str(round(value, field.storage.scale))
    if field.storage.kind == "integer":
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else list(value) if isinstance(value, tuple) else value
