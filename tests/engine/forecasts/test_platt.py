"""Chances of hand-made values."""

from __future__ import annotations

import pytest

from tenon.engine.forecasts.platt import brier, fit, table


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
