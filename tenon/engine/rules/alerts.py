"""The alerts that are open about records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from tenon.engine.rules.work import Work
from tenon.engine.sql.sets import id_set
from tenon.metamodel.model import Entity

CLOSED = "closed"


@dataclass(frozen=True)
class OpenAlert:
    """An alert that nobody closed."""

    id: str
    record: str
    level: str | None


def open_alerts(work: Work, alert: Entity, ids: Sequence[str], *, type_: str, rule: str) -> dict[str, OpenAlert]:
    """Return the open alert of a type and a rule for each record that has one; they are held until the end of the transaction."""
    return {found.record: found for found in _find(work, alert, ids, type=type_, rule=rule)}


def open_alert_ids(work: Work, alert: Entity, ids: Sequence[str], *, type_: str | None) -> dict[str, list[str]]:
    """Return the open alerts about each record, of one type or of all."""
    found: dict[str, list[str]] = {each: [] for each in ids}
    for each in _find(work, alert, ids, **({"type": type_} if type_ else {})):
        found[each.record].append(each.id)
    return found


def _find(work: Work, alert: Entity, ids: Sequence[str], **wanted: Any) -> Iterator[OpenAlert]:
    table = work.uow.tables.of(alert)
    column = {name: table.c[alert.fields[name].column] for name in ("record", "state", "level", *wanted)}
    conditions = [column["record"].in_(id_set(work.uow.dialect, ids)), table.c.deleted_at.is_(None), column["state"] != CLOSED]
    conditions += [column[name] == value for name, value in wanted.items()]
    statement = select(table.c.id, column["record"], column["level"]).where(*conditions).order_by(table.c.id).with_for_update()
    for row in work.uow.connection.execute(statement):
        yield OpenAlert(*row)
