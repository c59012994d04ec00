"""Lines and bars: gaps filled, the period before beside it, what was chosen, the filter behind each row."""

from __future__ import annotations

from tests.engine.reports.asking import COUNT, answer, counted, holds, widget
from tests.shop import Shop

MONTHS = [{"field": "ordered_at", "by": "month"}]
SUM = {"name": "s", "expr": "sum(amount)"}
AVERAGE = {"name": "a", "expr": "avg(amount)"}


def test_a_month_without_records_is_there(orders: Shop) -> None:
    found = answer(orders, widget("w", "line", group_by=MONTHS, measures=[COUNT, SUM, AVERAGE]))
    assert [row[:3] for row in found["rows"]] == [
        ["2025-11-01", 1, 10], ["2025-12-01", 0, 0], ["2026-01-01", 2, 50], ["2026-02-01", 3, 20], ["2026-03-01", 2, 100], [None, 1, 1],
    ]
    assert found["rows"][1][3] is None
    assert [c["label"] for c in found["columns"]][1:] == ["Records", "s", "a"]
    assert found["details"][0]["by"] == "month"
    assert found["details"][2]["currency"] == "CNY"
    holds(orders, found, 1)


def test_the_axis_goes_over_the_chosen_period(orders: Shop) -> None:
    document = widget("w", "bar", group_by=[{"field": "ordered_at", "by": "month"}, "customer.industry"])
    found = answer(orders, document, ordered_at="last_365_days", filter="customer.industry == 'saas'")
    assert [row[0] for row in found["rows"]] == [f"2025-{m:02}-01" for m in range(3, 13)] + [f"2026-{m:02}-01" for m in (1, 2, 3)]
    assert sum(row[-1] for row in found["rows"]) == 4
    assert {row[1] for row in found["rows"]} == {"saas"}
    assert found["totals"][-1] == 4
    holds(orders, found)
    assert answer(orders, document, ordered_at="2030-01-01..2030-12-31")["rows"] == []


def test_the_period_before_lies_beside(orders: Shop) -> None:
    document = widget("w", "line", group_by=MONTHS, measures=[SUM], compare={"to": "previous_period"}, options={"period": "this_quarter"})
    found = answer(orders, document)
    assert [row[1] for row in found["rows"]] == [50, 20, 100]
    assert [row and row[1] for row in found["compare"]["rows"]] == [None, 10, None]
    assert found["compare"]["period"]["from"] == "2025-10-01"
    (behind,) = filter(None, found["compare"]["behind"])
    assert counted(orders, "order", behind) == 1
    assert found["period"] == {"field": "ordered_at", "from": "2026-01-01", "to": "2026-03-31", "word": "this_quarter", "label": "This quarter"}
    # What a reader chooses goes before the widget's own period.
    assert [row[0] for row in answer(orders, document, ordered_at="2025-11-01..2025-11-30")["rows"]] == ["2025-11-01"]


def test_the_largest_few(orders: Shop) -> None:
    found = answer(orders, widget("w", "pie", group_by=["customer"], measures=[SUM], sort=["-s"], limit=2))
    assert [(row[0]["title"], row[1]) for row in found["rows"]] == [("B", 95), ("A", 77)]
    assert found["more"] is True
    assert found["totals"] == [None, 181]
