"""The CDNOW customers: lifetime value to the published digits (Fader, Hardie and Lee 2005; Fader and Hardie 2013)."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from tenon.engine.forecasts import bgnbd, gamma_gamma
from tenon.engine.forecasts.bgnbd import History

END, LATER = date(1997, 9, 30), timedelta(days=273)


def read_sample(shared: Path) -> list[dict[date, float]]:
    """Return what each customer spent on each day."""
    found: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for line in (shared / "data/cdnow/CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, _, amount = line.split()
        found[customer][date.fromisoformat(day)] += float(amount)
    return list(found.values())


def test_parameters_and_forecast_from_the_summary(shared: Path) -> None:
    truth = json.loads((shared / "data/TRUTH.json").read_text())["cdnow_bgnbd"]
    with (shared / "data/cdnow/cdnow_customers_summary.csv").open() as file:
        customers = [History(int(float(r["frequency"])), float(r["recency"]), float(r["T"])) for r in csv.DictReader(file)]
    assert (sum(c.frequency for c in customers), round(sum(c.recency for c in customers), 2), round(sum(c.age for c in customers), 2)) == (2_457, 16_135.52, 77_111.21)
    found = bgnbd.fit(customers)
    assert found is not None
    assert (found.r, found.alpha, found.a, found.b) == tuple(pytest.approx(truth[k], abs=1e-3) for k in ("r", "alpha", "a", "b"))
    assert found.likelihood == pytest.approx(-9582.4256, abs=1e-3)
    assert sum(found.expected(c, 39) for c in customers) == pytest.approx(truth["expected_total_purchases_next_39w"], abs=0.1)
    assert found.expected(History(2, 30.43, 38.86), 39) == pytest.approx(1.22591, abs=1e-4)
    assert found.expected(History(0, 0, 0), 78) == pytest.approx(1.85797, abs=1e-4)


def test_worth_from_the_raw_purchases(shared: Path) -> None:
    customers = read_sample(shared)
    histories, spends = [], []
    for days in customers:
        before = sorted(day for day in days if day <= END)
        times = len(before) - 1
        histories.append(History(times, (before[-1] - before[0]).days / 7, (END - before[0]).days / 7))
        spends.append((times, sum(days[day] for day in before[1:]) / times if times else 0.0))
    model, spend = bgnbd.fit(histories), gamma_gamma.fit(spends)
    assert model is not None
    assert spend is not None
    assert model.r == pytest.approx(0.24259, abs=1e-4)
    assert (spend.p, spend.q, spend.v, spend.mean) == (*(pytest.approx(v, abs=0.01) for v in (6.25, 3.74, 15.44)), pytest.approx(35.171, abs=0.01))
    assert spend.correlation == pytest.approx(0.1139, abs=1e-4)
    assert [round(spend.expected(*each), 1) for each in spends[:3]] == [24.7, 18.9, 35.2]
    worths = [gamma_gamma.worth(model, h, spend.expected(*each)) for h, each in zip(histories, spends, strict=True)]
    assert [round(w, 1) for w in worths[:5]] == [36.3, 4.6, 8.3, 8.3, 8.3]
    assert (sum(worths), sum(worths) / len(worths)) == (pytest.approx(71_510, abs=5), pytest.approx(30.34, abs=0.01))
    # Against what came: 12 % too few, where the rate of the past says 56 % too many.
    came = sum(END < day <= END + LATER for days in customers for day in days)
    assert came == 1_882
    assert sum(model.expected(h, 39) for h in histories) / came == pytest.approx(1 - 0.12, abs=0.005)
