"""Hearing that usage events came: the rule is about the records that they belong to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from tenon.engine.access.resolver import environment
from tenon.engine.records.events import Written
from tenon.engine.rules.belonging import belongs
from tenon.engine.rules.book import Rule
from tenon.engine.rules.expressions import read
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.traces import MOST
from tenon.engine.sql.compiler import compile_condition
from tenon.engine.sql.sets import id_set
from tenon.engine.sql.source import Source
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.triggers.event import USAGE, Event


def hear(uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records that new events of the name belong to, those for which its condition holds; the last event of each is told."""
    trigger = rule.body.trigger
    usage = uow.model.entities.get(USAGE)
    if not isinstance(trigger, Event) or not isinstance(event, Written) or event.action != "create" or usage is None or event.entity.id != usage.id:
        return None
    ids = [i for i in event.ids if event.changed.get(i, {}).get("event", trigger.event) == trigger.event]
    if not ids:
        return None
    source = Source(environment(uow), usage)
    conditions = _conditions(uow, source, trigger)
    wanted = select(source.alias.c.id).select_from(source.from_clause).where(source.alias.c.id.in_(id_set(uow.dialect, ids)), *conditions)
    found = belongs(uow, usage, rule.entity, list(uow.connection.execute(wanted).scalars()))
    return Heard(list(dict.fromkeys(found.values())), facts={record: {"event": trigger.event, "event_id": id} for id, record in found.items()})


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records that events of the name between two moments belong to."""
    trigger, usage = rule.body.trigger, uow.model.entities.get(USAGE)
    if not isinstance(trigger, Event) or usage is None:
        return []
    source = Source(environment(uow), usage)
    time = source.alias.c[usage.fields[usage.time_field].column]
    wanted = select(source.alias.c.id, time.label("at")).select_from(source.from_clause).where(*_conditions(uow, source, trigger), time >= since, time < until)
    came = {row.id: row.at for row in uow.connection.execute(wanted.order_by(time.desc()).limit(MOST))}
    return [Past(record, came[id], {"event": trigger.event, "event_id": id}) for id, record in belongs(uow, usage, rule.entity, list(came)).items()]


def _conditions(uow: UnitOfWork, source: Source, trigger: Event) -> list[ColumnElement[bool]]:
    """Return the conditions of the events that are meant."""
    conditions: list[ColumnElement[bool]] = [source.alias.c[source.entity.fields["event"].column] == trigger.event, source.alias.c.deleted_at.is_(None)]
    if trigger.where:
        conditions.append(compile_condition(source, read(uow.model, source.entity, trigger.where, "boolean")))
    return conditions
