"""Cells that name records of other entities: which key of the far entity a column holds, decided by what is found."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select

from tenon.engine.access.rights import Rights
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.model import Entity, Field

_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
ID = "id"


def choose_key(uow: UnitOfWork, rights: Rights, field: Field, texts: Collection[str], own: Mapping[str, Collection[str]]) -> str | None:
    """Return the field of the far entity by which most of the texts are found; "id" for ids, None when nothing is.

    ``own`` are the texts of the same file by field, when it holds the records that it refers to.
    """
    texts = list(dict.fromkeys(texts))[:500]
    if not texts:
        return None
    if sum(bool(_ID.match(t)) for t in texts) * 2 > len(texts):
        return ID
    if field.type.entity in ("user", "unit"):
        return "email" if field.type.entity == "user" else "name"
    target = uow.model.find_entity(field.type.entity) if field.type.entity else None
    if target is None:
        return None
    names = [name for name in _candidates(target) if rights.may_read(target, target.fields[name])]
    hits = {name: _hits(uow, target, target.fields[name], texts) + sum(t in own.get(name, ()) for t in texts) for name in names}
    best = max(hits, key=lambda name: hits[name], default=None)
    return best if best is not None and hits[best] else next(iter(hits), None)


def _candidates(target: Entity) -> list[str]:
    keys = [key[0] for key in target.keys if len(key) == 1]
    return list(dict.fromkeys([*keys, *([target.title] if target.title else [])]))


def _hits(uow: UnitOfWork, target: Entity, field: Field, texts: list[str]) -> int:
    table = uow.tables.of(target)
    values = [v for v in (_cleaned(uow, field, t) for t in texts) if v is not None]
    statement = select(func.count()).select_from(table).where(table.c[field.column].in_(values), table.c.deleted_at.is_(None))
    return int(uow.connection.execute(statement).scalar_one()) if values else 0


def _cleaned(uow: UnitOfWork, field: Field, text: str) -> Any:
    try:
        return field.spec.clean(text, uow.place)
    except BadValue:
        return None


def as_reference(key: str | None, value: Any) -> Any:
    """Return a cell as the writer takes it: an id, or ``{"<unique field>": value}``."""
    if isinstance(value, list | tuple):
        return [as_reference(key, v) for v in value]
    if key == ID or key is None or not isinstance(value, str):
        return value
    return {key: value}
