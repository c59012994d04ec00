"""The kind rule: triggers and actions by their type."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import RULE, read, refused


def test_the_example_is_read_to_the_letter() -> None:
    body = read(RULE).body
    assert (body.trigger.to, body.limits.cooldown_hours, body.order) == (["risk"], 24, 100)
    assert [action.type for action in body.actions] == ["raise_alert", "create_task"]
    assert body.actions[1].assign_to.field == "owner"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"trigger": {"type": "moon"}}, ("/trigger/type", "bad_choice")),
        ({"trigger": {"type": "date"}}, ("/trigger/field", "required")),
        ({"actions": []}, ("/actions", "required")),
        ({"actions": [{"type": "raise_alert", "level": "blue"}]}, ("/actions/0/level", "bad_choice")),
        ({"limits": {"once_per": "week"}}, ("/limits/once_per", "bad_choice")),
        ({"state": "asleep"}, ("/state", "bad_choice")),
        ({"trigger": {"type": "value_fell", "field": "arr", "by": "1e99", "within_days": 3}}, ("/trigger/by", "out_of_range")),
        ({"actions": [{"type": "call_webhook", "url": "https://example.com", "headers": {"X-A": "a\r\nHost: b"}}]}, ("/actions/0/headers/X-A", "bad_format")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**RULE, **changes})
