"""Webhooks over a real server: signed, as far as a role may read, in the order of the record, again until they arrive, off when nothing more is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tenon.engine import outbox
from tenon.engine.outbox.channels import webhook as channel
from tenon.engine.outside import fake_outside
from tenon.engine.webhooks import subscriptions
from tenon.engine.webhooks.signing import is_signed
from tenon.metamodel.errors import Invalid
from tenon.platform.boot import start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tenon.platform.web_client import SafeWebClient
from tests.engine.rules.world import SYSTEM, Rules
from tests.engine.webhooks.target import Target, serving
from tests.filling import MOMENT, Filling

READER = {
    "kind": "role", "name": "outside", "label": {"en": "Outside", "zh": "外部"},
    "grants": [{"entity": "thing", "actions": ["read"], "where": "size < 100", "read": ["name", "size"]}],
}  # fmt: skip
THING = {
    "kind": "entity", "name": "thing", "label": {"en": "Thing", "zh": "物品"}, "title": "name", "fields": [
        {"name": "name", "type": "text"}, {"name": "size", "type": "decimal"}, {"name": "secret", "type": "text"}, {"name": "story", "type": "long_text", "max_length": 100000},
    ],
}  # fmt: skip


def _open(database: Database, home: Path, moment: datetime, **client: Any) -> Rules:
    outside = replace(fake_outside(moment), http=SafeWebClient(**client))
    return Rules(start(Settings.load({"TENON_HOME": str(home), "TENON_TIMEZONE": "Asia/Shanghai"}), database, outside))


def _make(database: Database, home: Path) -> None:
    _open(database, home, MOMENT).publish(THING, READER)


@pytest.fixture
def filling() -> Filling:
    """An entity and a role that reads some of it."""
    return Filling("webhooks", _make)


@pytest.fixture
def w(database: Database, tmp_path: Path, moment: datetime) -> Rules:
    """The workspace; calls of this machine are allowed."""
    return _open(database, tmp_path, moment, allow_private=True)


@pytest.fixture
def target() -> Iterator[Target]:
    """The other side."""
    with serving() as found:
        yield found


def subscribe(w: Rules, target: Target, *events: str, role: str = "outside", **more: Any) -> str:
    with w.platform.write() as uow:
        listed = events or ("thing.created", "thing.updated", "thing.deleted")
        return subscriptions.create(uow, SYSTEM, {"url": target.url, "events": list(listed), "role": role, **more}).id


def states(w: Rules) -> list[str]:
    """Return the states of the deliveries, oldest first."""
    with w.platform.read() as uow:
        return [row["state"] for row in reversed(outbox.list_page(uow.connection))]


def again(w: Rules) -> None:
    """Let what failed be due now."""
    with w.platform.write() as uow:
        uow.connection.execute(update(outbox.deliveries).where(outbox.deliveries.c.state == "failed").values(next_at=None))
        outbox.call_all(uow.connection)
    w.work()


def test_what_a_role_may_read_is_told_signed_and_in_order(w: Rules, target: Target) -> None:
    hook = subscribe(w, target)
    one = w.add("thing", name="One", size="1.50", secret="hush")
    w.add("thing", name="Large", size=500)
    w.change("thing", one, name="Once", secret="tush")
    w.remove("thing", one)
    w.work()
    assert [(b["type"], b["data"].get("record", {}).get("name")) for b in target.bodies()] == [  # type: ignore[attr-defined]
        ("thing.created", "One"), ("thing.updated", "Once"), ("thing.deleted", None),
    ]  # fmt: skip
    assert [b["data"].get("changed") for b in target.bodies()] == [None, ["name"], None]  # type: ignore[attr-defined]
    assert b"ush" not in b"".join(body for _, body in target.came)
    assert b'"size":1.50' in target.came[0][1]
    with w.platform.read() as uow:
        keys = subscriptions.keys_of(uow, subscriptions.get(uow, hook))
        assert all(is_signed(keys, headers, body, now=uow.real_now) for headers, body in target.came)
    assert len(set(target.ids())) == 3


def test_what_fails_is_tried_again_under_its_id_and_others_of_the_record_wait(w: Rules, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "SECONDS", 0.3)
    subscribe(w, target)
    target.answers = ["slow", 500, 302, 200]
    one = w.add("thing", name="One", size=1)
    w.change("thing", one, size=2)
    w.work()
    assert states(w) == ["failed", "waiting"]
    again(w)
    again(w)
    assert states(w) == ["failed", "waiting"]
    again(w)
    assert states(w) == ["sent", "sent"]
    assert len(set(target.ids()[:4])) == 1
    assert len(set(target.ids())) == 2
    assert len(target.ids()) == 5
    assert [r["name"] for r in w.records("thing", "name")] == ["One"]


def test_who_wants_nothing_more_is_told_nothing_more(w: Rules, target: Target) -> None:
    hook = subscribe(w, target)
    target.answers = [410]
    one = w.add("thing", name="One", size=1)
    w.change("thing", one, size=2)
    w.work()
    assert states(w) == ["dead", "dead"]
    assert len(target.came) == 1
    with w.platform.read() as uow:
        found = subscriptions.get(uow, hook)
    assert (found.is_on, found.off_because) == (False, "gone")
    w.change("thing", one, size=3)
    assert len(states(w)) == 2
    with w.platform.write() as uow:
        subscriptions.change(uow, hook, {"active": True})
        assert outbox.replay_all(uow.connection, channel="webhook") == 2
    target.answers = [200]
    w.work()
    assert states(w) == ["sent", "sent"]


def test_a_huge_answer_is_cut_and_a_huge_record_too(w: Rules, target: Target) -> None:
    subscribe(w, target, role="admin")
    target.answers = ["huge"]
    w.add("thing", name="One", story="x" * 60_000)
    w.work()
    assert states(w) == ["sent"]
    with w.platform.read() as uow:
        assert len(outbox.list_page(uow.connection)[0]["answer"]["body"]) <= 2_000
    assert len(target.came[0][1]) < 20_000
    assert target.bodies()[0]["data"]["left_out"] == ["story"]  # type: ignore[index]


def test_a_change_of_secret_is_signed_with_both_and_nothing_is_told_of_what_was_taken_back(w: Rules, target: Target) -> None:
    hook = subscribe(w, target)
    with w.platform.write() as uow:
        before = subscriptions.keys_of(uow, subscriptions.get(uow, hook))
        subscriptions.rotate(uow, hook)
        assert subscriptions.keys_of(uow, subscriptions.get(uow, hook))[1:] == before
    with pytest.raises(Invalid):
        w.add("thing", name="One", size="much")
    assert states(w) == []
    w.add("thing", name="One", size=1)
    w.work()
    headers, body = target.came[0]
    assert is_signed(before, headers, body, now=datetime.now().astimezone())


def test_addresses_inside_are_refused_and_a_name_that_leads_there_is_harmless(database: Database, tmp_path: Path, moment: datetime, target: Target) -> None:
    w = _open(database, tmp_path, moment, resolve=lambda _host, _port: ["127.0.0.1"])
    for url in (target.url, "http://localhost/", "http://[::ffff:10.0.0.1]/", "ftp://example.com/", "http://169.254.169.254/latest", "https://u:p@example.com/"):
        with pytest.raises(Invalid), w.platform.write() as uow:
            subscriptions.create(uow, SYSTEM, {"url": url, "events": ["thing.created"], "role": "admin"})
    with w.platform.write() as uow:
        subscriptions.create(uow, SYSTEM, {"url": "http://inside.example.com/in", "events": ["thing.created"], "role": "admin"})
    w.add("thing", name="One")
    w.work()
    assert states(w) == ["dead"]
    assert target.came == []
