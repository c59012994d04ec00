"""The calendar designer over HTTP: the hours of a week, days of a year, and what stands in the way."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.ui.test_design import make, step

URL = "/design/calendar/head_office"


@pytest.fixture
def calendar(member: TestClient) -> TestClient:
    """A new calendar."""
    assert make(member, kind="calendar", label="Head office").headers["location"] == URL
    return member


def drafted(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/metadata/calendar/head_office").json()
    return found


def test_a_new_calendar_has_the_hours_of_an_office_and_makes_no_trouble(calendar: TestClient) -> None:
    page = calendar.get(URL).text
    assert drafted(calendar)["week"]["fri"] == [["09:00", "12:00"], ["13:00", "18:00"]]
    assert "40 hours a week" in page
    assert 'class="design-troubles" hidden' in page


def test_hours_and_days_are_set_and_what_is_wrong_is_said(calendar: TestClient) -> None:
    shown = step(calendar, URL, {"op": "set", "at": "/holidays", "value": ["2026-10-01"]}, {"op": "set", "at": "/week/sat", "value": [["10:00", "12:00"]]}).text
    assert "42 hours a week" in shown
    assert 'data-free="2026-10-01"' in shown
    shown = step(calendar, URL, {"op": "set", "at": "/week/sat", "value": [["10:00", "12:00"], ["11:00", "13:00"]]}).text
    assert "they must not overlap" in shown
    refused = step(calendar, URL, {"op": "set", "at": "/week/sat", "value": [["noon", "12:00"]]})
    assert refused.status_code == 422
    assert drafted(calendar)["week"]["sat"][1] == ["11:00", "13:00"]
