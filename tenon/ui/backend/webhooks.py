"""Webhooks for administrators: who is told of what, how it went, and the addresses at which rules are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from tenon.engine.context import ADMIN
from tenon.engine.releases import steps
from tenon.engine.webhooks import incoming, subscriptions
from tenon.engine.webhooks.signing import show_secret
from tenon.engine.webhooks.subscriptions import EVENTS, Webhook
from tenon.engine.webhooks.telling import last_states, ping
from tenon.metamodel.errors import Invalid, Problem
from tenon.metamodel.labels import say
from tenon.platform import audit
from tenon.platform.rights import require_admin
from tenon.ui.backend import outgoing
from tenon.ui.backend.base import View, id_of
from tenon.ui.shapes import Choice
from tenon.ui.webhook_shapes import EventRow, HookPage, WebhookPage, WebhookRow

SHOWN, LONGEST_SAMPLE = 20, 20_000


def listed(view: View) -> tuple[WebhookRow, ...]:
    """Return all webhooks. Raises Forbidden."""
    require_admin(view.ctx)
    last = last_states(view.uow)
    return tuple(_row(view, each, last.get(each.id)) for each in subscriptions.every(view.uow))


def page(view: View, id: str | None, sent: Mapping[str, Any] | None = None) -> WebhookPage:
    """Return one webhook, or what a new one can be; ``sent`` is what was refused. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    found = subscriptions.get(view.uow, id_of(id)) if id else None
    stored = frozenset(subscriptions.event_names(view.model, found.events)) if found is not None else frozenset[str]()
    chosen = frozenset(sent["events"]) if sent is not None else stored
    scored = {score.body.entity for score in view.model.all("score")}
    rows = [
        EventRow(e.name, e.label.show(view.language), tuple(k for k in EVENTS if k != "band_changed" or {e.id, e.name} & scored), frozenset(k for k in EVENTS if f"{e.name}.{k}" in chosen))
        for e in view.model.entities.values() if not e.is_system
    ]  # fmt: skip
    rows.sort(key=lambda row: (not row.chosen, row.label))
    roles = (Choice(ADMIN, say("Everything", "全部数据").show(view.language)), *(Choice(d.name, d.label.show(view.language)) for d in view.model.all("role")))
    role = str(sent["role"]) if sent is not None else subscriptions.role_name(view.model, found.role) or "" if found is not None else ""
    shown = _row(view, found, None) if found is not None else None
    return WebhookPage(shown, tuple(rows), roles, role, outgoing.of_endpoint(view, "webhook", found.id, SHOWN) if found is not None else None)


def create(view: View, values: Mapping[str, Any]) -> tuple[str, str]:
    """Make a webhook and return its id and, this once, its secret. Raises Forbidden, Invalid."""
    require_admin(view.ctx)
    made = subscriptions.create(view.uow, view.ctx, values)
    _note(view, "create", made)
    return made.id, _secret(view, made)


def change(view: View, id: str, values: Mapping[str, Any]) -> None:
    """Change a webhook. Raises Forbidden, NotFound, Invalid."""
    require_admin(view.ctx)
    _note(view, "change", subscriptions.change(view.uow, id_of(id), values))


def rotate(view: View, id: str) -> str:
    """Give a webhook another secret and return it, this once. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    found = subscriptions.rotate(view.uow, id_of(id))
    _note(view, "rotate", found)
    return _secret(view, found)


def remove(view: View, id: str) -> None:
    """Delete a webhook. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    found = subscriptions.get(view.uow, id_of(id))
    subscriptions.remove(view.uow, found.id)
    _note(view, "delete", found)


def try_out(view: View, id: str) -> None:
    """Send a test call. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    ping(view.uow, subscriptions.get(view.uow, id_of(id)))


def hook_page(view: View, name: str) -> HookPage:
    """Return the address of a rule. Raises Forbidden, NotFound, Invalid."""
    require_admin(view.ctx)
    document = incoming.rule_with_hook(view.uow, name)
    found = incoming.hook_of(view.uow, document.id)
    at = (found["created_at"], found["last_at"]) if found is not None else (None, None)
    return HookPage(name, document.label.show(view.language), document.body.trigger.signed, *at)


def sample_of(view: View, name: str) -> str:
    """Return the sample of what is sent to a rule, as it is drafted. Raises Forbidden, NotFound."""
    require_admin(view.ctx)
    sample = (steps.look(view.uow.connection, view.ctx, view.model, "rule", name).document.get("trigger") or {}).get("sample")
    return orjson.dumps(sample, option=orjson.OPT_INDENT_2).decode() if sample is not None else ""


def keep_sample(view: View, name: str, text: str) -> None:
    """Keep a sample of what is sent in the draft of a rule. Raises Forbidden, NotFound, Conflict, Invalid."""
    require_admin(view.ctx)
    trigger = steps.look(view.uow.connection, view.ctx, view.model, "rule", name).document.get("trigger") or {}
    try:
        sample = orjson.loads(text) if text.strip() else None
    except orjson.JSONDecodeError as error:
        message = say("This is no JSON.", "这不是有效的 JSON。")
        raise Invalid(Problem("/sample", "bad_format", message, say("Paste the body of a call as it is sent.", "请粘贴一次调用的原始内容。"))) from error
    if trigger.get("type") != "webhook" or len(text) > LONGEST_SAMPLE:
        message = say("No call wakes this rule, or the sample is longer than {n} characters.", "该规则不由外部调用触发，或示例超过 {n} 个字符。", n=LONGEST_SAMPLE)
        raise Invalid(Problem("/sample", "refused", message, say("Paste a short one.", "请粘贴较短的示例。")))
    steps.operate(view.uow.connection, view.ctx, view.model, "rule", name, [{"op": "set", "at": "/trigger/sample", "value": sample}], now=view.uow.now)


def close_hook(view: View, name: str) -> None:
    """Take the address of a rule away. Raises Forbidden, NotFound, Invalid."""
    require_admin(view.ctx)
    document = incoming.rule_with_hook(view.uow, name)
    incoming.close(view.uow, document.id)
    audit.write(view.uow.connection, view.ctx, "hook.close", "rule", document.id, {"rule": name})


def _row(view: View, webhook: Webhook, last: str | None) -> WebhookRow:
    role = subscriptions.role_name(view.model, webhook.role)
    document = view.model.find("role", role) if role is not None else None
    label = document.label.show(view.language) if document is not None else say("Everything", "全部数据").show(view.language) if role == ADMIN else None
    events = tuple(subscriptions.event_names(view.model, webhook.events))
    return WebhookRow(webhook.id, webhook.name, webhook.url, label, webhook.is_on, webhook.off_because is not None, last, events)


def _secret(view: View, webhook: Webhook) -> str:
    return show_secret(subscriptions.keys_of(view.uow, webhook)[0])


def _note(view: View, what: str, webhook: Webhook) -> None:
    audit.write(view.uow.connection, view.ctx, f"webhook.{what}", "webhook", webhook.id, {"name": webhook.name, "url": webhook.url})
