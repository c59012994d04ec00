"""Records over HTTP: statuses, headers, addresses and bodies that cannot be, files, and what a large write answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.recompute import touch
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.filling import Filling
from tests.platform.api.conftest import Caller, codes
from tests.shop import SHOP_FILLING

BASE = "/api/v1/records"


@pytest.fixture
def filling() -> Filling:
    """The documents of the shop."""
    return SHOP_FILLING


def made(answer: Any) -> dict[str, Any]:
    """Return the record that was made."""
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_one_record_lives_through_its_calls(admin: TestClient) -> None:
    answer = admin.post(f"{BASE}/customer", json={"name": "A", "arr": "12.50"})
    record = made(answer)
    address = answer.headers["location"]
    assert address == f"{BASE}/customer/{record['id']}"
    assert answer.headers["etag"] == '"1"'
    assert record["arr"] == 12.5
    assert "12.50" in answer.text
    assert admin.get(address, params={"decimals": "text"}).json()["arr"] == "12.50"
    assert admin.get(address, params={"fields": "name,owner.name"}).json() == {"id": record["id"], "version": 1, "name": "A", "owner.name": "Root"}
    changed = admin.patch(address, json={"name": "B"}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    stale = admin.patch(address, json={"name": "C"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert stale.json()["record"]["name"] == "B"
    assert codes(stale) == [("", "stale")]
    assert admin.delete(address).status_code == 204
    assert admin.get(address).status_code == 404
    assert admin.post(f"{address}/restore").json()["name"] == "B"
    assert [e["action"] for e in admin.get(f"{address}/history").json()["history"]] == ["restore", "delete", "update", "create"]


def test_what_cannot_be_read_is_never_a_failure(admin: TestClient) -> None:
    item = made(admin.post(f"{BASE}/customer", json={"name": "A"}))["id"]
    for id in ("x", "%00" * 36, "0" * 36, "%F0%9F%98%80" * 36, "İ" * 36, "'" * 36, item + "%00", item[:-1] + "%00", item.upper() + "x"):
        for call in (admin.get, admin.delete):
            assert call(f"{BASE}/customer/{id}").status_code in (404, 405), id
        assert admin.patch(f"{BASE}/customer/{id}", json={"name": "B"}).status_code == 404
    assert admin.get(f"{BASE}/customer/{item.upper()}").status_code == 200
    for name in ("%00", "user", "unit", "tenon_user", "Customer", "customer%00", "%ED%A0%80"):
        assert admin.get(f"{BASE}/{name}").status_code == 404
    for params in (
        "filter=name%3D%3D'%00'", "search=%00", "sort=%00", "fields=%00", "after=%00", "filter=name%3D%3D'%5Cx00'", "filter=name%3D%3D'%5Cud800'", "view=%00", "limit=%00", "limit=1_0",
        "limit=%EF%BC%91", "limit=-1", "limit=0", "limit=501", "limit=1e9", "count=x", "deleted=1", "nothing=1", "limit=1&limit=2", "fields=name%00",
        "after=AAAA", "filter=" + "(" * 300, "sort=" + "a," * 300,
    ):
        answer = admin.get(f"{BASE}/customer?{params}")
        assert answer.status_code in (400, 404, 422), (params, answer.status_code)
        codes(answer)
    assert admin.get(f"{BASE}/customer/{item}/history?after=%00").status_code == 400
    for params in ("filter=True&expect=%00", "filter=%00&expect=1", "filter=True", "expect=1", "filter=name%20%3D%3D%20'%5C0'&expect=0"):
        assert admin.delete(f"{BASE}/customer?{params}").status_code in (400, 422)
    bodies: list[Any] = [
        b"", b"{", b"[]", b"null", b'"x"', b'{"name": "\\ud800"}', b'{"name": "a\\u0000"}', b'{"name": "\xff"}', b'{"name": "A", "extra": {"\\u0000": 1}}', b'{"name": 1e999}', b'{"name": {"a": 1}}',
        b'{"name": "A", "seats": 1e30}', b'{"name": "A", "parent": {"code": "\\u0000"}}', b'{"name": "A", "parent": {"code": 99999999999999999999}}', b'{"name": "A", "favourites": [[]]}',
        b'{"name": "A", "words": ["\\u0000"]}', b'{"name": "A", "place": {"city": "\\u0000"}}', b'{"a\\u0000": 1}', b'{"records": [1]}', b'{"records": [{"name": "A"}], "mode": "x"}',
        b'{"records": [{"id": "\\u0000", "name": "A"}], "mode": "update"}', b'{"records": [{"code": "\\u0000", "name": "A"}], "mode": "upsert", "match_on": ["code"]}',
        b'{"records": [{"name": "A"}], "mode": "upsert", "match_on": ["\\u0000"]}',
        b'{"name": "A", "lead": {"email": "\\u0000"}}', b'{"name": "A", "contract": "\\u0000"}', b'{"name": "A", "home": "\\u0000"}', b'{"name": "A", "code": "\\u0000"}', b'{"name":' + b"[" * 5000,
    ]
    for body in bodies:
        answer = admin.post(f"{BASE}/customer", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), (body[:80], answer.status_code, answer.text[:200])
    for question in (
        {"entity": "customer\0"}, {"entity": "user", "measures": [{"name": "n", "expr": "count()"}]}, {"entity": "customer", "filter": "name == '\0'", "measures": [{"name": "n", "expr": "count()"}]},
        {"entity": "customer", "group_by": ["\0"]}, {"entity": "customer", "measures": [{"name": "n", "expr": "count()"}], "having": "n == '\0'"},
        {"entity": "customer", "group_by": ["name"], "sort": ["\0"]}, [], 1,
    ):
        assert admin.post("/api/v1/query", content=json.dumps(question), headers={"Content-Type": "application/json"}).status_code in (400, 404, 422), question
    assert len(admin.get(f"{BASE}/customer").json()["records"]) == 1


def test_many_records_answer_row_by_row(admin: TestClient) -> None:
    answer = admin.post(f"{BASE}/product", json={"records": [{"name": "A"}, {"name": "A"}, {"price": "x"}], "on_error": "skip"}).json()
    assert {k: answer[k] for k in ("created", "updated", "skipped", "refused")} == {"created": 1, "updated": 0, "skipped": 0, "refused": 2}
    assert [r["action"] for r in answer["results"]] == ["created", "refused", "refused"]
    stop = admin.post(f"{BASE}/product", json={"records": [{"name": "B"}, {"name": "A"}]})
    assert stop.status_code == 422
    assert codes(stop) == [("/records/1/name", "not_unique")]
    assert admin.post(f"{BASE}/product", json={"name": "A"}).status_code == 409
    wrong = admin.patch(f"{BASE}/product", params={"filter": "True", "expect": "5"}, json={"set": {"price": 1}})
    assert wrong.status_code == 409
    assert wrong.json()["count"] == 1
    assert admin.patch(f"{BASE}/product", params={"filter": "True", "expect": "1"}, json={"set": {"price": {"expr": "1 + 1"}}}).json()["updated"] == 1
    assert admin.delete(f"{BASE}/product", params={"filter": "price == 2", "expect": "1"}).json()["deleted"] == 1
    assert admin.get(f"{BASE}/product", params={"deleted": "true"}).json()["records"][0]["name"] == "A"


def test_a_write_by_filter_is_taken_back_as_one(admin: TestClient, caller: Caller) -> None:
    items = [made(admin.post(f"{BASE}/customer", json={"name": n, "arr": 1}))["id"] for n in ("A", "B", "C")]
    admin.post(f"{BASE}/order", json={"customer": items[0], "amount": 5})
    everybody = {"filter": "arr == 1", "expect": "3"}
    wrong = admin.patch(f"{BASE}/customer", params={**everybody, "expect": "2"}, json={"set": {"arr": 2}})
    assert (wrong.status_code, wrong.json()["count"], codes(wrong)) == (409, 3, [("/expect", "conflict")])
    changed = admin.patch(f"{BASE}/customer", params=everybody, json={"set": {"note": "x", "arr": {"expr": "arr + 6"}}}).json()
    admin.patch(f"{BASE}/customer/{items[2]}", json={"note": "mine"})
    boss = caller("boss@tenon.example", "boss")
    assert boss.post(f"{BASE}/customer/undo", json={"batch": changed["batch"]}).status_code == 404
    assert boss.post(f"{BASE}/product/undo", json={"batch": items[0]}).status_code == 404
    taken = admin.post(f"{BASE}/customer/undo", json={"batch": changed["batch"]})
    assert (taken.status_code, taken.json()) == (200, {"deleted": 0, "restored": 3})
    found = [admin.get(f"{BASE}/customer/{i}").json() for i in items]
    assert [(r["arr"], r["note"]) for r in found] == [(1, None), (1, None), (1, "mine")]
    assert admin.post(f"{BASE}/customer/undo", json={"batch": changed["batch"]}).json() == {"deleted": 0, "restored": 0}
    gone = boss.delete(f"{BASE}/customer", params=everybody).json()
    assert gone["deleted"] == 3
    assert admin.get(f"{BASE}/order", params={"count": "exact"}).json()["count"] == 0
    assert boss.post(f"{BASE}/customer/undo", json={"batch": gone["batch"]}).json() == {"deleted": 0, "restored": 4}
    assert admin.get(f"{BASE}/customer/{items[0]}").json()["orders_total"] == 5


def test_the_history_shows_people_and_values_as_records_do(admin: TestClient, caller: Caller) -> None:
    parent, moment = made(admin.post(f"{BASE}/customer", json={"name": "P"}))["id"], "2099-03-01T00:30:00Z"
    item = made(admin.post(f"{BASE}/customer", json={"name": "A", "parent": parent, "next_call": moment, "since": "2024-02-29", "arr": "1.50", "words": ["a"]}))["id"]
    root = {"id": vars(admin)["user_id"], "title": "Root"}
    entry = admin.get(f"{BASE}/customer/{item}/history").json()["history"][0]
    shown = {c["field"]: c["to"] for c in entry["changes"]}
    assert (entry["by"], shown["owner"], shown["parent"]) == (root, root, {"id": parent, "title": "P"})
    assert (shown["next_call"], shown["since"], shown["arr"], shown["words"]) == (moment, "2024-02-29", 1.5, ["a"])
    clerk = caller("clerk@tenon.example", "clerk")
    admin.patch(f"{BASE}/customer/{item}", json={"owner": vars(clerk)["user_id"]})
    told = clerk.get(f"{BASE}/customer/{item}/history").json()["history"][-1]["changes"]
    assert {"field": "parent", "from": None, "to": {"id": parent, "title": None}} in told
    for client in (admin, clerk):
        lived = client.get(f"{BASE}/customer/{item}/timeline", params={"types": "change"}).json()["timeline"]
        assert [e["change"] for e in lived] == client.get(f"{BASE}/customer/{item}/history").json()["history"]


def test_a_write_that_touches_too_much_names_its_job(admin: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touch, "AT_ONCE", 3)
    customer = made(admin.post(f"{BASE}/customer", json={"name": "A"}))["id"]
    answer = admin.post(f"{BASE}/order", json={"records": [{"customer": customer, "amount": 1} for _ in range(5)]}).json()
    assert answer["created"] == 5
    assert len(answer["pending"]) > 10
    assert "pending" not in admin.post(f"{BASE}/visit", json={"text": "x"}).json()


def test_files_are_taken_by_who_uploaded_them(admin: TestClient, caller: Caller) -> None:
    boss = caller("boss@shop.example", "boss")

    def upload(client: TestClient, name: str, content: bytes) -> str:
        return str(client.post("/api/v1/files", files={"file": (name, content, "application/pdf")}).json()["id"])

    mine = upload(boss, "contract.pdf", b"%PDF-1.7 mine")
    record = made(boss.post(f"{BASE}/customer", json={"name": "A", "contract": mine}))
    assert record["contract"]["name"] == "contract.pdf"
    assert record["contract"]["url"].endswith(mine)
    assert made(boss.post(f"{BASE}/customer", json={"name": "B", "contract": record["contract"]}))["contract"]["id"] == mine
    foreign = upload(admin, "secret.pdf", b"%PDF-1.7 foreign")
    text, large = upload(boss, "notes.txt", b"hello"), upload(boss, "large.pdf", b"%PDF-1.7" + b"0" * (1 << 20))
    for file_id, code in ((foreign, "no_such_record"), (text, "bad_format"), (large, "over_limit")):
        answer = boss.post(f"{BASE}/customer", json={"name": "C", "contract": file_id})
        assert answer.status_code == 422
        assert codes(answer) == [("/contract", code)]
    taken = made(admin.post(f"{BASE}/customer", json={"name": "D", "contract": foreign}))
    assert boss.patch(f"{BASE}/customer/{taken['id']}", json={"contract": foreign, "name": "E"}).status_code == 200


def test_the_timeline_is_paged_and_chosen(admin: TestClient, caller: Caller) -> None:
    item = made(admin.post(f"{BASE}/customer", json={"name": "A"}))["id"]
    address = f"{BASE}/customer/{item}/timeline"
    for name in ("B", "C"):
        admin.patch(f"{BASE}/customer/{item}", json={"name": name})
    first = admin.get(f"{address}?limit=2").json()
    assert [e["change"]["action"] for e in first["timeline"]] == ["update", "update"]
    rest = admin.get(address, params={"limit": 2, "after": first["next"], "types": "change,record"}).json()
    assert [(e["type"], e["by"]["title"], e["change"]["action"]) for e in rest["timeline"]] == [("change", "Root", "create")]
    assert rest["next"] is None
    assert codes(admin.get(f"{address}?types=gossip")) == [("/types", "bad_choice")]
    assert codes(admin.get(f"{address}?type=change")) == [("/type", "unknown_parameter")]
    assert codes(admin.get(f"{address}?after=x")) == [("/after", "bad_cursor")]
    admin.patch(f"{BASE}/customer/{item}", json={"owner": vars(admin)["user_id"]})
    assert caller("clare@tenon.example", "clerk").get(address).status_code == 404


def test_emptying_the_trash_leaves_no_dead_reference(admin: TestClient, platform: Platform) -> None:
    make_worker(platform).run_until_idle()  # from now on there are nights
    customer = made(admin.post(f"{BASE}/customer", json={"name": "A"}))["id"]
    product = made(admin.post(f"{BASE}/product", json={"name": "P", "price": 1}))["id"]
    orders = [made(admin.post(f"{BASE}/order", json={"customer": customer, "number": n}))["id"] for n in ("1", "2")]
    about = made(admin.post(f"{BASE}/activity", json={"about": {"entity": "customer", "id": customer}}))["id"]
    fan = made(admin.post(f"{BASE}/customer", json={"name": "B", "favourites": [product]}))["id"]
    for address in (f"order/{orders[0]}", f"order/{orders[1]}", f"activity/{about}", f"customer/{fan}", f"product/{product}", f"customer/{customer}"):
        assert admin.delete(f"{BASE}/{address}").status_code == 204
    for address in (f"order/{orders[0]}", f"activity/{about}"):
        admin.post(f"{BASE}/{address}/restore")
    kept = admin.get(f"{BASE}/order/{orders[0]}").json()
    assert kept["customer"] == {"id": customer, "title": None}
    platform.outside.clock.advance(days=29)  # type: ignore[attr-defined]
    admin.post(f"{BASE}/order/{orders[1]}/restore")
    admin.delete(f"{BASE}/order/{orders[1]}")
    admin.post(f"{BASE}/customer/{fan}/restore")
    admin.delete(f"{BASE}/customer/{fan}")
    platform.outside.clock.advance(days=2)  # type: ignore[attr-defined]
    make_worker(platform).run_until_idle()
    found = admin.get(f"{BASE}/order/{orders[0]}").json()
    assert (found["customer"], found["version"]) == (None, kept["version"] + 1)
    assert admin.get(f"{BASE}/order/{orders[0]}/history").json()["history"][0]["changes"] == [{"field": "customer", "from": {"id": customer, "title": None}, "to": None}]
    assert admin.get(f"{BASE}/activity/{about}").json()["about"] is None
    for address, field in ((f"order/{orders[1]}", "customer"), (f"customer/{fan}", "favourites")):
        assert admin.post(f"{BASE}/{address}/restore").json()[field] in (None, [])
