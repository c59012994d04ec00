"""Steps in the order of the options, with what goes on from one to the next."""

from __future__ import annotations

from tests.engine.reports.asking import answer, counted, widget
from tests.shop import Shop


def test_steps_of_a_stage(orders: Shop) -> None:
    found = answer(orders, widget("w", "funnel", "customer", group_by=["stage"]))
    assert [(s["name"], s["label"], s["value"]) for s in found["steps"]] == [("lead", "Lead", 2), ("trial", "Trial", 1), ("active", "Active", 0), ("lost", "Lost", 0)]
    assert [s["of_first"] for s in found["steps"]] == [1.0, 0.5, 0.0, 0.0]
    assert [s["of_previous"] for s in found["steps"]] == [None, 0.5, 0.0, None]
    assert [counted(orders, "customer", s["behind"]) for s in found["steps"][:2]] == [2, 1]


def test_who_came_at_least_this_far(orders: Shop) -> None:
    found = answer(orders, widget("w", "funnel", "customer", group_by=["stage"], filter="name != 'B'", options={"cumulative": True}))
    assert [s["value"] for s in found["steps"]] == [2, 1, 0, 0]
    assert [counted(orders, "customer", s["behind"]) for s in found["steps"]] == [2, 1, 0, 0]


def test_measures_as_steps(orders: Shop) -> None:
    measures = [{"name": "all", "expr": "count()"}, {"name": "big", "label": {"en": "Big", "zh": "大单"}, "expr": "count(where=amount > 9)"}]
    found = answer(orders, widget("w", "funnel", measures=measures))
    assert [(s["label"], s["value"]) for s in found["steps"]] == [("all", 9), ("Big", 5)]
    assert [counted(orders, "order", s["behind"]) for s in found["steps"]] == [9, 5]
    found = answer(orders, widget("w", "funnel", "customer", group_by=["stage"], measures=[{"name": "n", "expr": "count(where=name != 'B')"}], options={"cumulative": True}))
    assert [counted(orders, "customer", s["behind"]) for s in found["steps"]] == [s["value"] for s in found["steps"]] == [2, 1, 0, 0]
