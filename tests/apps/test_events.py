"""Events of use from other products: four shapes, each event once, those of unknown customers wait and are matched when these appear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.cursors import write_cursor
from tenon.engine.jobs import get
from tenon.engine.outside import fake_outside
from tenon.engine.waiting.hearing import MOST_KEYS, put_matching
from tenon.engine.waiting.table import ANY_KEY, Wanted
from tenon.platform.boot import make_worker, start
from tenon.platform.database import Database
from tenon.platform.settings import Settings
from tests.apps.conftest import Apps
from tests.filling import MOMENT, Filling

URL = "/api/v1/events"
Clients = Callable[..., TestClient]


def _install(database: Database, home: Path) -> None:
    Apps(start(Settings.load({"TENON_HOME": str(home)}), database, fake_outside(MOMENT)), fake_outside(MOMENT).clock).install("core")  # type: ignore[arg-type]


@pytest.fixture
def filling() -> Filling:
    """Customer core without records."""
    return Filling("core", _install)


@pytest.fixture
def sync(apps: Apps, client_of: Clients) -> TestClient:
    """A token that may only synchronise data."""
    return client_of("sync@x.cn", "core_sync")


def track(event: str, at: str = "2026-03-01T08:00:00Z", **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": event, "timestamp": at, **more}


def counts(answer: Any) -> tuple[int, ...]:
    assert answer.status_code == 200, answer.text
    return tuple(answer.json()[n] for n in ("accepted", "duplicates", "waiting", "ignored", "refused"))


def work(apps: Apps) -> None:
    make_worker(apps.platform).run_until_idle()


def stored(apps: Apps) -> list[tuple[Any, ...]]:
    found = apps.records("usage_event", "customer", "contact", "event", "feature", "at", "user_key", "message_id", sort=["message_id"])
    return [(r["customer"]["title"], (r["contact"] or {}).get("title"), r["event"], r["feature"], r["at"], r["user_key"], r["message_id"]) for r in found]


def test_each_shape_lands_in_the_same_place(apps: Apps, sync: TestClient) -> None:
    acme = apps.add("customer", name="Acme", managed_by="crm", external_id="A-1")
    apps.add("contact", customer=acme, name="Li", email="li@acme.cn")
    apps.add("source_link", system="product", external_id="77", record={"entity": "customer", "id": acme})
    moment = 1_772_352_000  # 2026-03-01T08:00:00Z
    segment = [
        track("login", userId="LI@acme.cn", messageId="m1"), {"type": "page", "name": "Pricing", "anonymousId": "x", "context": {"groupId": "A-1"}, "messageId": "m2",
         "timestamp": "2026-03-01T16:00:00+08:00"},
    ]  # fmt: skip
    assert counts(sync.post(URL, json={"batch": segment, "sentAt": "2026-03-01T08:00:01Z"})) == (2, 0, 0, 0, 0)
    mixpanel = [{"event": "report", "properties": {"time": moment, "distinct_id": "u9", "$insert_id": "m3", "company_id": "77", "feature": "reports", "pages": 3}}]
    assert counts(sync.post(URL, json=mixpanel)) == (1, 0, 0, 0, 0)
    share = {"event_type": "share", "user_id": "li@acme.cn", "time": moment * 1000, "insert_id": "m4", "event_properties": {"qty": 2}}
    amplitude = {"api_key": "k", "events": [{**share, "groups": {"plan": "pro", "company": "A-1"}}]}
    assert counts(sync.post(URL, json=amplitude)) == (1, 0, 0, 0, 0)
    pendo = {"type": "track", "event": "export", "visitorId": "v1", "accountId": 77, "timestamp": moment * 1000, "properties": {"plan": "pro"}, "context": {}, "messageId": "m5"}
    assert counts(sync.post(f"{URL}?system=product", json=pendo)) == (1, 0, 0, 0, 0)
    at = "2026-03-01T08:00:00Z"
    assert [(*row[:4], row[4].replace("+00:00", "Z"), *row[5:]) for row in [(r[0], r[1], r[2], r[3], str(r[4]), r[5], r[6]) for r in stored(apps)]] == [
        ("Acme", "Li", "login", None, at, "LI@acme.cn", "m1"), ("Acme", None, "page", "Pricing", at, "x", "m2"), ("Acme", None, "report", "reports", at, "u9", "m3"),
        ("Acme", "Li", "share", None, at, "li@acme.cn", "m4"), ("Acme", None, "export", None, at, "v1", "m5"),
    ]  # fmt: skip
    assert [r["properties"] for r in apps.records("usage_event", "properties", sort=["message_id"])] == [None, None, {"feature": "reports", "pages": 3}, {"qty": 2}, {"plan": "pro"}]


def test_a_message_counts_once_whether_it_is_stored_waits_or_comes_twice_in_a_call(apps: Apps, sync: TestClient) -> None:
    apps.add("customer", name="Acme", code="C-9")
    batch = [track("login", groupId="C-9", messageId="a"), track("login", groupId="C-9", messageId="a"), track("login", groupId="nobody", messageId="b")]
    assert counts(sync.post(URL, json=batch)) == (1, 1, 1, 0, 0)
    assert counts(sync.post(URL, json=batch)) == (0, 3, 0, 0, 0)
    assert len(stored(apps)) == 1
    kept = {"Idempotency-Key": "k1"}
    first, again = (sync.post(URL, json=track("login", groupId="C-9"), headers=kept) for _ in range(2))
    assert (first.json(), again.headers["idempotent-replayed"]) == (again.json(), "true")
    assert len(stored(apps)) == 2


def test_events_of_unknown_customers_wait_and_are_stored_when_these_appear(apps: Apps, sync: TestClient) -> None:
    batch = [track("login", groupId="G7", messageId=f"g{i}") for i in range(3)] + [track("login", userId="Wang@new.cn", messageId="w1"), track("open", groupId="C-1", messageId="c1")]
    assert counts(sync.post(URL, json=batch)) == (0, 0, 5, 0, 0)
    assert stored(apps) == []
    neu = apps.add("customer", name="Neu", code="C-1")
    work(apps)
    assert [row[-1] for row in stored(apps)] == ["c1"]
    apps.add("source_link", system="product", external_id="G7", record={"entity": "customer", "id": neu})
    work(apps)
    apps.add("contact", customer=neu, name="Wang", email="wang@new.cn")
    work(apps)
    assert [(row[0], row[1], row[-1]) for row in stored(apps)] == [("Neu", None, "c1"), ("Neu", None, "g0"), ("Neu", None, "g1"), ("Neu", None, "g2"), ("Neu", "Wang", "w1")]
    assert counts(sync.post(URL, json=batch)) == (0, 5, 0, 0, 0)


def test_identify_and_group_leave_external_numbers_and_change_no_field(apps: Apps, sync: TestClient) -> None:
    acme = apps.add("customer", name="Acme")
    apps.add("contact", customer=acme, name="Li", email="li@acme.cn")
    said = [
        {"type": "identify", "userId": "u1", "traits": {"email": "li@acme.cn", "name": "Li Lei"}}, {"type": "identify", "userId": "u2", "traits": {"email": "han@acme.cn"}},
        {"type": "identify", "userId": "u3", "traits": {"plan": "pro"}}, {"type": "alias", "previousId": "a", "userId": "b"},
    ]  # fmt: skip
    assert counts(sync.post(f"{URL}?system=app", json=said)) == (1, 0, 1, 2, 0)
    assert counts(sync.post(f"{URL}?system=app", json=[{"type": "group", "userId": "u1", "groupId": "G1", "traits": {}}, track("login", groupId="G1")])) == (2, 0, 0, 0, 0)
    work(apps)
    assert counts(sync.post(f"{URL}?system=app", json=[track("login", userId="u1", messageId="1"), track("login", userId="u2", messageId="2")])) == (1, 0, 1, 0, 0)
    apps.add("contact", customer=acme, name="Han", email="han@acme.cn")
    work(apps)
    assert [(r["system"], r["external_id"], r["record"]["title"]) for r in apps.records("source_link", "system", "external_id", "record")] == [
        ("app", "u1", "Li"), ("app", "G1", "Acme"), ("app", "u2", "Han"),
    ]  # fmt: skip
    assert [(row[0], row[1], row[-1]) for row in stored(apps)] == [("Acme", "Li", "1"), ("Acme", "Han", "2"), ("Acme", None, None)]
    assert [r["name"] for r in apps.records("contact", "name")] == ["Li", "Han"]


def test_events_get_the_feature_that_is_said_of_them_now_and_again_later(apps: Apps, sync: TestClient, client_of: Clients) -> None:
    apps.add("customer", name="Acme", code="C-9")
    for pattern, feature in (("report_*", "reports"), ("report_live_*", "live"), ("report_old", "archive")):
        apps.add("event_feature", pattern=pattern, feature=feature)
    names = ("report_view", "report_live_start", "report_old", "login")
    sync.post(URL, json=[track(name, groupId="C-9", messageId=name, properties={"feature": "own"}) for name in names])
    assert {row[2]: row[3] for row in stored(apps)} == {"report_view": "reports", "report_live_start": "live", "report_old": "archive", "login": "own"}
    apps.add("event_feature", pattern="log*", feature="account")
    assert sync.post(f"{URL}/features/apply").status_code == 403
    job = client_of("root@x.cn", "admin").post(f"{URL}/features/apply")
    assert job.status_code == 202
    work(apps)
    assert sync.get("/api/v1/records/usage_event?search=account").json()["records"][0]["event"] == "login"
    assert {row[2]: row[3] for row in stored(apps)}["login"] == "account"
    assert client_of("r2@x.cn", "admin").get(job.headers["location"]).json()["result"] == {"events": 4, "changed": 1}


def test_what_cannot_be_read_is_named_and_the_rest_is_taken(apps: Apps, sync: TestClient, client_of: Clients) -> None:
    apps.add("customer", name="Acme", code="C-9")
    batch = [
        track("login", groupId="C-9"), {"type": "track", "groupId": "C-9"}, track("login"), track("login", at="soon", groupId="C-9"), {"type": "sing", "event": "la"}, 7,
        track("x" * 101, groupId="C-9"), {"event": "a", "properties": {"distinct_id": ["u", "v"]}}, track("big", groupId="C-9", properties={"t": "x" * 9_000}), {},
    ]  # fmt: skip
    answer = sync.post(URL, json=batch)
    assert counts(answer) == (1, 0, 0, 0, 9)
    assert [(r["index"], r["errors"][0]["path"], r["errors"][0]["code"]) for r in answer.json()["results"]] == [
        (1, "/1/event", "required"), (2, "/2/userId", "required"), (3, "/3/timestamp", "bad_format"), (4, "/4/type", "bad_choice"), (5, "/5", "wrong_type"),
        (6, "/6/event", "too_long"), (7, "/7/properties/distinct_id", "wrong_type"), (8, "/8/properties", "too_long"), (9, "/9", "required"),
    ]  # fmt: skip
    assert all(e["message"] and e["hint"] for r in answer.json()["results"] for e in r["errors"])
    one = sync.post(URL, json={"type": "track", "groupId": "C-9"}, headers={"Accept-Language": "zh-CN"})
    assert (one.status_code, one.json()["errors"][0]["path"], one.json()["errors"][0]["message"]) == (422, "/event", "缺少 event。")
    many = sync.post(URL, json=[track("login", groupId="C-9")] * 2_001)
    assert (many.status_code, many.json()["errors"][0]["code"]) == (422, "over_limit")
    assert sync.post(URL, content=b"x" * (17 << 20), headers={"Content-Type": "application/json"}).status_code == 413
    assert sync.post(URL, content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert len(stored(apps)) == 1


def test_only_who_may_add_usage_sends_it_and_nothing_is_found_that_may_not_be_read(apps: Apps, client_of: Clients) -> None:
    apps.add("customer", name="Acme", code="C-9")
    event = track("login", groupId="C-9", messageId="m")
    assert client_of("r@x.cn", "core_reader").post(URL, json=event).status_code == 403
    assert client_of("n@x.cn").post(URL, json=event).status_code in (403, 404)
    assert stored(apps) == []


def test_counts_over_7_30_and_90_days_equal_a_count_by_hand(apps: Apps, sync: TestClient, client_of: Clients) -> None:
    apps.add("customer", name="Acme", code="C-9")
    ages = {"login": (0, 1, 6, 8, 29, 31, 89, 91), "report": (2, 2, 40), "share": (10,)}
    moments = [(name, age, (MOMENT.timestamp() - age * 86_400 - 3_600) * 1_000) for name, listed in ages.items() for age in listed]
    sent = [{"type": "track", "event": name, "groupId": "C-9", "timestamp": at, "properties": {"feature": f"f_{name}"}} for name, _, at in moments]
    assert counts(sync.post(URL, json=sent)) == (12, 0, 0, 0, 0)
    for days, events, logins, features in ((7, 5, 3, 2), (30, 8, 5, 3), (90, 11, 7, 3)):
        assert (events, logins, features) == (
            sum(age <= days for _, age, _ in moments), sum(age <= days for name, age, _ in moments if name == "login"), len({n for n, age, _ in moments if age <= days}),
        )  # fmt: skip
        expressions = [
            f"count(usage_events, where=at >= days_ago({days}))", f"count(usage_events, where=at >= days_ago({days}) and event == 'login')",
            f"distinct(usage_events.feature, where=at >= days_ago({days}))",
        ]  # fmt: skip
        found = [
            client_of(f"{days}.{n}@x.cn", "admin").post("/api/v1/expressions/evaluate", json={"entity": "customer", "record": apps.records("customer")[0]["id"], "expression": text}).json()
            for n, text in enumerate(expressions)
        ]  # fmt: skip
        assert [each.get("value", each) for each in found] == [events, logins, features]


def test_a_pattern_of_many_stars_takes_no_time(apps: Apps, sync: TestClient) -> None:
    apps.add("customer", name="Acme", code="C-1")
    apps.add("event_feature", pattern="*a" * 30 + "*b", feature="slow")
    apps.add("event_feature", pattern="a*b*c", feature="some")
    apps.add("event_feature", pattern="*.opened", feature="opened")
    apps.add("event_feature", pattern="ab**bc", feature="inside")
    events = [track(name, groupId="C-1", messageId=str(n)) for n, name in enumerate(("a" * 90, "a" * 90 + "b", "report.opened", "abc", "abxbc", "opened"))]
    assert counts(sync.post(URL, json=events)) == (6, 0, 0, 0, 0)
    assert [row[3] for row in stored(apps)] == [None, "slow", "opened", "some", "inside", None]


def test_very_many_keys_of_one_transaction_are_looked_for_among_all(apps: Apps) -> None:
    with apps.platform.write() as uow:
        for start in (0, MOST_KEYS // 2):
            job = put_matching(uow, [Wanted("customer", ANY_KEY, "", str(start + n)) for n in range(MOST_KEYS // 2)])
        assert len(get(uow.connection, job)["payload"]["keys"]) == MOST_KEYS
        assert put_matching(uow, [Wanted("customer", ANY_KEY, "", "more")]) == job
        assert get(uow.connection, job)["payload"] == {"keys": None}
    work(apps)
    with apps.platform.read() as uow:
        assert get(uow.connection, job)["state"] == "done"


def test_what_no_database_keeps_is_refused_alone(apps: Apps, sync: TestClient) -> None:
    apps.add("customer", name="Acme", code="C-1")
    nul = "a\x00b@new.cn"
    batch = [
        track("login", groupId="C-1"), track("login", groupId="G9", properties={"said": [nul]}), track("login", groupId="G9", properties={nul: 1}),
        {"type": "identify", "userId": "u1", "traits": {"email": nul}}, {"type": "group", "groupId": "G9", "traits": {"code": nul}},
    ]  # fmt: skip
    answer = sync.post(URL, json=batch)
    assert counts(answer) == (1, 0, 0, 0, 4)
    assert [(r["errors"][0]["path"], r["errors"][0]["code"]) for r in answer.json()["results"]] == [
        ("/1/properties", "bad_format"), ("/2/properties", "bad_format"), ("/3/traits", "bad_format"), ("/4/traits", "bad_format"),
    ]  # fmt: skip


def test_a_cursor_of_waiting_keys_that_is_none_is_refused(apps: Apps, client_of: Clients) -> None:
    root = client_of("root@x.cn", "admin")
    for wrong in (write_cursor(["a\x00", "b", "c", "d"]), write_cursor(["a", 1, "c", "d"]), "é", ""):
        assert root.get("/api/v1/waiting", params={"after": wrong}).status_code == 400, wrong
