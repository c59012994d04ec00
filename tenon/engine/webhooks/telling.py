"""Telling subscriptions what happened: deliveries are put into the outbox in the transaction in which it happens, ordered by record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tenon.engine.outbox import NewDelivery, deliveries, put_all
from tenon.engine.records.events import Written
from tenon.engine.scores.events import BandsMoved
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.payloads import readable_fields, reader, records_of, to_body
from tenon.engine.webhooks.subscriptions import Webhook, listening
from tenon.metamodel.model import Entity

KINDS = {"create": "created", "update": "updated", "delete": "deleted", "restore": "created"}
CHANNEL = "webhook"


def hear_webhooks(uow: UnitOfWork, event: Any) -> None:
    """Put a delivery for every subscription that waits for what happened, as far as its role may read the record; of what is only filled in nobody is told."""
    if uow.is_past or not isinstance(event, Written | BandsMoved) or not listening(uow):
        return
    if isinstance(event, Written):
        _tell(uow, event.entity, KINDS[event.action], event.ids, {id: {"changed": list(values)} for id, values in event.changed.items()} if event.action == "update" else {})
    elif any(f"{event.entity.id}.band_changed" in w.events for w in listening(uow)):
        score = next((d.name for d in uow.model.all("score") if d.id == event.score_id), event.score_id)
        facts = {m.record: {"score": score, "from": m.before, "to": m.after, "value": m.value, "was_value": m.was_value} for m in event.moves}
        _tell(uow, event.entity, "band_changed", list(facts), facts, _parts(event.entity, event.score_id))


def ping(uow: UnitOfWork, webhook: Webhook) -> str:
    """Put a delivery that only shows that calls arrive; return its id."""
    body = to_body("test.ping", uow.real_now, {"webhook": webhook.name})
    return put_all(uow.connection, [NewDelivery(CHANNEL, CHANNEL, "test.ping", {"body": body}, webhook.id)])[0]


def last_states(uow: UnitOfWork) -> dict[str, str]:
    """Return what became of the newest delivery of each subscription."""
    newest = select(deliveries.c.endpoint, deliveries.c.state).where(deliveries.c.channel == "webhook").order_by(deliveries.c.id.desc()).limit(500)
    found: dict[str, str] = {}
    for row in uow.connection.execute(newest):
        found.setdefault(row.endpoint, row.state)
    return found


def _parts(entity: Entity, score_id: str) -> dict[str, str]:
    """Return the names of the fields in which the band and the value of a score stand."""
    fields = {f.part: f.name for f in entity.fields.values() if f.origin == "score" and f.score == score_id}
    return {fact: fields[part] for fact, part in (("to", "band"), ("value", "score")) if part in fields}


def _as_read(fields: set[str], record: Mapping[str, Any], facts: Mapping[str, Any], parts: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the facts that stand in fields the role reads, as they are, on this record; None where its band is not among them."""
    told = dict(facts)
    for fact, others in (("to", ("from", "to")), ("value", ("value", "was_value"))):
        name = parts.get(fact)
        if name is not None and not (name in fields and name in record and not _differs(record[name], facts[fact])):
            told = {key: value for key, value in told.items() if key not in others}
    return told if not parts or "to" in told else None


def _differs(shown: Any, value: Any) -> bool:
    """Return whether a cell shows something else than its value, a mask say; what is rounded is the same."""
    return not isinstance(shown, Decimal | int | float) if isinstance(value, Decimal) else bool(shown != value)


def _tell(
    uow: UnitOfWork, entity: Entity, kind: str, ids: Collection[str], facts: Mapping[str, Mapping[str, Any]], parts: Mapping[str, str] | None = None
) -> None:  # fmt: skip
    wanted = [w for w in listening(uow) if f"{entity.id}.{kind}" in w.events]
    read: dict[str | None, tuple[set[str], dict[str, dict[str, Any]]]] = {}
    new: list[NewDelivery] = []
    for webhook in wanted:
        if webhook.role not in read:
            ctx = reader(uow, webhook.role)
            read[webhook.role] = (set(readable_fields(uow, ctx, entity)), records_of(uow, ctx, entity, ids)) if ctx is not None else (set(), {})
        fields, records = read[webhook.role]
        for id in ids:
            known = _as_read(fields, records[id], facts.get(id, {}), parts or {}) if id in records else None
            if known is not None:
                new.append(_delivery(uow, webhook, entity, kind, records[id], known, fields))
    if new:
        put_all(uow.connection, new)


def _delivery(uow: UnitOfWork, webhook: Webhook, entity: Entity, kind: str, record: Mapping[str, Any], facts: Mapping[str, Any], fields: set[str]) -> NewDelivery:
    known = {key: [name for name in value if name in fields] if key == "changed" else value for key, value in facts.items()}
    shown = {} if kind == "deleted" else {"record": record}
    body = to_body(f"{entity.name}.{kind}", uow.now, {"entity": entity.name, "id": record["id"], **known, **shown})
    name = f"{entity.name}.{kind}"
    return NewDelivery(CHANNEL, CHANNEL, name, {"body": body}, webhook.id, f"{webhook.id}:{record['id']}", None, entity.name, record["id"])
