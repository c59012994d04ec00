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
