"""Cohorts by the month something began, and what is left of them later."""

from __future__ import annotations

import pytest

from tenon.metamodel.errors import Invalid
from tests.engine.reports.asking import answer, counted, widget
from tests.shop import Shop

FIRST: dict[str, object] = {"kind": "extension", "name": "customer_first", "entity": "customer", "fields": [{"name": "first_order", "type": "formula", "expr": "min(orders.ordered_at)"}]}


def test_customers_by_the_month_of_their_first_order(orders: Shop) -> None:
    orders.publish([FIRST])
    groups = [{"field": "customer.first_order", "by": "month"}, {"field": "ordered_at", "by": "month"}]
    found = answer(orders, widget("w", "cohort", group_by=groups, measures=[{"name": "buyers", "expr": "distinct(customer)"}]))
    cohorts = {c["cohort"]: c for c in found["cohorts"]}
    assert [cell["value"] for cell in cohorts["2025-11-01"]["cells"]] == [1, 0, 1, 1, 1]
    assert [cell["value"] for cell in cohorts["2026-01-01"]["cells"]] == [1, 1, 1]
    assert [cell["share"] for cell in cohorts["2026-02-01"]["cells"]] == [1.0, 0.0]
    assert counted(orders, "order", cohorts["2025-11-01"]["cells"][2]["behind"]) == 1
    with pytest.raises(Invalid):
        answer(orders, widget("w", "cohort", group_by=["customer"]))
