"""The matching designer over HTTP: what is compared in words, what goes together, and how many pairs it would propose."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tests.ui.test_design import make, step

URL = "/design/matching/same_one"


def drafted(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/metadata/matching/same_one").json()
    return found


def test_a_matching_says_what_it_compares_and_what_it_would_propose(member: TestClient) -> None:
    for name in ("启明科技有限公司", "啟明科技"):
        member.post("/api/v1/records/customer", json={"name": name})
    assert make(member, kind="matching", label="Same one", entity="customer").headers["location"] == URL
    assert [(c["field"], c["by"], c["weight"]) for c in drafted(member)["compare"]] == [("name", "company_name", 1)]
    page = member.get(URL).text
    assert "Proposed from 75 % alike" in page
    assert "1 pair" in page
    assert "Same core name 启明科技" in page
    (part,) = drafted(member)["compare"]
    decided = step(member, URL, {"op": "set", "at": f"/compare/{part['id']}/decides", "value": True}, item=part["id"]).text
    assert "Decides alone" in decided
    assert drafted(member)["compare"][0].get("weight") is None
    step(member, URL, {"op": "set", "at": f"/compare/{part['id']}/decides", "value": False}, {"op": "set", "at": f"/compare/{part['id']}/field", "value": "phone"})
    assert [(c["field"], c["by"], c["weight"]) for c in drafted(member)["compare"]] == [("phone", "phone", 1)]
    shown = step(member, URL, {"op": "insert", "at": "/compare", "value": {"field": "name", "by": "text", "weight": 3}}).text
    assert "Weight 3 (75 %)" in shown
    assert 'class="design-troubles" hidden' in shown
    assert 'data-group="compare"' in shown
