"""The alerts that are open about records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity, Model

NAME, CLOSED, OPEN, SNOOZED, IN_PROGRESS = "alert", "closed", "open", "snoozed", "in_progress"
NEEDED = ("record", "state", "level", "type", "rule")


@dataclass(frozen=True)
class OpenAlert:
    """An alert that nobody closed; ``recovered_at``: its cause has ceased since."""

    id: str
    record: str
    level: str | None
    state: str | None
    rule: str | None
    escalated_by: str | None = None
    recovered_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """True when its cause ceased and nobody is at it: what comes next is another alert."""
        return self.recovered_at is not None and self.state == OPEN


def alert_entity(model: Model) -> Entity | None:
    """Return the entity of alerts, None where no app has one."""
    found = model.entities.get(NAME)
    return found if found is not None and all(name in found.fields for name in NEEDED) else None


def hold(uow: UnitOfWork, entity: Entity, ids: Sequence[str]) -> None:
    """Hold records until the end of the transaction: nobody else raises an alert about them meanwhile."""
    if uow.dialect == "postgresql" and ids:
        table = uow.tables.of(entity)
        uow.connection.execute(select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids))).order_by(table.c.id).with_for_update(key_share=True)).all()


def standing(uow: UnitOfWork, alert: Entity, ids: Sequence[str], *, type_: str, rule: str, level: str) -> dict[str, OpenAlert]:
    """Return for each record the open alert of a type that a rule raised or made worse; for a red cause also a yellow one that another raised."""
    found: dict[str, OpenAlert] = {}
    for each in _find(uow, alert, ids, type=type_):
        is_own = rule in (each.rule, each.escalated_by)
        if (is_own or (level == "red" and each.level == "yellow")) and (is_own or each.record not in found):
            found[each.record] = each
    return found


def open_alert_ids(uow: UnitOfWork, alert: Entity, ids: Sequence[str], *, type_: str | None, lock: bool = True) -> dict[str, list[str]]:
    """Return the open alerts about each record, of one type or of all."""
    found: dict[str, list[str]] = {each: [] for each in ids}
    for each in _find(uow, alert, ids, lock=lock, **({"type": type_} if type_ else {})):
        found[each.record].append(each.id)
    return found


def _find(uow: UnitOfWork, alert: Entity, ids: Sequence[str], *, lock: bool = True, **wanted: Any) -> Iterator[OpenAlert]:
    table = uow.tables.of(alert)
    more = [name for name in ("escalated_by", "recovered_at") if name in alert.fields]
    column = {name: table.c[alert.fields[name].column] for name in (*NEEDED, *more)}
    conditions = [column["record"].in_(id_set(uow.dialect, ids)), table.c.deleted_at.is_(None), or_(column["state"] != CLOSED, column["state"].is_(None))]
    conditions += [column[name] == value for name, value in wanted.items()]
    statement = select(table.c.id, *(column[name].label(name) for name in ("record", "level", "state", "rule", *more))).where(*conditions).order_by(table.c.id)
    for row in uow.connection.execute(statement.with_for_update() if lock else statement).mappings():
        yield OpenAlert(**row)
