"""A pivot: true totals of rows, columns and everything, also of averages."""

from __future__ import annotations

from tests.engine.reports.asking import COUNT, answer, counted, holds, widget
from tests.shop import Shop


def test_totals_are_those_of_the_records(orders: Shop) -> None:
    average = {"name": "a", "expr": "avg(amount)"}
    found = answer(orders, widget("w", "pivot", group_by=["customer.industry", {"field": "ordered_at", "by": "quarter"}], measures=[average, COUNT]))
    assert (found["down"], found["across"]) == (["customer.industry"], ["ordered_at"])
    rows = {row[0]: row[1:] for row in found["row_totals"]["rows"]}
    assert rows["saas"] == [77 / 4, 4]
    assert round(rows["retail"][0], 4) == 31.6667
    columns = {row[0]: row[1:] for row in found["column_totals"]["rows"]}
    assert columns["2026-01-01"] == [170 / 7, 7]
    assert found["totals"][-1] == 9
    assert sum(row[-1] for row in found["rows"]) == 9
    holds(orders, found)
    for part in ("row_totals", "column_totals"):
        for row, behind in zip(found[part]["rows"], found[part]["behind"], strict=True):
            assert counted(orders, "order", behind) == row[-1]


def test_three_groups_and_chosen_columns(orders: Shop) -> None:
    groups = ["customer.industry", "customer", {"field": "ordered_at", "by": "year"}]
    found = answer(orders, widget("w", "pivot", group_by=groups))
    assert (found["down"], found["across"]) == (["customer.industry", "customer"], ["ordered_at"])
    assert len(found["row_totals"]["rows"]) == 4
    found = answer(orders, widget("w", "pivot", group_by=groups, options={"columns": ["customer.industry"]}))
    assert (found["down"], found["across"]) == (["customer", "ordered_at"], ["customer.industry"])
    assert "row_totals" not in answer(orders, widget("w", "pivot", group_by=["customer.industry"]))
