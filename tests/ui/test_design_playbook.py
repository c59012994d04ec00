"""The playbook designer over HTTP: its steps in words, and what it begins for."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.ui.test_design import make, step

URL = "/design/playbook/win_back"


@pytest.fixture
def playbook(member: TestClient) -> TestClient:
    """A new playbook about customers."""
    assert make(member, kind="playbook", label="Win back", entity="customer").headers["location"] == URL
    return member


def drafted(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/metadata/playbook/win_back").json()
    return found


def test_a_new_playbook_has_a_step_and_what_is_set_is_said(playbook: TestClient) -> None:
    (first,) = drafted(playbook)["steps"]
    assert "within 24 hours" in playbook.get(URL).text
    shown = step(
        playbook, URL, {"op": "set", "at": f"/steps/{first['id']}/business_hours", "value": True}, {"op": "set", "at": f"/steps/{first['id']}/required", "value": False},
        {"op": "set", "at": f"/steps/{first['id']}/when", "value": "arr > 100"}, item=first["id"],
    ).text  # fmt: skip
    assert "within 24 working hours" in shown
    assert "optional" in shown
    assert 'class="design-troubles" hidden' in shown


def test_a_stage_gets_options_and_goes_with_its_field(playbook: TestClient) -> None:
    step(playbook, URL, {"op": "set", "at": "/for/stage/field", "value": "stage"})
    assert len(drafted(playbook)["for"]["stage"]["options"]) == 1
    assert "Begins by itself" in playbook.get(URL).text
    step(playbook, URL, {"op": "set", "at": "/for/stage/field", "value": None})
    assert drafted(playbook).get("for", {}).get("stage") is None


def test_a_segment_says_who_is_in_it(member: TestClient) -> None:
    made = make(member, kind="segment", label="Large", entity="customer")
    assert made.headers["location"] == "/design/segment/large"
    everybody = member.get("/design/segment/large").text
    assert "Now in it" in everybody
    shown = step(member, "/design/segment/large", {"op": "set", "at": "/filter", "value": "arr > 100000"}).text
    number = member.get("/api/v1/records/customer", params={"filter": "arr > 100000", "count": "exact", "limit": 1}).json()["count"]
    assert f'<span class="count">{number}</span>' in shown
    assert "more than 100,000" in shown
    assert 'href="/records/customer?filter=arr+%3E+100000"' in shown
    assert member.get("/api/v1/metadata/segment/large").json()["filter"] == "arr > 100000"
