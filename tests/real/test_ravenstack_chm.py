"""The software company's accounts in the entities of customer health: totals equal the published truth, scores and dashboards fill."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tenon.engine.apps import find_app, install_all
from tenon.engine.context import system_context
from tenon.engine.query.answers import answer
from tenon.engine.query.question import read_question
from tenon.engine.reports.selection import Selection
from tenon.engine.reports.widgets import data
from tenon.engine.scores.run import run_all_now
from tenon.platform.workspace import Platform
from tests.real.conftest import TUTORIAL

FILES = {"accounts": "customer", "subscriptions": "contract", "feature_usage": "usage_event", "support_tickets": "ticket", "churn_events": "churn_event"}
ROWS = {"accounts": "accounts", "subscriptions": "subs", "feature_usage": "usage", "support_tickets": "tickets", "churn_events": "churn_events"}
INDUSTRIES = {"finance": ("FinTech",), "healthcare": ("HealthTech",), "education": ("EdTech",), "software": ("DevTools", "Cybersecurity")}
REASONS = {"product": ("features",), "service": ("support",), "price": ("budget", "pricing"), "competitor": ("competitor",), "other": ("unknown",)}


@pytest.fixture
def truth(shared: Path) -> dict[str, Any]:
    """What is published about the five files."""
    found: dict[str, Any] = json.loads((shared / "data" / "TRUTH.json").read_text("utf-8"))["ravenstack_shared"]
    return found


@pytest.fixture
def accounts(real_platform: Callable[..., Platform], import_file: Callable[..., dict[str, Any]], shared: Path, truth: dict[str, Any]) -> Platform:
    """Customer health with all five files imported through the mappings of the tutorial, as of the last day of the data."""
    platform = real_platform("nothing", datetime(2024, 12, 31, 4, tzinfo=UTC))
    install_all(platform.publisher, system_context(), find_app("chm"))
    for name, entity in FILES.items():
        mapping = json.loads((TUTORIAL / "ravenstack_chm" / f"{name}.json").read_text("utf-8"))
        result = import_file(platform, shared / "data" / "ravenstack" / f"ravenstack_{name}.csv", entity, mapping=mapping)
        assert (result["created"], result["refused"]) == (truth[ROWS[name]], 0), name
    with platform.write() as uow:
        run_all_now(uow)
    return platform


def test_totals_scores_and_dashboards(accounts: Platform, truth: dict[str, Any]) -> None:
    def ask(entity: str, *exprs: str, by: str | None = None) -> list[list[Any]]:
        question = {"entity": entity, "group_by": [by] if by else [], "measures": [{"name": f"m{i}", "expr": e} for i, e in enumerate(exprs)]}
        with accounts.read() as uow:
            return list(answer(uow, system_context(), read_question(question))["rows"])

    def summed(names: dict[str, tuple[str, ...]], of: str) -> dict[str, int]:
        return {name: sum(truth[of][each] for each in parts) for name, parts in names.items()}

    assert ask("customer", "count()", "count(where=status == 'churned')", "count(where=open_ticket_count > 0)") == [[truth["accounts"], truth["acc_churn"], 0]]
    assert ask("customer", "sum(annual_value)") == [[Decimal(truth["mrr_open"]) * 12]]
    assert ask("contract", "count(where=is_empty(end))", "sum(annual_value)") == [[truth["subs_open"], Decimal(truth["mrr_all"]) * 12]]
    assert ask("usage_event", "count()", "count(where=is_empty(customer))") == [[truth["usage"], truth["usage_orphans"]]]
    assert ask("ticket", "count(where=not is_empty(satisfaction))", "round(avg(satisfaction), 4)", "round(avg(hours_to_solve), 4)") == [
        [truth["csat_n"], Decimal(str(truth["csat_mean"])), Decimal(str(truth["res_mean"]))],
    ]  # fmt: skip
    assert ask("churn_event", "distinct(customer)") == [[truth["accounts_with_churn_event"]]]
    assert dict(ask("ticket", "count()", by="priority")) == {"normal" if name == "medium" else name: n for name, n in truth["tickets_priority"].items()}
    assert dict(ask("customer", "count()", by="industry")) == summed(INDUSTRIES, "acc_industry")
    assert dict(ask("churn_event", "count()", by="reason_code")) == summed(REASONS, "churn_reason")
    for score in ("health", "health_standard", "health_starter"):
        bands = dict(ask("customer", "count()", by=f"{score}_band"))
        assert sum(bands.values()) == truth["accounts"]
        assert len([band for band in bands if band]) >= 1
    assert ask("customer", "count(where=health_standard_coverage > 0.5)")[0][0] > 300
    with accounts.read() as uow:
        for name in ("customers_by_band", "lost_by_reason", "health_by_industry", "nrr"):
            assert data(uow, system_context(), name, Selection())["rows"], name
