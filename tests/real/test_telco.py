"""The telecom customers: imported, scored by four items, and the published shares of churn by band."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from tenon.engine.context import system_context
from tenon.engine.query.answers import answer
from tenon.engine.query.question import read_question
from tenon.platform.workspace import Platform

FILE = "telco_churn/Telco-Customer-Churn.csv"


def test_every_customer_is_scored_and_banded(
    real_platform: Callable[..., Platform], import_file: Callable[..., dict[str, Any]], shared: Path
) -> None:
    platform = real_platform("telco")
    result = import_file(platform, shared / "data" / FILE, "customer", match_on=["customer_id"], mode="upsert")
    assert (result["rows"], result["created"], result["refused"]) == (7_043, 7_043, 0)

    question = {
        "entity": "customer", "group_by": ["health_band"],
        "measures": [{"name": "customers", "expr": "count()"}, {"name": "share", "expr": "round(count(where=churn) / count() * 100, 2)"}],
        "totals": True,
    }
    with platform.read() as uow:
        found = answer(uow, system_context(), read_question(question))
    assert found["rows"] == [
        ["risk", 3_627, Decimal("44.75")], ["fair", 971, Decimal("12.26")], ["healthy", 2_445, Decimal("5.19")],
    ]
    assert found["totals"] == [None, 7_043, Decimal("26.54")]


def test_sums_and_shares_are_those_of_the_file(
    real_platform: Callable[..., Platform], import_file: Callable[..., dict[str, Any]], shared: Path
) -> None:
    platform = real_platform("telco")
    import_file(platform, shared / "data" / FILE, "customer")
    measures = [
        {"name": "customers", "expr": "count()"}, {"name": "churned", "expr": "count(where=churn)"},
        {"name": "monthly", "expr": "sum(monthly_charges)"}, {"name": "total", "expr": "sum(total_charges)"},
        {"name": "blank", "expr": "count(where=is_empty(total_charges))"},
    ]
    with platform.read() as uow:
        whole = answer(uow, system_context(), read_question({"entity": "customer", "measures": measures}))
        question = {"entity": "customer", "group_by": ["contract"], "measures": measures[:2]}
        by_contract = answer(uow, system_context(), read_question(question))
    assert whole["rows"] == [[7_043, 1_869, Decimal("456116.60"), Decimal("16056168.70"), 11]]
    assert by_contract["rows"] == [["month_to_month", 3_875, 1_655], ["one_year", 1_473, 166], ["two_year", 1_695, 48]]
