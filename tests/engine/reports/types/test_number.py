"""A number with what it was before, its target and a small line."""

from __future__ import annotations

from decimal import Decimal

from tests.engine.reports.asking import COUNT, answer, counted, widget
from tests.shop import Shop

SUM = {"name": "s", "expr": "sum(amount)"}


def test_a_number_against_the_month_before(orders: Shop) -> None:
    document = widget("w", "number", measures=[SUM, COUNT, {"name": "large", "expr": "count(where=amount > 5)"}], compare={"to": "previous_period"}, target="90%")
    found = answer(orders, document, ordered_at="this_month")
    assert found["rows"][0][:2] == [100, 2]
    assert found["compare"]["rows"][0][:2] == [20, 3]
    large = found["compare"]["details"][2]["behind"][0]
    assert counted(orders, "order", large) == found["compare"]["rows"][0][2] < 3
    assert found["changes"]["s"] == {"value": 100, "previous": 20, "change": 80, "ratio": 4.0}
    assert found["changes"]["n"]["change"] == -1
    assert found["target"] == Decimal("0.9")
    assert counted(orders, "order", found["behind"][0]) == 2
    assert counted(orders, "order", found["compare"]["behind"][0]) == 3
    year = answer(orders, {**document, "compare": {"to": "previous_year"}}, ordered_at="this_month")
    assert (year["compare"]["period"]["from"], year["changes"]["s"]["ratio"]) == ("2025-03-01", None)


def test_without_a_period_there_is_nothing_before(orders: Shop) -> None:
    found = answer(orders, widget("w", "gauge", measures=[{"name": "a", "expr": "avg(amount)"}], compare={"to": "previous_period"}, target="30"))
    assert "compare" not in found
    assert found["target"] == 30
    assert round(found["rows"][0][0], 2) == 20.11
    assert answer(orders, widget("w", "number", filter="amount > 1000"))["rows"] == [[0]]


def test_groups_by_time_become_a_line(orders: Shop) -> None:
    found = answer(orders, widget("w", "number", measures=[SUM], group_by=[{"field": "ordered_at", "by": "month"}], options={"period": "this_year"}))
    assert found["rows"] == [[170]]
    assert [row[1] for row in found["line"]["rows"]] == [50, 20, 100]
