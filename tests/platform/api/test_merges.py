"""Merging over HTTP: what follows, what is chosen, what is refused, who may, and that a merge is taken back whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.records.emptying import empty_trash
from tenon.platform.workspace import Platform
from tests.filling import Filling
from tests.platform.api.conftest import Caller, codes, publish_all
from tests.shop import SHOP_FILLING

BASE = "/api/v1/records"
CHANGING = ("version", "updated_at", "updated_by")
OF = ("customer", "order", "a_line", "product", "activity")


@pytest.fixture
def filling() -> Filling:
    """The documents of the shop."""
    return SHOP_FILLING


@pytest.fixture
def boss(caller: Caller) -> TestClient:
    """Somebody who may merge."""
    return caller("boss@tenon.example", "boss")


def make(client: TestClient, entity: str, **values: Any) -> str:
    answer = client.post(f"{BASE}/{entity}", json=values)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def get(client: TestClient, entity: str, id: str) -> dict[str, Any]:
    answer = client.get(f"{BASE}/{entity}/{id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def merge(client: TestClient, id: str, *absorbed: str, entity: str = "customer", **more: Any) -> Any:
    return client.post(f"{BASE}/{entity}/{id}/merge", json={"absorb": list(absorbed), **more})


def everything(client: TestClient) -> dict[str, list[dict[str, Any]]]:
    """Return all records of the shop as they are shown, without what every write moves."""
    found = {}
    for entity in OF:
        records = client.get(f"{BASE}/{entity}", params={"limit": "500", "sort": "id"}).json()["records"]
        found[entity] = [{k: v for k, v in get(client, entity, r["id"]).items() if k not in CHANGING} for r in records]
    return found


def undo(client: TestClient, batch: str, entity: str = "customer") -> Any:
    return client.post(f"{BASE}/{entity}/undo", json={"batch": batch})


def test_everything_follows_and_comes_back(boss: TestClient) -> None:
    tea, cup = make(boss, "product", name="Tea", price=3), make(boss, "product", name="Cup", price=4)
    above = make(boss, "customer", name="Above")
    a = make(boss, "customer", name="Acme", email="a@acme.example", words=["old"], favourites=[tea], seats=7)
    b = make(boss, "customer", name="ACME Ltd", email="b@acme.example", phone="+86 138 0013 8000", words=["new"], favourites=[cup, tea], parent=above, seats=9)
    c = make(boss, "customer", name="Acme Co", weight="1.5", parent=b)
    below = make(boss, "customer", name="Below", parent=b)
    for customer, number, amount in ((a, "1", 10), (b, "2", 20), (b, None, 30), (c, "3", 40)):
        make(boss, "order", customer=customer, number=number, amount=amount, ordered_at="2026-01-05")
    lines = [make(boss, "a_line", customer=b, text="x"), make(boss, "a_line", customer=c, text="y")]
    call = make(boss, "activity", text="call", about={"entity": "customer", "id": c})
    gone = make(boss, "activity", text="gone", about={"entity": "customer", "id": b})
    assert boss.delete(f"{BASE}/activity/{gone}").status_code == 204
    assert boss.post(f"{BASE}/customer/{b}/follow", json={}).status_code == 200
    before = everything(boss)
    assert get(boss, "customer", a)["orders_total"] == 10

    done = merge(boss, a, b, c, choose={"email": b, "seats": c})
    assert done.status_code == 200, done.text
    record = done.json()
    assert record["id"] == a
    assert done.headers["etag"] == f'"{record["version"]}"'
    assert (record["name"], record["code"]) == ("Acme", get(boss, "customer", a)["code"])  # its own stay
    assert (record["email"], record["seats"]) == ("b@acme.example", 5)  # chosen: the key is free, for its record went first
    assert (record["phone"], record["weight"]) == ("+8613800138000", 1.5)  # filled
    assert record["parent"]["id"] == above
    assert record["words"] == ["old", "new"]
    assert [p["title"] for p in record["favourites"]] == ["Tea", "Cup"]
    assert (record["orders_total"], record["orders_count"], record["price_of_favourites"]) == (100, 4, 7)
    assert get(boss, "customer", below)["parent"] == {"id": a, "title": "Acme"}
    assert {get(boss, "a_line", each)["customer"]["id"] for each in lines} == {a}
    assert get(boss, "activity", call)["about"] == {"entity": "customer", "id": a, "title": "Acme"}
    assert get(boss, "product", cup)["sold"] == 1
    assert boss.get(f"{BASE}/customer/{a}/follow").json() == {"following": True}
    assert boss.post(f"{BASE}/activity/{gone}/restore").json()["about"]["id"] == a  # also what lay in the trash
    assert boss.delete(f"{BASE}/activity/{gone}").status_code == 204

    moved = boss.get(f"{BASE}/customer/{b}?fields=name")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{BASE}/customer/{a}?fields=name")
    assert [r["id"] for r in boss.get(f"{BASE}/customer", params={"sort": "id"}).json()["records"]] == [above, a, below]
    told = boss.get(f"{BASE}/customer/{a}/history").json()["history"]
    assert (told[0]["action"], sorted(m["title"] for m in told[0]["merged"]), told[0]["batch"]) == ("merge", ["ACME Ltd", "Acme Co"], record["batch"])
    events = boss.get(f"{BASE}/customer/{a}/timeline", params={"types": "change", "limit": "100"}).json()["timeline"]
    assert {e["of"]["title"] for e in events if "of" in e} == {"ACME Ltd", "Acme Co"}
    assert [e["action"] for e in boss.get(f"{BASE}/customer/{b}/history").json()["history"]][-1] == "create"
    refused = boss.post(f"{BASE}/customer/{b}/restore")
    assert (refused.status_code, codes(refused)) == (409, [("", "blocked")])

    back = undo(boss, record["batch"])
    assert back.status_code == 200, back.text
    assert back.json()["kept"] == []
    assert everything(boss) == before
    assert boss.get(f"{BASE}/customer/{a}/follow").json() == {"following": False}
    assert boss.post(f"{BASE}/activity/{gone}/restore").json()["about"]["id"] == b
    assert undo(boss, record["batch"]).status_code == 409
    again = merge(boss, b, a)
    assert again.status_code == 200, again.text
    assert again.json()["name"] == "ACME Ltd"


def test_what_was_changed_since_stays_and_is_told(boss: TestClient) -> None:
    a, b, other = (make(boss, "customer", name=name) for name in ("A", "B", "Other"))
    assert boss.patch(f"{BASE}/customer/{b}", json={"note": "from B", "phone": "+8613800138000"}).status_code == 200
    stays, moves = make(boss, "order", customer=b, number="1", amount=1), make(boss, "order", customer=b, number="2", amount=2)
    batch = merge(boss, a, b).json()["batch"]
    assert boss.patch(f"{BASE}/order/{moves}", json={"customer": other}).status_code == 200
    assert boss.patch(f"{BASE}/order/{stays}", json={"amount": 5}).status_code == 200
    assert boss.patch(f"{BASE}/customer/{a}", json={"note": "mine"}).status_code == 200
    new = make(boss, "order", customer=a, number="3", amount=3)
    back = undo(boss, batch).json()
    assert sorted((k["entity"], k["id"], k["field"]) for k in back["kept"]) == [("customer", a, "note"), ("order", moves, "customer")]
    assert (get(boss, "customer", a)["note"], get(boss, "customer", a)["phone"]) == ("mine", None)
    assert (get(boss, "customer", b)["note"], get(boss, "customer", b)["orders_total"]) == ("from B", 5)
    assert get(boss, "order", moves)["customer"]["id"] == other
    assert (get(boss, "order", stays)["customer"]["id"], get(boss, "order", new)["customer"]["id"]) == (b, a)


def test_merges_one_after_the_other(boss: TestClient) -> None:
    a, b, c = (make(boss, "customer", name=name) for name in "ABC")
    order = make(boss, "order", customer=a, number="1", amount=1)
    first = merge(boss, b, a).json()["batch"]
    second = merge(boss, c, b).json()["batch"]
    assert boss.get(f"{BASE}/customer/{a}").headers["location"] == f"{BASE}/customer/{c}"
    assert codes(undo(boss, first)) == [("/batch", "conflict")]
    assert undo(boss, second).status_code == 200
    assert get(boss, "order", order)["customer"]["id"] == b
    assert undo(boss, first).status_code == 200
    assert get(boss, "order", order)["customer"]["id"] == a


def test_what_is_gone_for_good_still_leads_on(boss: TestClient, platform: Platform) -> None:
    a, b = make(boss, "customer", name="A"), make(boss, "customer", name="B")
    batch = merge(boss, a, b).json()["batch"]
    with platform.write() as uow:
        assert empty_trash(uow, uow.now + timedelta(days=1)) == 1
    assert boss.get(f"{BASE}/customer/{b}").headers["location"] == f"{BASE}/customer/{a}"
    assert boss.get(f"{BASE}/customer/{b}/history").status_code == 404
    assert boss.get(f"{BASE}/customer/{a}/history").json()["history"][0]["merged"] == []
    assert boss.get(f"{BASE}/customer/{a}/timeline").status_code == 200
    assert codes(undo(boss, batch)) == [("/batch", "conflict")]


def test_keys_that_both_have(boss: TestClient) -> None:
    a, b = make(boss, "customer", name="A"), make(boss, "customer", name="B")
    kept, left = make(boss, "order", customer=a, number="7", amount=1), make(boss, "order", customer=b, number="7", amount=2)
    line = make(boss, "a_line", order=left, text="hangs on it")
    refused = merge(boss, a, b)
    assert (refused.status_code, codes(refused)) == (409, [("/absorb", "not_unique")])
    assert "7" in refused.json()["errors"][0]["message"]
    assert get(boss, "order", left)["customer"]["id"] == b
    assert boss.delete(f"{BASE}/a_line/{line}").status_code == 204
    batch = merge(boss, a, b).json()["batch"]
    assert boss.get(f"{BASE}/order/{left}").status_code == 404  # the survivor's stays, the other went with its customer
    assert get(boss, "customer", a)["orders_total"] == 1
    assert undo(boss, batch).status_code == 200
    assert (get(boss, "order", left)["customer"]["id"], get(boss, "order", kept)["customer"]["id"]) == (b, a)


def test_nothing_is_written_when_refused(boss: TestClient, admin: TestClient, caller: Caller) -> None:
    top = make(boss, "customer", name="Top")
    a, b = make(boss, "customer", name="A", parent=top), make(boss, "customer", name="B")
    assert boss.patch(f"{BASE}/customer/{top}", json={"parent": b}).status_code == 200
    visit = [make(admin, "visit", text=t) for t in "xy"]
    wrong: list[tuple[Any, int, list[tuple[str, str]]]] = [
        ({}, 422, [("/absorb", "required")]), ({"absorb": []}, 422, [("/absorb", "required")]), ({"absorb": "x"}, 422, [("/absorb", "wrong_type")]),
        ({"absorb": [a]}, 422, [("/absorb", "not_unique")]), ({"absorb": [b, b]}, 422, [("/absorb", "not_unique")]),
        ({"absorb": [b] * 21}, 422, [("/absorb", "too_long")]), ({"absorb": ["0" * 36]}, 404, [("", "no_such_record")]),
        ({"absorb": [b], "choose": {"nothing": b}}, 422, [("/choose/nothing", "unknown_field")]),
        ({"absorb": [b], "choose": {"orders_total": b, "created_at": b}}, 422, [("/choose/orders_total", "read_only"), ("/choose/created_at", "read_only")]),
        ({"absorb": [b], "choose": {"note": top}}, 422, [("/choose/note", "bad_choice")]), ({"absorb": [b], "choose": []}, 422, [("/choose", "wrong_type")]),
        ({"absorb": [b]}, 409, [("/absorb", "would_break")]),  # noticed last, when all had followed
        ({"absorb": [b], "more": 1}, 422, [("/more", "unknown_field")]),
    ]
    before = everything(boss)
    for body, status, problems in wrong:
        answer = boss.post(f"{BASE}/customer/{a}/merge", json=body)
        assert (answer.status_code, codes(answer)) == (status, problems), body
    assert codes(merge(admin, *visit, entity="visit")) == [("", "forbidden")]
    assert boss.post(f"{BASE}/customer/{a}/merge", json={"absorb": [top]}, headers={"If-Match": '"7"'}).status_code == 412
    assert everything(boss) == before
    key = {"Idempotency-Key": "once"}
    first, again = (boss.post(f"{BASE}/customer/{b}/merge", json={"absorb": [top]}, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, first.json()["batch"]) == (200, 200, again.json()["batch"])


def test_who_may(boss: TestClient, caller: Caller) -> None:
    clerk = caller("clerk@tenon.example", "clerk")
    mine, other = make(clerk, "customer", name="Mine"), make(clerk, "customer", name="Other")
    theirs = make(boss, "customer", name="Theirs")
    assert codes(merge(clerk, mine, other)) == [("", "forbidden")]
    assert merge(clerk, mine, other).status_code == 403
    batch = merge(boss, mine, other).json()["batch"]
    assert undo(clerk, batch).status_code == 403
    assert clerk.get(f"{BASE}/customer/{other}").headers["location"] == f"{BASE}/customer/{mine}"
    assert [e["action"] for e in clerk.get(f"{BASE}/customer/{other}/history").json()["history"]] == ["delete", "create"]
    second = merge(boss, theirs, mine).json()["batch"]
    assert clerk.get(f"{BASE}/customer/{other}").status_code == 404  # they do not see where it leads
    assert clerk.get(f"{BASE}/customer/{other}/history").status_code == 404
    assert undo(caller("second@tenon.example", "boss"), second).status_code == 404
    assert undo(boss, second).status_code == 200


def test_what_one_does_not_see_does_not_come_out(platform: Platform, boss: TestClient, caller: Caller) -> None:
    all_ = ["read", "create", "update", "delete", "merge"]
    publish_all(platform, {"kind": "role", "name": "own_only", "label": {"en": "Own"}, "grants": [
        {"entity": "customer", "actions": all_, "where": "owner == user.id"},
    ]}, {"kind": "role", "name": "partly", "label": {"en": "Partly"}, "grants": [
        {"entity": "customer", "actions": all_, "where": "owner == user.id", "hide": ["note"], "mask": ["phone"]},
        {"entity": "customer", "actions": [a for a in all_ if a != "create"], "read": ["name"], "write": ["name"]},
    ]})  # fmt: skip
    own = caller("own@tenon.example", "own_only")
    assert merge(own, make(own, "customer", name="Own"), make(boss, "customer", name="Not own")).status_code == 404
    some = caller("some@tenon.example", "partly")
    mine = make(some, "customer", name="Mine")
    theirs = make(boss, "customer", name="Theirs", email="secret@theirs.example", note="hidden", phone="+8613800138000")
    order = make(boss, "order", customer=theirs, number="1", amount=1)
    for name, code in (("note", "unknown_field"), ("phone", "read_only"), ("email", "unknown_field")):
        assert codes(merge(some, mine, theirs, choose={name: theirs})) == [(f"/choose/{name}", code)], name
    done = merge(some, mine, theirs, choose={"name": theirs})
    assert done.status_code == 200, done.text
    assert "secret" not in done.text
    assert (done.json()["name"], done.json().get("email")) == ("Theirs", None)
    record = get(boss, "customer", mine)
    assert (record["note"], record["phone"], record["email"]) == ("hidden", None, None)  # as unseen as before; the others would have become seen, or masked
    assert "secret" not in some.get(f"{BASE}/customer/{mine}/timeline").text
    assert "secret" not in some.get(f"{BASE}/customer/{theirs}/history").text
    assert get(boss, "order", order)["customer"]["id"] == mine
    assert undo(some, done.json()["batch"]).status_code == 200
    assert get(boss, "customer", theirs)["email"] == "secret@theirs.example"
    assert get(boss, "customer", mine)["note"] is None


def test_keys_of_records_out_of_sight_are_not_told(platform: Platform, boss: TestClient, caller: Caller) -> None:
    grants = [{"entity": "customer", "actions": ["read", "create", "update", "delete", "merge"]}]
    publish_all(platform, {"kind": "role", "name": "customers_only", "label": {"en": "Customers only"}, "grants": grants}, {
        "kind": "role", "name": "own_orders", "label": {"en": "Own orders"}, "grants": [*grants, {"entity": "order", "actions": ["read"], "where": "amount == 2"}],
    })  # fmt: skip
    a, b = make(boss, "customer", name="A"), make(boss, "customer", name="B")
    for number in ("71", "72", "73"):
        make(boss, "order", customer=a, number=number, amount=1)
        left = make(boss, "order", customer=b, number=number, amount=2 if number == "73" else 1)
        make(boss, "a_line", order=left, text="hangs on it")
    for role, told in (("customers_only", None), ("own_orders", "1 ")):
        refused = merge(caller(f"{role}@tenon.example", role), a, b)
        assert (refused.status_code, codes(refused)) == (409, [("/absorb", "not_unique")])
        text = refused.json()["errors"][0]["message"]
        assert not any(secret in text for secret in ("71", "72", "3 "))
        assert ("rder" in text, told is None or told in text, "73" in text) == (told is not None, True, told is not None), text
