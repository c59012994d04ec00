"""Webhooks: the payload is ``body``, for a subscription; or besides ``url``, ``method``, ``headers`` and ``secrets`` of a rule that calls by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tenon.engine.context import ADMIN, system_context
from tenon.engine.notices.telling import notice_entity
from tenon.engine.outbox.queue import suspend
from tenon.engine.outbox.table import Delivery
from tenon.engine.outside import Outside
from tenon.engine.people import users_with_roles
from tenon.engine.records import writing
from tenon.engine.unit_of_work import UnitOfWork
from tenon.engine.webhooks.signing import headers, read_secret
from tenon.engine.webhooks.subscriptions import get, keys_of, switch_off
from tenon.metamodel.errors import Invalid, NotFound, Problem, TenonError, Unavailable
from tenon.metamodel.labels import Text, say

LABEL = Text("Webhook", "Webhook")
SECONDS = 20.0
GONE, TOO_LONG = 410, 2_000
ENDED = "gone"


@dataclass(frozen=True)
class _Target:
    """Where a call goes, and what it is signed with."""

    url: str
    keys: list[bytes]
    headers: dict[str, str]
    method: str = "POST"


def ready(uow: UnitOfWork, row: Delivery) -> _Target:
    """Return where it goes. Raises Invalid for a subscription that is off or gone, and for a secret that is not there."""
    url = row.payload.get("url")
    if url is None:
        return _subscribed(uow, row.endpoint)
    sent: dict[str, str] = dict(row.payload.get("headers") or {})
    for name, secret in (row.payload.get("secrets") or {}).items():
        sent[name] = uow.outside.secret(secret)
    signed_with = row.payload.get("signed_with")
    try:
        keys = [read_secret(uow.outside.secret(signed_with))] if signed_with else []
    except ValueError as error:
        message = say("The secret {name} is not one to sign with.", "密钥 {name} 不能用于签名。", name=str(signed_with))
        raise Invalid(Problem("", "refused", message, say("It begins with whsec_ and goes on in base64.", "应以 whsec_ 开头并为 base64。"))) from error
    return _Target(str(url), keys, sent, str(row.payload.get("method") or "POST"))


def deliver(outside: Outside, row: Delivery) -> dict[str, Any]:
    """Call the address; whatever is no 2xx has failed, and redirects are not followed."""
    target: _Target = row.ready
    body = str(row.payload["body"]).encode() if target.method != "GET" else b""
    sent = {**target.headers, "Content-Type": "application/json", "User-Agent": "Tenon-Webhooks/1", **headers(target.keys, row.id, outside.clock.real_now(), body)}
    if not target.keys:
        sent.pop("webhook-signature")
    status, content = outside.http.request(target.method, target.url, headers=sent, body=body, timeout=SECONDS)
    answer = {"status": status, "body": content[:TOO_LONG].decode("utf-8", "replace").replace("\x00", "")}
    if 200 <= status < 300:
        return answer
    raise _failed(status, answer)


def ended(uow: UnitOfWork, row: Delivery, state: str, problem: Problem | None) -> None:
    """Turn a subscription off that wants nothing more, and tell administrators."""
    if state != "dead" or problem is None or problem.code != ENDED or row.payload.get("url") is not None:
        return
    try:
        webhook = get(uow, row.endpoint)
    except NotFound:
        return
    if webhook.is_on:
        switch_off(uow, webhook.id, ENDED)
        suspend(uow.connection, row.channel, row.endpoint, problem, real_now=uow.outside.clock.real_now())
        _tell_administrators(uow, webhook.name)


def _subscribed(uow: UnitOfWork, id: str) -> _Target:
    hint = say("Turn it on, then try again.", "请启用后重试。")
    try:
        webhook = get(uow, id)
    except NotFound as error:
        raise Invalid(Problem("", "refused", say("This webhook is no more.", "该 Webhook 已不存在。"), hint)) from error
    if not webhook.is_on:
        raise Invalid(Problem("", "refused", say("This webhook is off.", "该 Webhook 已停用。"), hint))
    return _Target(webhook.url, keys_of(uow, webhook), {})


class _NotTaken(Unavailable):
    """An answer that is no 2xx: another attempt may help."""

    answer: dict[str, Any] | None = None


class _NoMore(Invalid):
    """The other side wants nothing more."""

    answer: dict[str, Any] | None = None


def _failed(status: int, answer: dict[str, Any]) -> TenonError:
    """Return what an answer means that is no 2xx: another attempt may help, unless nothing more is wanted."""
    error: _NotTaken | _NoMore
    if status == GONE:
        error = _NoMore(Problem("", ENDED, say("The other side wants nothing more (410).", "对方不再接收（410）。"), say("It was turned off.", "已停用。")))
    elif 300 <= status < 400:
        message = say("The other side redirects ({status}), which is not followed.", "对方要求重定向（{status}），不会跟随。", status=status)
        error = _NotTaken(Problem("", "failed", message, say("Write the address it leads to.", "请填写重定向后的地址。")))
    else:
        message = say("The other side answered {status}.", "对方返回 {status}。", status=status)
        error = _NotTaken(Problem("", "failed", message, say("It is tried again.", "将自动重试。")))
    error.answer = answer
    return error


def _tell_administrators(uow: UnitOfWork, name: str) -> None:
    entity = notice_entity(uow)
    if entity is None:
        return
    title = say("The webhook {name} was turned off: the other side wants nothing more.", "Webhook {name} 已停用：对方不再接收。", name=name)
    for person in users_with_roles(uow.connection, [ADMIN]):
        writing.create(uow, system_context(), entity, {"recipient": person, "owner": person, "title": title.show("en")[:200], "level": "warning"})
