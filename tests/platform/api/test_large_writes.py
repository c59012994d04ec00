"""Writes of more records than one transaction takes: by a job, range by range, cancelled, refused, taken back, and beside other people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from tenon.engine.recompute import touch
from tenon.engine.records import ranges
from tenon.engine.records.events import Written
from tenon.engine.unit_of_work import UnitOfWork
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.filling import Filling
from tests.platform.api.conftest import Caller, codes
from tests.shop import SHOP_FILLING

BASE = "/api/v1/records"
RANGE = 4


@pytest.fixture
def filling() -> Filling:
    """The documents of the shop."""
    return SHOP_FILLING


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than six records are many, four are a range."""
    monkeypatch.setattr(ranges, "AT_ONCE", 6)
    monkeypatch.setattr(ranges, "RANGE", RANGE)


@pytest.fixture
def boss(caller: Caller) -> TestClient:
    return caller("boss@tenon.example", "boss")


def fill(client: TestClient, n: int, **more: Any) -> list[str]:
    """Make customers and return their ids in order."""
    rows = [{"name": f"C{i:02}", "arr": 10, "seats": i, **more} for i in range(n)]
    return [r["id"] for r in client.post(f"{BASE}/customer", json={"records": rows}).json()["results"]]


def listed(client: TestClient, entity: str, field: str, **params: str) -> list[Any]:
    found = client.get(f"{BASE}/{entity}", params={"limit": "500", "sort": "id", **params}).json()["records"]
    return [r.get(field) for r in found]


def work(platform: Platform) -> None:
    make_worker(platform).run_until_idle()


