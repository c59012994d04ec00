"""Calling another system: the call goes through the outbox, so that the rule waits for nobody."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tenon.engine.outbox import NewDelivery, put_all
from tenon.engine.rules.work import Work
from tenon.engine.webhooks.payloads import to_body, to_text, values_of
from tenon.engine.webhooks.subscriptions import every
from tenon.metamodel.actions.call_webhook import CallWebhook
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say


def run(work: Work, action: CallWebhook) -> dict[str, Any]:
    """Put a call for each record into the outbox, those of a record one after the other."""
    uow, entity = work.uow, work.entity
    values = values_of(uow, work.rights, entity, action.body, work.ids)
    plain = {record: {"entity": entity.name, "id": record} for record in work.ids}
    if action.webhook is not None:
        endpoint, more = _subscription(work, action.webhook), {}
    else:
        address = str(action.url)
        endpoint = urlsplit(address).netloc.rpartition("@")[2][:200]
        more = {"url": address, "method": action.method, "headers": dict(action.headers), "secrets": dict(action.secrets), "signed_with": action.signed_with}
    new = []
    for record in work.ids:
        said = {**plain[record], **values.get(record, {})} if action.webhook is not None else values.get(record) or plain[record]
        body = to_body(f"{entity.name}.{work.doer.name}", uow.now, said) if action.webhook is not None else to_text(nested(said))
        cause = {"kind": work.doer.kind, "id": work.doer.id, "label": work.doer.label.show(work.language)}
        new.append(NewDelivery("webhook", "webhook", f"{action.method} {endpoint}", {"body": body, **more}, endpoint, f"{work.doer.id}:{record}", cause, entity.name, record))
    ids = put_all(uow.connection, new)
    return {record: {"delivery": id} for record, id in zip(work.ids, ids, strict=True)}


def nested(values: dict[str, Any]) -> dict[str, Any]:
    """Return values with those under dotted names inside one another: ``customer.name`` is in ``customer``."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        place, (*steps, last) = made, name.split(".")
        for step in steps:
            inner = place.setdefault(step, {})
            place = inner if isinstance(inner, dict) else place
        place[last] = value
    return made


def _subscription(work: Work, name: str) -> str:
    found = next((each.id for each in every(work.uow) if each.name == name), None)
    if found is None:
        message = say("There is no webhook {name}.", "没有 Webhook {name}。", name=name)
        raise Invalid(Problem("/webhook", "unknown_name", message, say("Make it among the webhooks of the workspace.", "请先在工作区的 Webhook 中新建。")))
    return found
