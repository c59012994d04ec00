"""The area under the curve of hand-made values."""

from __future__ import annotations

import pytest

from tenon.engine.forecasts.auc import auc


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
