"""The kind playbook: ordered tasks for alerts, a stage, or by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.metamodel.kinds.contract import PLAYBOOK, read, refused


def test_the_example_is_read_to_the_letter_and_is_about_customers() -> None:
    document = read({key: value for key, value in PLAYBOOK.items() if key != "entity"})
    (step,) = document.body.steps
    assert (document.json["entity"], document.body.for_.alert, step.title.show("zh"), step.assign_to.field, step.due_hours, step.required) == (
        "customer", ["threshold", "drop"], "电话诊断", "owner", 24, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"steps": []}, ("/steps", "required")),
        ({"steps": [{"title": {"en": "Call"}, "due_hours": -1}]}, ("/steps/0/due_hours", "out_of_range")),
        ({"for": {"alerts": ["drop"]}}, ("/for/alerts", "unknown_field")),
    ],
)
def test_what_is_wrong_is_said_where_it_is(changes: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in refused({**PLAYBOOK, **changes})
