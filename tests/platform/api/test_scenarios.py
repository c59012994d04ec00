"""Scenarios: lived through by a call and at every publish, in a world of their own."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tenon.engine.releases import publish_documents
from tenon.metamodel.errors import Conflict
from tenon.platform.workspace import Platform
from tests.platform.api.conftest import CUSTOMER, ORDER, SALES, Caller, codes, english, publish_all
from tests.platform.api.test_scores import HEALTH
from tests.platform.api.test_simulate import everything
from tests.platform.people import SYSTEM

RUN = "/api/v1/scenarios/rise/run"
STORY: dict[str, Any] = {
    "kind": "scenario", "name": "rise", "label": english("A customer rises", "客户上升"),
    "given": {
        "clock": "2025-01-15", "people": {"ann": {"roles": ["sales"]}},
        "records": {"order_line": [{"number": "1", "amount": 50, "customer": "甲"}], "customer": [{"name": "甲", "stage": "trial", "arr": 5000, "owner": "ann", "margin": 9}]},
    },
    "then": [
        {"expect": {"score": "health", "record": "甲", "value": 72, "band": "fair", "coverage": 0.8333}},
        {"advance_days": 14, "set": {"customer": {"甲": {"stage": "active"}}}, "expect": {"score": "health", "record": "甲", "value": 100, "band": "healthy"}},
        {"expect": {"entity": "customer", "record": "甲", "field": "health_trend", "value": 28}},
        {"expect": {"record": "甲", "field": "doubled", "value": 10000}},
        {"expect": {"record": "甲", "person": "ann", "may": "update"}},
        {"expect": {"record": "甲", "person": "ann", "may": "delete", "allowed": False}},
        {"expect": {"entity": "customer", "record": "甲", "person": "ann", "may": "read", "field": "margin", "allowed": False}},
        {"expect": {"entity": "customer", "record": "甲", "role": "sales", "may": "read", "field": "name"}},
        {"expect": {"entity": "customer", "record": "甲", "role": "sales", "may": "read", "field": "arr", "allowed": False}},
        {"expect": {"record": "甲", "role": "sales", "may": "update", "allowed": False}},
        {"add": {"customer": [{"name": "乙", "stage": "trial", "arr": 0}]}, "expect": {"score": "health", "record": "乙", "band": "risk", "value": 0}},
    ],
}  # fmt: skip


def told(*steps: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Return the story with other steps."""
    return {**STORY, "given": {**STORY["given"], **given}, "then": list(steps)}


@pytest.fixture
def published(platform: Platform, admin: TestClient) -> str:
    """A release with a score and a scenario, and the id of a customer that is nobody's business."""
    publish_all(platform, CUSTOMER, ORDER, SALES, HEALTH, STORY)
    return str(admin.post("/api/v1/records/customer", json={"name": "甲", "arr": 1, "stage": "active"}).json()["id"])


def test_a_scenario_passes_and_leaves_no_trace(platform: Platform, admin: TestClient, published: str) -> None:
    before = everything(platform)
    for _ in range(2):
        found = admin.post(RUN)
        assert found.status_code == 200, found.text
        assert [s for s in found.json()["steps"] if not s["passed"]] == []
        assert (found.json()["scenario"], found.json()["passed"]) == ("rise", True)
    assert everything(platform) == before
    score = next(s for s in found.json()["steps"] if s["kind"] == "score")
    assert (score["path"], score["expected"], score["found"]) == (
        "/then/0", {"score": "health", "record": "甲", "value": 72, "band": "fair", "coverage": 0.8333}, {"value": 72, "band": "fair", "coverage": 0.8333},
    )  # fmt: skip
    assert "paying 72/72" in score["explanation"]
    record = admin.get(f"/api/v1/records/customer/{published}").json()
    assert (record["name"], record["stage"], record["version"]) == ("甲", "active", 1)


def test_what_fails_says_what_was_found_and_why(platform: Platform, admin: TestClient, published: str) -> None:
    story = told(
        {"expect": {"score": "health", "record": "甲", "value": 70}}, {"set": {"customer": {"甲": {"arr": "many"}}}},
        {"expect": {"record": "甲", "person": "ann", "may": "delete"}}, {"expect": {"record": "甲", "field": "arr", "empty": True}},
    )  # fmt: skip
    assert admin.put("/api/v1/metadata/scenario/rise", json=story).status_code == 200
    assert admin.post(RUN).json()["passed"] is True  # the release
    answer = admin.post(f"{RUN}?draft=true").json()
    assert [(s["path"], s["kind"], s["passed"], s["found"]) for s in answer["steps"]] == [
        ("/then/0", "score", False, {"value": 72, "band": "fair"}), ("/then/1", "change", False, None), ("/then/2", "right", False, {"allowed": False}),
        ("/then/3", "field", False, {"value": 5000}),
    ]  # fmt: skip
    assert "paying" in answer["steps"][0]["explanation"]
    assert "arr" in answer["steps"][1]["explanation"]
    chinese = admin.post(f"{RUN}?draft=true", headers={"accept-language": "zh-CN"}).json()
    assert chinese["label"] == "客户上升"
    assert "授权" in chinese["steps"][2]["explanation"]


