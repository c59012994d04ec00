"""Scores over time: the average at the end of each month, records by band each month, with the reader's rights."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tenon.metamodel.errors import Invalid
from tests.engine.reports.asking import COUNT, answer, holds, widget
from tests.engine.sql.test_past import READER, SCORE
from tests.shop import Shop, person

AVERAGE = {"name": "health", "expr": "avg(health_score)"}
MONTHS = {"field": "health_at", "by": "month"}
PAST = {"history": "health"}


@pytest.fixture
def past(shop: Shop) -> Shop:
    """A and B are scored in March, A falls in April, C comes in May; it is 31 May."""
    shop.publish([SCORE, READER])
    clock: Any = shop.platform.outside.clock
    a = shop.create("customer", name="A", seats=90, industry="saas")
    shop.create("customer", name="B", seats=70, industry="retail")
    clock.moment += timedelta(days=30)  # 1 April
    shop.change("customer", a, seats=20)
    clock.moment += timedelta(days=29)  # 30 April
    shop.change("customer", a, seats=30)
    clock.moment += timedelta(days=31)  # 31 May
    shop.create("customer", name="C", seats=60)
    return shop


def test_the_average_at_the_end_of_each_month(past: Shop) -> None:
    found = answer(past, widget("w", "line", "customer", group_by=[MONTHS], measures=[AVERAGE, COUNT], options=PAST))
    assert [[str(row[0]), float(row[1]), row[2]] for row in found["rows"]] == [["2026-03-01", 80, 2], ["2026-04-01", 50, 2], ["2026-05-01", 160 / 3, 3]]
    holds(past, found)
    chosen = answer(past, widget("w", "line", "customer", group_by=[MONTHS], measures=[AVERAGE], options=PAST), health_at="2026-04-01..2026-04-15")
    assert [float(row[1]) for row in chosen["rows"]] == [45]


def test_records_by_band_each_month(past: Shop) -> None:
    found = answer(past, widget("w", "stacked_bar", "customer", group_by=[MONTHS, "health_band"], filter="health_score > 25", options=PAST))
    counts = {(row[0], row[1]): row[2] for row in found["rows"] if row[2]}
    assert counts == {
        ("2026-03-01", "good"): 1, ("2026-03-01", "fair"): 1, ("2026-04-01", "risk"): 1, ("2026-04-01", "fair"): 1, ("2026-05-01", "risk"): 1, ("2026-05-01", "fair"): 2,
    }  # fmt: skip
    holds(past, found)


def test_a_number_against_the_month_before(past: Shop) -> None:
    document = widget("w", "number", "customer", measures=[AVERAGE, COUNT], compare={"to": "previous_period"}, options=PAST)
    found = answer(past, document)
    assert (round(found["rows"][0][0], 4), float(found["compare"]["rows"][0][0])) == (53.3333, 50)
    assert found["changes"]["n"]["change"] == 1
    holds(past, found)


def test_rights_hold_for_the_past(past: Shop) -> None:
    document = widget("w", "line", "customer", group_by=[MONTHS], measures=[AVERAGE, {"name": "n", "expr": "count(health_score)"}], options=PAST)
    found = answer(past, document, person("x", "half"))
    assert [[str(row[0]), float(row[1])] for row in found["rows"] if row[0]] == [["2026-03-01", 90], ["2026-04-01", 30], ["2026-05-01", 30]]
    for wrong in ("grade", "'; --"):
        with pytest.raises(Invalid):
            answer(past, {**document, "options": {"history": wrong}})
