"""What was left behind by what happened: changes in the history of records, and what their values were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, cast, or_, select

from tenon.engine.history import history
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Past
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.fields.base import BadValue
from tenon.metamodel.model import Entity

MOST = 5_000
"""So many happenings are looked at, the newest."""


def changes(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime, action: str, fields: Sequence[str] = ()) -> Iterator[Past]:
    """Yield the changes of records of an entity between two moments, newest first; with ``fields`` (ids) those of one of them."""
    for row in uow.connection.execute(entries(rule.entity, since, until, fields).where(history.c.action == action).order_by(history.c.id.desc()).limit(MOST)):
        yield Past(row.record, row.at, changes=row.changes)


def entries(entity: Entity, since: datetime, until: datetime, fields: Sequence[str] = ()) -> Select[Any]:
    """Return the entries of the history of an entity between two moments, those of fields (ids) where some are named."""
    h = history.c
    wanted = select(h.record, h.at, h.changes, h.action, h.cause).where(h.entity == entity.id, h.at >= since, h.at < until)
    return wanted.where(or_(*[cast(h.changes, Text()).contains(f'"{each}"') for each in fields])) if fields else wanted


def value_then(uow: UnitOfWork, entity: Entity, name: str, stored: Any) -> Any:
    """Return a value of the history as the evaluator knows it."""
    field = entity.fields[name]
    if stored is None or field.targets or field.type.kind in ("choices", "list"):
        return tuple(stored) if isinstance(stored, list) else stored
    try:
        return field.spec.clean(stored, uow.place)
    except BadValue:
        return None