def test_a_failing_scenario_of_the_draft_stands_in_the_way(platform: Platform, admin: TestClient, published: str) -> None:
    assert admin.post("/api/v1/metadata/check").json()["scenarios"] == []  # nothing that matters to it is changed
    lower = {**HEALTH, "bands": [{"name": "risk", "from": 0}, {"name": "fair", "from": 73}, {"name": "healthy", "from": 80}]}
    assert admin.put("/api/v1/metadata/score/health", json=lower).status_code == 200
    checked = admin.post("/api/v1/metadata/check").json()
    [listed] = checked["scenarios"]
    assert (checked["ok"], listed["scenario"], listed["passed"]) == (True, "rise", False)
    step = next(s for s in checked["plan"] if s["id"] == listed["step"])
    assert (step["kind"], step["safety"]) == ("scenario", "lossy")
    assert "band fair" in step["title"]
    refused = admin.post("/api/v1/metadata/publish", json={})
    assert (refused.status_code, codes(refused)) == (409, [(f"/plan/{listed['step']}", "needs_acceptance")])
    assert codes(admin.post("/api/v1/metadata/publish", json={"accept": ["scenario:none"]}))[0][1] in ("needs_acceptance", "bad_choice")
    done = admin.post("/api/v1/metadata/publish", json={"accept": [listed["step"]]})
    assert (done.status_code, done.json()["number"]) == (200, 2)
    assert admin.post(RUN).json()["passed"] is False
    with pytest.raises(Conflict):  # every way of publishing asks
        publish_documents(platform.publisher, SYSTEM, [{**lower, "min_coverage": 0.5}])


def test_a_draft_with_new_fields_is_lived_through_before_its_tables_are_there(platform: Platform, admin: TestClient, published: str) -> None:
    entity = admin.get("/api/v1/metadata/entity/customer").json()
    entity["fields"].append({"name": "seats", "type": "integer"})
    assert admin.put("/api/v1/metadata/entity/customer", json=entity).status_code == 200
    ranked = {
        **HEALTH, "name": "size", "purpose": "size",
        "variants": [{"name": "all", "measures": [{"name": "rank", "points": 100, "value": "percent_rank(seats)"}]}],
    }  # fmt: skip
    assert admin.put("/api/v1/metadata/score/size", json=ranked).status_code == 200
    rows = [{"name": name, "seats": seats} for name, seats in (("a", 1), ("b", 2), ("c", 3))]
    # Ranked among the three of the story, whoever else there is: one, two and three of three are at or below.
    story = told(*[{"expect": {"score": "size", "record": r["name"], "value": v}} for r, v in zip(rows, (33.33, 66.67, 100), strict=True)], records={"customer": rows})
    assert admin.put("/api/v1/metadata/scenario/ranks", json={**story, "name": "ranks"}).status_code == 200
    listed = admin.post("/api/v1/metadata/check").json()["scenarios"]
    assert [(s["scenario"], s["passed"]) for s in listed] == [("ranks", True), ("rise", True)], listed


def test_the_scenario_of_the_app(platform: Platform, admin: TestClient) -> None:
    for app in ("core", "chm"):
        assert admin.post(f"/api/v1/apps/{app}/install", json={}).status_code == 200
    answer = admin.post("/api/v1/scenarios/chuangke/run").json()
    scores = [(s["found"]["value"], s["found"]["band"]) for s in answer["steps"] if s["kind"] == "score"]
    assert scores == [(72, "fair"), (45, "risk"), (75, "fair")]
    assert answer["passed"] is True, answer


def test_only_builders_run_them(published: str, admin: TestClient, caller: Caller) -> None:
    assert caller("ann@tenon.example", "sales").post(RUN).status_code == 403
    assert caller("bo@tenon.example", "builder").post(RUN).status_code == 200
    assert admin.post("/api/v1/scenarios/nothing/run").status_code == 404