def ended(client: TestClient, job: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/jobs/{job}").json()
    return found


@contextmanager
def transactions(platform: Platform) -> Iterator[list[int]]:
    """Collect how many entries of history each transaction writes."""
    engine, seen, running = platform.database._writer, [], [0]

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if "INTO tenon_history" in statement:
            running[0] += len(parameters) if many else 1

    def commit(_connection: Any) -> None:
        seen.append(running[0])
        running[0] = 0

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", commit)


def when_written(platform: Platform, n: int, do: Callable[[], Any]) -> None:
    """Do something once, after the transaction of the n-th write from now."""
    left = [n]

    def hear(uow: UnitOfWork, told: object) -> None:
        if isinstance(told, Written):
            left[0] -= 1
            if left[0] == 0:
                uow.after_commit.append(do)

    platform.listeners = replace(platform.listeners, after=(*platform.listeners.after, hear))


def test_many_are_changed_by_a_job_range_by_range_and_taken_back_whole(platform: Platform, boss: TestClient, caller: Caller) -> None:
    ids = fill(boss, 18)
    boss.post(f"{BASE}/order", json={"customer": ids[0], "amount": 100})
    params = {"filter": "arr == 10", "expect": "18"}
    wrong = boss.patch(f"{BASE}/customer", params={**params, "expect": "17"}, json={"set": {"arr": 1}})
    assert (wrong.status_code, wrong.json()["count"], codes(wrong)) == (409, 18, [("/expect", "conflict")])
    refused = boss.patch(f"{BASE}/customer", params=params, json={"set": {"arr": "many"}})
    assert (refused.status_code, codes(refused)) == (422, [("/set/arr", "bad_format")])
    assert caller("c@tenon.example", "clerk").patch(f"{BASE}/customer", params={**params, "expect": "0"}, json={"set": {"arr": 1}}).status_code == 200
    asked = boss.patch(f"{BASE}/customer", params=params, json={"set": {"arr": {"expr": "arr + seats"}, "stage": "trial"}})
    job = asked.json()
    assert (asked.status_code, asked.headers["location"], job["kind"]) == (202, f"/api/v1/jobs/{job['id']}", "change_records")
    assert set(listed(boss, "customer", "arr")) == {10}
    early = boss.post(f"{BASE}/customer/undo", json={"batch": job["batch"]})
    assert early.status_code == 404  # nothing is written yet
    with transactions(platform) as seen:
        work(platform)
    assert (sum(seen), max(seen)) == (18, RANGE)
    job = ended(boss, job["id"]) | {"batch": job["batch"]}
    assert (job["state"], job["progress"]) == ("done", {"done": 18, "total": 18})
    assert job["result"] == {"updated": 18, "skipped": 0, "batch": job["batch"]}
    assert listed(boss, "customer", "arr") == [10 + i for i in range(18)]
    assert listed(boss, "customer", "twice") == [2 * (10 + i) for i in range(18)]
    told = boss.get(f"{BASE}/customer/{ids[5]}/history").json()["history"][0]
    assert {"field": "arr", "from": 10, "to": 15} in told["changes"]

    assert caller("d@tenon.example", "boss").post(f"{BASE}/customer/undo", json={"batch": job["batch"]}).status_code == 404
    back = boss.post(f"{BASE}/customer/undo", json={"batch": job["batch"]})
    assert back.status_code == 202
    work(platform)
    assert ended(boss, back.json()["id"])["result"] == {"deleted": 0, "restored": 18}
    assert set(listed(boss, "customer", "arr")) == {10}
    assert set(listed(boss, "customer", "stage")) == {"lead"}


def test_the_records_are_those_that_were_counted(platform: Platform, boss: TestClient) -> None:
    ids = fill(boss, 9)
    job = boss.patch(f"{BASE}/customer", params={"filter": "arr == 10", "expect": "9"}, json={"set": {"note": "x"}}).json()["id"]
    boss.patch(f"{BASE}/customer/{ids[1]}", json={"arr": 11})  # no longer matches
    boss.patch(f"{BASE}/customer/{ids[2]}", json={"name": "Renamed"})  # still does
    boss.delete(f"{BASE}/customer/{ids[7]}")
    new = fill(boss, 2)  # match, but were not counted
    work(platform)
    found = ended(boss, job)["result"]
    assert (found["updated"], found["skipped"]) == (7, 2)
    noted = dict(zip(listed(boss, "customer", "id"), listed(boss, "customer", "note"), strict=True))
    assert [i for i in [*ids, *new] if noted.get(i) == "x"] == [i for i in ids if i not in (ids[1], ids[7])]


def test_what_a_write_changes_itself_does_not_change_whom_it_means(platform: Platform, boss: TestClient) -> None:
    customer = fill(boss, 1)[0]
    boss.post(f"{BASE}/order", json={"records": [{"customer": customer, "amount": 10, "number": str(i)} for i in range(10)]})
    boss.patch(f"{BASE}/order", params={"filter": "customer.orders_total == 100", "expect": "10"}, json={"set": {"amount": 1}})
    work(platform)
    assert listed(boss, "order", "amount") == [1] * 10
    assert boss.get(f"{BASE}/customer/{customer}").json()["orders_total"] == 10


def test_a_cancelled_job_stops_between_ranges_and_what_it_wrote_can_be_taken_back(platform: Platform, boss: TestClient) -> None:
    fill(boss, 14)
    job = boss.patch(f"{BASE}/customer", params={"filter": "True", "expect": "14"}, json={"set": {"note": "x"}}).json()
    when_written(platform, 2, lambda: boss.post(f"/api/v1/jobs/{job['id']}/cancel", json={}))
    work(platform)
    found = ended(boss, job["id"])
    assert (found["state"], found["result"]["updated"], found["progress"]["done"]) == ("cancelled", 8, 8)
    assert listed(boss, "customer", "note").count("x") == 8
    boss.post(f"{BASE}/customer/undo", json={"batch": job["batch"]})
    work(platform)
    assert set(listed(boss, "customer", "note")) == {None}


def test_a_refused_range_takes_the_earlier_ones_back(platform: Platform, boss: TestClient) -> None:
    fill(boss, 14)
    job = boss.patch(f"{BASE}/customer", params={"filter": "True", "expect": "14"}, json={"set": {"weight": {"expr": "10 - seats"}}}).json()["id"]
    work(platform)
    found = ended(boss, job)
    assert (found["state"], found["errors"][0]["message"]) == ("failed", "Weighs less than nothing")
    assert set(listed(boss, "customer", "weight")) == {None}


def test_a_unique_key_is_held_over_ranges(platform: Platform, boss: TestClient) -> None:
    fill(boss, 10)
    job = boss.patch(f"{BASE}/customer", params={"filter": "True", "expect": "10"}, json={"set": {"email": {"expr": "concat('m', round(seats / 6), '@x.cn')"}}})
    if job.status_code == 202:
        work(platform)
        assert ended(boss, job.json()["id"])["state"] == "failed"
    assert set(listed(boss, "customer", "email")) == {None}


def test_the_rights_are_those_of_when_a_range_is_written(platform: Platform, caller: Caller, admin: TestClient) -> None:
    clerk = caller("clerk@tenon.example", "clerk")
    fill(clerk, 9)
    job = clerk.patch(f"{BASE}/customer", params={"filter": "True", "expect": "9"}, json={"set": {"note": "x"}}).json()["id"]
    admin.patch(f"/api/v1/users/{vars(clerk)['user_id']}", json={"roles": []})
    work(platform)
    assert ended(admin, job)["state"] == "failed"
    assert set(listed(admin, "customer", "note")) == {None}


def test_many_go_to_the_trash_with_what_hangs_on_them_and_come_back(platform: Platform, boss: TestClient) -> None:
    customers = fill(boss, 5)
    products = [boss.post(f"{BASE}/product", json={"name": f"P{i}", "price": 1}).json()["id"] for i in range(2)]
    orders = [{"customer": customers[i % 5], "amount": 2, "number": str(i), "product": products[i % 2]} for i in range(15)]
    orders_made = [r["id"] for r in boss.post(f"{BASE}/order", json={"records": orders}).json()["results"]]
    boss.post(f"{BASE}/activity", json={"records": [{"about": {"entity": "order", "id": i}} for i in orders_made]})
    asked = boss.delete(f"{BASE}/customer", params={"filter": "True", "expect": "5"})
    job = asked.json()
    assert (asked.status_code, job["kind"], job["progress"]["total"]) == (202, "delete_records", None)
    late = boss.post(f"{BASE}/order", json={"customer": customers[4], "amount": 2, "number": "late"}).json()["id"]
    with transactions(platform) as seen:
        work(platform)
    assert max(seen) <= RANGE + 1  # the late one goes with its customer
    assert ended(boss, job["id"])["result"] == {"deleted": 5, "skipped": 0, "batch": job["batch"]}
    assert (listed(boss, "customer", "id"), listed(boss, "order", "id"), set(listed(boss, "activity", "about"))) == ([], [], {None})
    back = boss.post(f"{BASE}/customer/undo", json={"batch": job["batch"]}).json()["id"]
    with transactions(platform) as seen:
        work(platform)
    assert ended(boss, back)["result"] == {"deleted": 0, "restored": 21}
    assert listed(boss, "customer", "id") == customers
    assert listed(boss, "customer", "orders_total") == [6, 6, 6, 6, 8]
    assert set(listed(boss, "order", "id")) == {*orders_made, late}
    assert [a["id"] for a in listed(boss, "activity", "about")] == orders_made


def test_records_of_one_deletion_do_not_hold_each_other(platform: Platform, boss: TestClient) -> None:
    ids = fill(boss, 10)
    for child, parent in zip(ids[1:], ids, strict=False):
        boss.patch(f"{BASE}/customer/{child}", json={"parent": parent})
    job = boss.delete(f"{BASE}/customer", params={"filter": "True", "expect": "10"}).json()
    work(platform)
    assert ended(boss, job["id"])["result"]["deleted"] == 10
    boss.post(f"{BASE}/customer/undo", json={"batch": job["batch"]})
    work(platform)
    assert [p and p["id"] for p in listed(boss, "customer", "parent")] == [None, *ids[:-1]]


def test_one_record_with_much_hanging_on_it_goes_and_comes_back_by_jobs(platform: Platform, boss: TestClient) -> None:
    customer = fill(boss, 1)[0]
    boss.post(f"{BASE}/order", json={"records": [{"customer": customer, "amount": 2, "number": str(i)} for i in range(9)]})
    for call, state in ((lambda: boss.delete(f"{BASE}/customer/{customer}"), 404), (lambda: boss.post(f"{BASE}/customer/{customer}/restore"), 200)):
        asked = call()
        assert asked.status_code == 202
        with transactions(platform) as seen:
            work(platform)
        assert (sum(seen), max(seen)) == (10, RANGE)
        assert ended(boss, asked.json()["id"])["state"] == "done"
        assert boss.get(f"{BASE}/customer/{customer}").status_code == state
    assert boss.get(f"{BASE}/customer/{customer}").json()["orders_total"] == 18


def test_all_that_one_write_puts_off_is_one_job_that_its_writer_may_watch(platform: Platform, boss: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(touch, "AT_ONCE", 3)
    customer = fill(boss, 1)[0]
    pending = boss.post(f"{BASE}/order", json={"records": [{"customer": customer, "amount": 1} for _ in range(5)]}).json()["pending"]
    assert ended(boss, pending)["state"] == "queued"
    work(platform)
    assert ended(boss, pending)["state"] == "done"
    assert set(listed(boss, "order", "part")) == {0.2}
