"""Ranking and calibration of hand-made values."""

from __future__ import annotations

import pytest

from tenon.engine.forecasts.auc import auc
from tenon.engine.forecasts.platt import brier, fit, table


def test_the_area_counts_ties_half() -> None:
    # Of 3 × 2 pairs: 4 above, one level, one below.
    found = auc([(1, False), (2, True), (2, False), (3, True), (5, True)])
    assert found is not None
    assert found.value == pytest.approx(5.5 / 6)
    assert found.low < found.value <= found.high <= 1
    turned = found.turned()
    assert (turned.value, turned.low) == (pytest.approx(0.5 / 6), pytest.approx(1 - found.high))
    assert auc([(1, True), (2, True)]) is None


def test_the_interval_is_that_of_delong() -> None:
    # Placements of the positives 1, 0.5, 1, 0.5: mean 0.75, variance 1/12; of the negatives 1, 0.5: variance 1/8.
    found = auc([(4, True), (2, True), (5, True), (2.5, True), (1, False), (3, False)])
    assert found is not None
    assert found.value == pytest.approx(0.75)
    assert 0.75 - found.low == pytest.approx(1.959964 * (1 / 12 / 4 + 1 / 8 / 2) ** 0.5, abs=1e-6)


def test_a_curve_keeps_the_base_rate_and_knows_no_certainty() -> None:
    even = [(float(value), value % 2 == 0) for value in range(100)]
    assert fit(even).at(50) == pytest.approx(0.5, abs=0.01)
    parted = fit([(float(value), value < 50) for value in range(100)])
    assert 0.9 < parted.at(10) < 1
    assert 0 < parted.at(90) < 0.1
    alone = fit([(7.0, True)])
    assert alone.at(7.0) == pytest.approx(2 / 3, abs=0.01)  # one seen, one more assumed of each


def test_brier_and_calibration() -> None:
    pairs = [(0.05, False), (0.15, False), (0.15, True), (1.0, True)]
    assert brier(pairs) == pytest.approx((0.05**2 + 0.15**2 + 0.85**2) / 4)
    assert [(b.low, b.n, round(b.predicted, 3), b.observed) for b in table(pairs)] == [(0, 1, 0.05, 0), (0.1, 2, 0.15, 0.5), (0.9, 1, 1.0, 1)]
    assert brier([]) is None
