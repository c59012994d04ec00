"""The page of what goes out."""

from __future__ import annotations

from starlette.testclient import TestClient

from tenon.engine import outbox
from tenon.engine.outbox import NewDelivery
from tenon.metamodel.errors import Problem
from tenon.metamodel.labels import say
from tests.ui.conftest import Site

HOSTILE = "<script>alert(1)</script>"


def test_the_queue_says_why_and_when_and_tries_again(member: TestClient, site: Site) -> None:
    assert "Nothing went out yet" in member.get("/admin/outgoing").text
    with site.platform.write() as uow:
        new = [NewDelivery("message", "email", f"{HOSTILE}{n}", {"to": "x"}, endpoint="e", cause={"kind": "rule", "label": HOSTILE}) for n in range(52)]
        ids = outbox.put_all(uow.connection, new)
        outbox.suspend(uow.connection, "email", "e", Problem("", "refused", say("It is gone.", "对方不存在。")), real_now=uow.real_now)
    page = member.get("/admin/outgoing").text
    assert page.count('id="delivery-') == 50
    assert "It is gone." in page
    assert "Try 52 dead letters again?" in page
    assert "dead letters again?" not in member.get("/admin/outgoing?channel=webhook").text
    assert "<script>alert" not in page
    assert member.get(f"/admin/outgoing?state=dead&after={ids[2]}").text.count('id="delivery-') == 2
    assert "Nothing found" in member.get("/admin/outgoing?state=sent").text
    answer = member.post(f"/admin/outgoing/{ids[0]}/retry", data={"next": "/admin/outgoing?state=dead"})
    assert answer.headers["Location"] == "/admin/outgoing?state=dead"
    waiting = member.get("/admin/outgoing?state=waiting").text
    assert waiting.count('id="delivery-') == 1
    assert "every 5s" in waiting
    member.post("/admin/outgoing/retry", data={"channel": ""})
    with site.platform.read() as uow:
        assert outbox.counts(uow.connection) == {"waiting": 52}
    assert "对方不存在。" not in member.get("/admin/outgoing", headers={"Accept-Language": "zh"}).text
