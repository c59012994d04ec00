"""Marketing by mail: it says how to leave it, whoever leaves gets no more of it, and where it was not sent the log says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from tenon.engine.messages.unsubscribing import link_for
from tenon.engine.outbox.table import deliveries
from tenon.engine.outside import fake_outside
from tenon.platform.boot import start as open_workspace
from tenon.platform.database import Database
from tenon.platform.mail import open_mail
from tenon.platform.settings import Settings
from tenon.server import build
from tenon.ui.backend.effects import not_sent
from tests.engine.outbox.test_outbox import Post, free_port, serving
from tests.engine.rules.world import Rules, rule
from tests.engine.workflows.world import flow, passed, start
from tests.filling import MOMENT

BASE = "http://tenon.test"
BOTH = {"subject": {"en": "News for {{ record.name }}", "zh": "{{ record.name }} 的资讯"}, "body": {"en": "Dear {{ recipient }}", "zh": "{{ recipient }} 您好"}}
OFFER = {"kind": "message", "name": "offer", "channel": "email", "entity": "contact", "category": "marketing", **BOTH}
BILL = {**OFFER, "name": "bill", "category": "transactional", "subject": {"en": "Your bill"}}


def send(message: str, **more: Any) -> dict[str, Any]:
    return {"type": "send_message", "message": message, "to": "email", **more}


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def w(database: Database, tmp_path: Path, post: Post) -> Iterator[Rules]:
    """A workspace with a mail server on this machine."""
    port = free_port()
    outside = replace(fake_outside(MOMENT), mail=open_mail(f"smtp://127.0.0.1:{port}", "crm@x.test"), base_url=BASE)
    settings = Settings.load({"TENON_HOME": str(tmp_path), "TENON_TIMEZONE": "Asia/Shanghai", "TENON_BASE_URL": BASE})
    with serving(post, port):
        yield Rules(open_workspace(settings, database, outside))


def test_a_journey_stops_writing_to_whoever_presses_unsubscribe(w: Rules, post: Post) -> None:
    w.publish(OFFER, BILL)
    w.publish(flow("course", send("offer", id="one"), {"type": "wait", "for": "7 days"}, send("offer", id="two"), send("bill", id="three"), entity="contact", type="journey"))
    customers = w.add_all("customer", [{"name": "Ann AG"}, {"name": "Ann Ltd"}])
    ann, twin = w.add_all("contact", [{"name": "Ann", "email": each, "customer": c, "consent": ["phone", "email"]} for c, each in zip(customers, ("Ann@x.test", "ann@x.test"), strict=True)])
    silent = w.add("contact", name="Bo", email="bo@x.test", customer=customers[0])
    began = start(w, "course", ann, silent)
    [mail] = post.messages
    assert (mail["To"], mail["Subject"]) == ("Ann@x.test", "News for Ann")
    [link] = re.findall(rf"<({BASE}/unsubscribe/[\w-]+\?lang=en)>", str(mail["List-Unsubscribe"]))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in mail.get_body(("plain",)).get_content()
    assert f'href="{link}"' in mail.get_body(("html",)).get_content()
    with TestClient(build(w.platform), base_url=BASE, follow_redirects=False) as stranger:
        page = stranger.get(link)
        assert (page.status_code, "A***@x.test" in page.text, "Ann@x.test" in page.text) == (200, True, False)
        assert w.records("contact", "consent")[0]["consent"] == ["phone", "email"]  # whoever only looks changes nothing
        assert "确认退订" in stranger.get(link.replace("lang=en", "lang=zh")).text
        pressed = stranger.post(link, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "null", "Sec-Fetch-Site": "cross-site"})
        assert (pressed.status_code, "You are unsubscribed" in pressed.text) == (200, True)
        head, _, token = link.partition("?")[0].rpartition("/")
        for guess in ("A" * len(token), f"{'A' if token[0] != 'A' else 'B'}{token[1:]}"):
            wrong = stranger.get(f"{head}/{guess}")
            assert (wrong.status_code, "does not work any more" in wrong.text) == (404, True)
        assert stranger.get(f"{BASE}/unsubscribe/é%00").status_code == 404
        assert stranger.post(link, data={"x": "y" * 5_000}).status_code == 422
    found = {row["id"]: row for row in w.records("contact", "consent", "unsubscribed_at")}
    assert all((found[each]["consent"], found[each]["unsubscribed_at"] is None) == (["phone"], False) for each in (ann, twin))
    assert found[silent]["unsubscribed_at"] is None
    assert w.causes(ann)[-1] == {"kind": "form", "label": "unsubscribe", "depth": 0}
    w.pass_time(days=8)
    w.work()
    # The bill is no marketing: it goes on, also to whoever agreed to nothing, and says nothing of leaving.
    assert sorted((m["To"], m["Subject"], m["List-Unsubscribe"]) for m in post.messages[1:]) == [("Ann@x.test", "Your bill", None), ("bo@x.test", "Your bill", None)]
    assert sorted((r["recipient"], r["message"], r["state"], r["error"]) for r in w.records("message_log", "recipient", "message", "state", "error")) == [
        ("Ann@x.test", "bill", "sent", None), ("Ann@x.test", "offer", "sent", None), ("Ann@x.test", "offer", "suppressed", "unsubscribed"),
        ("bo@x.test", "bill", "sent", None), ("bo@x.test", "offer", "suppressed", "no consent"), ("bo@x.test", "offer", "suppressed", "no consent"),
    ]  # fmt: skip
    assert [step for step, _ in passed(w, began[0])][:1] == ["one"]


def test_who_leaves_while_it_waits_gets_nothing_and_may_come_back(w: Rules, post: Post) -> None:
    w.publish(OFFER)
    w.publish(rule("tell", "created", send("offer"), entity="contact"))
    post.busy = 1
    ann = w.add("contact", name="Ann", email="ann@x.test", customer=w.add("customer", name="A"), consent=["email"])
    w.work()
    assert post.messages == []
    with w.platform.read() as uow:
        link = link_for(uow, uow.model.get_entity("contact"), ann, "zh")
    with TestClient(build(w.platform), base_url=BASE, follow_redirects=False) as stranger:
        assert "您已退订" in stranger.post(link, data={"what": "leave"}).text
        clock: Any = w.platform.outside.clock
        clock.ahead += timedelta(minutes=2)
        w.work()
        assert post.messages == []
        assert [r["state"] for r in w.records("message_log", "state")] == ["suppressed"]
        with w.platform.read() as uow:
            [problem] = uow.connection.execute(select(deliveries.c.problem)).scalars()
        assert "Not sent: whoever should get it has unsubscribed." in str(problem)
        assert stranger.post(link, data={"what": "back"}, headers={"Origin": "https://evil.test"}).status_code == 403
        assert "已重新订阅" in stranger.post(link, data={"what": "back"}).text
    [row] = w.records("contact", "consent", "unsubscribed_at")
    assert (row["consent"], row["unsubscribed_at"]) == (["email"], None)
    w.change("contact", ann, do_not_contact=True)
    w.publish(BILL, rule("bill", "updated", send("bill"), entity="contact"))
    w.change("contact", ann, name="Anna")
    w.work()
    assert post.messages == []
    effect = w.runs("bill")[-1]["effects"][0]
    assert effect["sent"][0]["refused"] == "do_not_contact"
    assert [not_sent(effect, language) for language in ("en", "zh")] == [("Not sent to Anna: wants no contact",), ("未发送给 Anna：不接受任何联系",)]


def test_marketing_goes_nowhere_that_cannot_refuse_it(w: Rules) -> None:
    entity = {"kind": "entity", "name": "lead", "title": "name", "fields": [{"name": "name", "type": "text"}, {"name": "email", "type": "email"}]}
    w.publish(entity, {**OFFER, "entity": "lead"})
    tell = rule("tell", "created", send("offer"), entity="lead")
    assert ("actions/0/to/field", "required") in w.refuses(tell)
    w.publish({**entity, "fields": [*entity["fields"], {"name": "unsubscribed", "type": "boolean"}]})
    assert w.refuses(tell) == []
