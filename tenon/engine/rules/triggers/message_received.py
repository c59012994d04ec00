"""Hearing that messages came in: rows of the log that are incoming, and comments that are not internal."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import false, select

from tenon.engine.records.events import Written
from tenon.engine.rules.belonging import belongs
from tenon.engine.rules.book import Rule
from tenon.engine.rules.heard import Heard, Past
from tenon.engine.rules.traces import MOST
from tenon.engine.sql.sets import id_set
from tenon.engine.unit_of_work import UnitOfWork
from tenon.metamodel.model import Entity
from tenon.metamodel.triggers.message_received import COMMENT, MessageReceived


def hear(uow: UnitOfWork, rule: Rule, event: Any) -> Heard | None:
    """Return the records that the messages which came in belong to; the last message of each is told."""
    trigger = rule.body.trigger
    if not isinstance(trigger, MessageReceived) or not isinstance(event, Written) or event.action != "create" or event.entity.name not in trigger.HEARS:
        return None
    is_comment = event.entity.name == COMMENT
    if trigger.channel is not None and (trigger.channel == COMMENT) != is_comment:
        return None
    came = _came_in(uow, event.entity, event.ids, None if is_comment else trigger.channel)
    found = belongs(uow, event.entity, rule.entity, list(came))
    facts = {record: {"channel": came[id], "message_entity": event.entity.name, "message": id} for id, record in found.items()}
    return Heard(list(facts), facts=facts)


def _came_in(uow: UnitOfWork, entity: Entity, ids: Collection[str], channel: str | None) -> dict[str, str]:
    """Return those of some messages that came from outside, with their channels."""
    table, fields = uow.tables.of(entity), entity.fields
    wanted = select(table.c.id).where(table.c.id.in_(id_set(uow.dialect, ids)))
    if entity.name == COMMENT:
        internal = fields.get("is_internal")
        wanted = wanted.where(table.c[internal.column].is_(False) if internal is not None else false())
        return dict.fromkeys(uow.connection.execute(wanted.order_by(table.c.id)).scalars(), COMMENT)
    direction, by = fields.get("direction"), fields["channel"]
    wanted = wanted.where(table.c[direction.column] == "in" if direction is not None else false())
    if channel is not None:
        wanted = wanted.where(table.c[by.column] == channel)
    return {row[0]: row[1] for row in uow.connection.execute(wanted.add_columns(table.c[by.column]).order_by(table.c.id))}


def past(uow: UnitOfWork, rule: Rule, since: datetime, until: datetime) -> list[Past]:
    """Return the records that the messages which came in between two moments belong to."""
    trigger = rule.body.trigger
    assert isinstance(trigger, MessageReceived)
    found: list[Past] = []
    for entity in [e for name in trigger.HEARS if (e := uow.model.entities.get(name)) is not None]:
        is_comment = entity.name == COMMENT
        if trigger.channel is not None and (trigger.channel == COMMENT) != is_comment:
            continue
        table = uow.tables.of(entity)
        wanted = select(table.c.id, table.c.created_at).where(table.c.created_at >= since, table.c.created_at < until).order_by(table.c.id.desc()).limit(MOST)
        when = {row.id: row.created_at for row in uow.connection.execute(wanted)}
        came = _came_in(uow, entity, list(when), None if is_comment else trigger.channel)
        found += [Past(record, when[id], {"channel": came[id], "message": id}) for id, record in belongs(uow, entity, rule.entity, list(came)).items()]
    return found
