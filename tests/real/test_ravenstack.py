"""The software company's accounts: five linked files, roll-ups over them, and a health score as of the last day."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tenon.engine.context import system_context
from tenon.engine.query.answers import answer
from tenon.engine.query.pages import Ask, page
from tenon.engine.query.question import read_question
from tenon.platform.workspace import Platform

AS_OF = date(2024, 12, 31)
MOMENT = datetime(2024, 12, 31, 4, tzinfo=UTC)
FILES = {
    "account": "accounts", "subscription": "subscriptions", "usage": "feature_usage", "ticket": "support_tickets", "churn_event": "churn_events",
}  # fmt: skip
ROWS = {"account": 398, "subscription": 3_995, "usage": 19_893, "ticket": 1_595, "churn_event": 477}


@pytest.fixture
def accounts(real_platform: Callable[..., Platform], import_file: Callable[..., dict[str, Any]], shared: Path) -> Platform:
    """The platform with all five files imported, as of the last day of the data."""
    platform = real_platform("ravenstack", MOMENT)
    for entity, name in FILES.items():
        result = import_file(platform, shared / "data" / "ravenstack" / f"ravenstack_{name}.csv", entity)
        assert (result["created"], result["refused"]) == (ROWS[entity], 0), entity
    return platform


def rows_of(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "data" / "ravenstack" / f"ravenstack_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_roll_ups_and_bands_are_those_of_the_files(accounts: Platform, shared: Path) -> None:
    ctx = system_context()
    sums = ["subscription_count", "open_mrr", "mrr_all", "usage_rows", "ticket_count", "urgent_tickets", "churn_event_count"]
    question = {
        "entity": "account",
        "measures": [{"name": name, "expr": f"sum({name})"} for name in sums]
        + [{"name": "without_ticket", "expr": "count(where=ticket_count == 0)"}, {"name": "with_event", "expr": "count(where=churn_event_count > 0)"}]
        + [{"name": "churned", "expr": "count(where=churn_flag)"}, {"name": "trials", "expr": "count(where=is_trial)"}],
    }
    with accounts.read() as uow:
        found = answer(uow, ctx, read_question(question))
        tickets = {"entity": "ticket", "measures": [{"name": "n", "expr": "count(where=not is_empty(satisfaction_score))"}, {"name": "mean", "expr": "round(avg(satisfaction_score), 4)"}]}
        satisfaction = answer(uow, ctx, read_question(tickets))
        by_band = answer(uow, ctx, read_question({"entity": "account", "group_by": ["health_band"], "measures": [{"name": "n", "expr": "count()"}]}))
        listed = page(uow, ctx, uow.model.get_entity("account"), Ask(fields=["account_id", "health_score", "health_band"], limit=500)).records
    assert found["rows"] == [
        [3_995, Decimal("8152392.00"), Decimal("9097824.00"), 19_893, 1_595, 416, 477, 6, 281, 89, 84],
    ]
    assert satisfaction["rows"] == [[950, Decimal("4.0158")]]
    expected = expected_scores(shared)
    assert {r["account_id"]: r["health_score"] for r in listed} == expected
    bands = Counter(band(score) for score in expected.values())
    assert dict(map(tuple, by_band["rows"])) == dict(bands)


def band(score: Decimal) -> str:
    return "risk" if score < 50 else "fair" if score < 80 else "healthy"


def expected_scores(shared: Path) -> dict[str, Decimal]:
    """Compute the score of every account from the files alone."""
    owner = {row["subscription_id"]: row["account_id"] for row in rows_of(shared, "subscriptions")}
    month, quarter = AS_OF - timedelta(days=30), AS_OF - timedelta(days=90)
    features: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(shared, "feature_usage"):
        if date.fromisoformat(row["usage_date"]) >= month:
            features[owner[row["subscription_id"]]].add(row["feature_name"])
    urgent, marks = set(), defaultdict(list)
    for row in rows_of(shared, "support_tickets"):
        if row["priority"] == "urgent" and date.fromisoformat(row["submitted_at"]) >= month:
            urgent.add(row["account_id"])
        if row["satisfaction_score"]:
            marks[row["account_id"]].append(Decimal(row["satisfaction_score"]))
    ended = {
        row["account_id"] for row in rows_of(shared, "subscriptions")
        if row["end_date"] and quarter <= date.fromisoformat(row["end_date"]) <= AS_OF
    }  # fmt: skip
    scores = {}
    for row in rows_of(shared, "accounts"):
        account = row["account_id"]
        points = 25 * (len(features[account]) >= 3) + 25 * (account not in urgent) + 25 * (account not in ended)
        if account in marks:
            points += 25 * (sum(marks[account]) / len(marks[account]) >= 4)
            scores[account] = Decimal(points).quantize(Decimal("0.0001"))
        else:
            scores[account] = (Decimal(points) * 100 / 75).quantize(Decimal("0.0001"))
    return scores
