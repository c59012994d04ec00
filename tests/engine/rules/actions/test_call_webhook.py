"""The action call_webhook: what is sent, with which headers and secrets; what may not be called is refused at the publish."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import orjson
import pytest

from tenon.engine.outside import KeptCalls, KnownSecrets
from tenon.engine.releases import publish_documents
from tenon.engine.webhooks import subscriptions
from tenon.engine.webhooks.signing import is_signed, read_secret
from tenon.metamodel.errors import Invalid
from tenon.platform.boot import make_workers
from tenon.platform.web_client import SafeWebClient
from tests.engine.rules.world import LABEL, SYSTEM, Rules, note, rule

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CALL: dict[str, Any] = {
    "type": "call_webhook", "url": "https://example.com/in", "headers": {"X-From": "tenon"}, "secrets": {"Authorization": "erp_token"}, "signed_with": "sign",
    "body": {"text": "concat('New: ', name)", "seats": "seats", "who.name": "owner.name"},
}  # fmt: skip


def calls(w: Rules) -> list[dict[str, Any]]:
    http = w.platform.outside.http
    assert isinstance(http, KeptCalls)
    return http.calls


def test_values_headers_and_secrets_are_sent_signed(w: Rules) -> None:
    secrets = w.platform.outside.secrets
    assert isinstance(secrets, KnownSecrets)
    secrets.given |= {"erp_token": "Bearer hush", "sign": SECRET}
    w.publish(rule("call", "created", CALL))
    w.add("customer", name="Ann", seats=5)
    w.work()
    (call,) = calls(w)
    assert (call["method"], call["url"]) == ("POST", "https://example.com/in")
    assert orjson.loads(call["body"]) == {"text": "New: Ann", "seats": 5, "who": {"name": None}}
    assert (call["headers"]["X-From"], call["headers"]["Authorization"]) == ("tenon", "Bearer hush")
    assert is_signed([read_secret(SECRET)], call["headers"], call["body"], now=w.platform.outside.clock.real_now())
    assert "hush" not in str(w.runs())


def test_a_webhook_of_the_workspace_is_called_by_its_name(w: Rules) -> None:
    with w.platform.write() as uow:
        subscriptions.create(uow, SYSTEM, {"name": "erp", "url": "https://erp.example.com/in", "events": ["customer.deleted"], "role": "admin"})
    w.publish(rule("call", "created", {"type": "call_webhook", "webhook": "erp", "body": {"name": "name"}}))
    ann = w.add("customer", name="Ann")
    w.work()
    (call,) = calls(w)
    assert (call["url"], orjson.loads(call["body"])["data"]) == ("https://erp.example.com/in", {"entity": "customer", "id": ann, "name": "Ann"})


def test_what_may_not_be_called_or_is_not_said_is_refused(w: Rules) -> None:
    assert ("actions/0", "required") in w.refuses(rule("call", "created", {"type": "call_webhook"}))
    assert w.refuses(rule("call", "created", {**CALL, "body": {"a": "nothing"}})) == [("actions/0/body/a", "unknown_name")]
    publisher = replace(w.platform.publisher, outside=replace(w.platform.outside, http=SafeWebClient()))
    with pytest.raises(Invalid) as refused:
        publish_documents(publisher, SYSTEM, [{"label": LABEL, **rule("call", "created", {**CALL, "url": "http://127.0.0.1:8000/"})}])
    assert [(p.path, p.code) for p in refused.value.problems] == [("/rule/call/actions/0/url", "refused")]


class Waits:
    """Another side that answers only when it is let."""

    def __init__(self) -> None:
        self.asked, self.let = threading.Event(), threading.Event()

    def check(self, url: str) -> None:
        """Allow every address."""

    def request(self, *_args: Any, **_more: Any) -> tuple[int, bytes]:
        """Wait, then say that it is fine."""
        self.asked.set()
        self.let.wait(30)
        return 200, b""


def test_a_slow_other_side_holds_up_no_rule(w: Rules) -> None:
    http = Waits()
    w.platform.outside = replace(w.platform.outside, http=http)
    w.publish(rule("call", "created", CALL | {"secrets": {}, "signed_with": None}), rule("greet", {"type": "updated", "fields": ["seats"]}, note()))
    workers = make_workers(w.platform)
    try:
        for worker in workers:
            worker.start()
        ann = w.add("customer", name="Ann")
        assert http.asked.wait(30)
        w.change("customer", ann, seats=3)
        for _ in range(300):
            if w.states("greet") == ["done"]:
                break
            threading.Event().wait(0.05)
        assert (w.states("greet"), http.let.is_set()) == (["done"], False)
    finally:
        http.let.set()
        for worker in workers:
            worker.stop()
