"""Rules over HTTP: what they did and why, what they would have done, their button, and doing a run again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from tenon.engine.outside import FixedClock
from tenon.platform.all_tables import metadata
from tenon.platform.boot import make_worker
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, codes, english, publish_all

LABEL = english("Large ones", "大客户")
MARK: dict[str, Any] = {"type": "set_fields", "fields": {"code": "concat('L-', name)"}}
LARGE: dict[str, Any] = {
    "kind": "rule", "name": "large", "label": LABEL, "entity": "customer", "trigger": {"type": "updated", "fields": ["arr"]},
    "condition": "arr > 100 and stage == 'active'", "actions": [MARK],
}


@pytest.fixture
def ruled(platform: Platform) -> Platform:
    """A release with a rule."""
    publish_all(platform, CUSTOMER, ORDER, SALES, LARGE)
    return platform


def make(client: TestClient, **values: Any) -> str:
    """Create a customer and return its id."""
    answer = client.post("/api/v1/records/customer", json=values)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def change(client: TestClient, id: str, **values: Any) -> None:
    """Change a customer."""
    assert client.patch(f"/api/v1/records/customer/{id}", json=values).status_code == 200


def clock_of(platform: Platform) -> FixedClock:
    """Return the clock, which moves only when told."""
    assert isinstance(platform.outside.clock, FixedClock)
    return platform.outside.clock


def test_a_run_tells_why_and_what_and_a_miss_tells_which_part_failed(ruled: Platform, admin: TestClient) -> None:
    one = make(admin, name="One", arr=1, stage="active")
    change(admin, one, arr=500)
    rows = [{"name": f"Many {n}", "arr": 1, "stage": "trial"} for n in range(30)]
    ids = [r["id"] for r in admin.post("/api/v1/records/customer", json={"records": rows}).json()["results"]]
    admin.post("/api/v1/records/customer", json={"mode": "update", "records": [{"id": i, "arr": 200} for i in ids]})
    make_worker(ruled).run_until_idle()
    answer = admin.get("/api/v1/rules/large/runs").json()
    (run,) = answer["runs"]
    assert (run["state"], run["record"], run["effects"]) == ("done", one, [{"type": "set_fields", "set": ["code"]}])
    assert [(part["text"], part["value"]) for part in run["parts"]["parts"]] == [("arr > 100", True), ("stage == 'active'", True)]
    (missed,) = answer["missed"]
    assert (missed["count"], missed["parts"]) == (30, {"stage == 'active'": 30})
    assert admin.get(f"/api/v1/records/customer/{one}").json()["code"] == "L-One"
    found = admin.get(f"/api/v1/rules/large/records/{ids[0]}").json()["condition"]
    assert [part["value"] for part in found["parts"]] == [True, False]


def test_runs_are_paged_and_filtered_and_unknown_states_refused(ruled: Platform, admin: TestClient) -> None:
    ids = [make(admin, name=f"C{n}", stage="active") for n in range(3)]
    for each in ids:
        change(admin, each, arr=300)
    first = admin.get("/api/v1/rules/large/runs?limit=2").json()
    second = admin.get("/api/v1/rules/large/runs", params={"limit": 2, "after": first["next"]}).json()
    assert [r["record"] for r in first["runs"] + second["runs"]] == ids[::-1]
    assert second["next"] is None
    assert [r["record"] for r in admin.get(f"/api/v1/rules/large/runs?state=waiting&record={ids[1]}").json()["runs"]] == [ids[1]]
    assert codes(admin.get("/api/v1/rules/large/runs?state=asleep")) == [("/state", "bad_choice")]
    assert admin.get("/api/v1/rules/none/runs").status_code == 404


def test_who_builds_but_does_not_see_everything_reads_no_values(ruled: Platform, admin: TestClient, caller: Caller) -> None:
    change(admin, make(admin, name="Hidden", stage="active", margin=7), arr=300)
    builder, seller = caller("build@tenon.example", "builder"), caller("sell@tenon.example", "sales")
    assert seller.get("/api/v1/rules/large/runs").status_code == 403
    (run,) = builder.get("/api/v1/rules/large/runs").json()["runs"]
    assert (run["record"], run["parts"], run["facts"], run["effects"], run["state"]) == (None, None, None, None, "waiting")
    assert builder.post("/api/v1/rules/large/simulate", json={}).status_code == 403


def test_the_past_is_tried_with_the_values_of_then_and_nothing_is_touched(ruled: Platform, admin: TestClient) -> None:
    one, two = make(admin, name="One", stage="active", arr=1), make(admin, name="Two", stage="trial", arr=1)
    for day in range(3):
        clock_of(ruled).advance(days=1)
        change(admin, one, arr=200 + day)
        change(admin, two, arr=200 + day)
    clock_of(ruled).advance(days=1)
    change(admin, one, arr=1)
    change(admin, one, stage="trial")
    with ruled.read() as uow:
        tables = [t for t in (*uow.tables.all(), *metadata.sorted_tables) if "token" not in t.name]
        before = [sorted(map(repr, uow.connection.execute(select(t)).all())) for t in tables]
    answer = admin.post("/api/v1/rules/large/simulate", json={}).json()
    assert (answer["count"], answer["records"], [f["record"] for f in answer["fired"]]) == (3, 1, [one] * 3)
    assert answer["actions"] == ["set_fields"]
    assert answer["fired"][0]["would"] == [{"type": "set_fields", "fields": {"code": "L-One"}}]
    other = {**LARGE, "condition": "arr > 200 and old.arr < 202", "limits": {"cooldown_hours": 30}}
    answer = admin.post("/api/v1/rules/large/simulate", json={"body": other}).json()
    assert sorted(f["record"] for f in answer["fired"]) == sorted([one, two])
    with ruled.read() as uow:
        assert [sorted(map(repr, uow.connection.execute(select(t)).all())) for t in tables] == before
    def told(days: int) -> dict[str, Any]:
        moment = (clock_of(ruled).now() - timedelta(days=days)).isoformat().replace("+00:00", "Z")
        answer: dict[str, Any] = admin.get(f"/api/v1/rules/large/records/{one}?at={moment}").json()
        return answer

    make_worker(ruled).run_until_idle()
    publish_all(ruled, {**LARGE, "condition": "arr > 100 and old.arr < 200", "limits": {"cooldown_hours": 30}})
    values = [(told(days)["is_there"], [part["parts"][0]["value"] for part in (told(days)["condition"] or {}).get("parts", ())], told(days)["held_by"]) for days in (5, 3, 2)]
    assert values == [(False, [], None), (True, ["200.00", "1.00"], None), (True, ["201.00", "200.00"], "cooldown_hours")]
    assert codes(admin.post("/api/v1/rules/large/simulate", json={"since": 5})) == [("/since", "bad_format")]
    wrong = admin.post("/api/v1/rules/large/simulate", json={"body": {**LARGE, "condition": "arrr > 1"}})
    assert codes(wrong) == [("/body/condition", "unknown_name")]
    assert codes(admin.post("/api/v1/rules/large/simulate", json={"since": "2026-03-03T00:00:00Z", "until": "2026-03-02T00:00:00Z"})) == [("/since", "out_of_range")]


def test_a_button_is_pressed_by_who_may_change_the_record_while_it_is_offered(ruled: Platform, admin: TestClient, caller: Caller) -> None:
    button = {"type": "button", "label": english("Mark", "标记"), "when": "stage == 'active'"}
    publish_all(ruled, {**LARGE, "name": "mark", "trigger": button, "condition": None})
    seller = caller("sell@tenon.example", "sales")
    mine, other = make(seller, name="Mine", stage="active"), make(admin, name="Other", stage="trial")
    assert seller.post("/api/v1/rules/mark/press", json={"record": mine}).status_code == 202
    assert seller.post("/api/v1/rules/mark/press", json={"record": other}).status_code == 404
    change(seller, mine, stage="trial")
    assert codes(seller.post("/api/v1/rules/mark/press", json={"record": mine})) == [("/record", "conflict")]
    assert seller.post("/api/v1/rules/large/press", json={"record": mine}).status_code == 404
    make_worker(ruled).run_until_idle()
    assert admin.get(f"/api/v1/records/customer/{mine}").json()["code"] == "L-Mine"


def test_a_run_that_failed_is_done_again_once_it_can(ruled: Platform, admin: TestClient) -> None:
    publish_all(ruled, {**LARGE, "actions": [{"type": "set_fields", "fields": {"name": "if_else(arr > 1000, name, '')"}}]})
    one = make(admin, name="One", stage="active")
    change(admin, one, arr=300)
    worker = make_worker(ruled)
    worker.run_until_idle()
    (run,) = admin.get("/api/v1/rules/large/runs").json()["runs"]
    assert (run["state"], run["problem"][0]["code"]) == ("failed", "required")
    publish_all(ruled, LARGE)
    assert admin.post(f"/api/v1/runs/{run['id']}/replay", json={}).status_code == 202
    worker.run_until_idle()
    (run,) = admin.get("/api/v1/rules/large/runs").json()["runs"]
    assert run["state"] == "done"
    assert codes(admin.post(f"/api/v1/runs/{run['id']}/replay", json={})) == [("", "conflict")]
