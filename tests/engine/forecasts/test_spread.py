"""How uncertain fitted parameters are, against what is known by formula."""

from __future__ import annotations

from math import exp, log

import pytest

from tenon.engine.forecasts.spread import spread_of


def test_two_parameters_that_hang_together() -> None:
    """A mean and the logarithm of a deviation: deviation² / n and 1 / 2n; of their sum the variances add up."""
    n, mean, deviation = 200, 3.0, 2.0

    def likelihood(a: float, b: float) -> float:
        return -n * b - n * (deviation**2 + (a - mean) ** 2) / (2 * exp(2 * b))

    found = spread_of(likelihood, mean, log(deviation))
    assert (found.first, found.both, found.second) == (pytest.approx(0.02, rel=1e-3), pytest.approx(0, abs=1e-6), pytest.approx(0.0025, rel=1e-3))
    turned = spread_of(lambda a, b: likelihood(a + b, log(deviation) + a - b), mean / 2, mean / 2)
    assert (turned.first, turned.both) == (pytest.approx((0.02 + 0.0025) / 4, rel=1e-3), pytest.approx((0.02 - 0.0025) / 4, rel=1e-3))
    assert found.of(lambda a, b: 2 * a + b, mean, log(deviation)) == pytest.approx((4 * 0.02 + 0.0025) ** 0.5, rel=1e-3)


def test_what_the_data_do_not_say_is_wide_and_no_error() -> None:
    """Only the sum of the two is known: it keeps its width, the difference is as good as unknown."""
    found = spread_of(lambda a, b: -50 * (a + b) ** 2, 0.0, 0.0)
    assert found.of(lambda a, b: a + b, 0.0, 0.0) == pytest.approx(0.1, rel=1e-3)
    assert found.of(lambda a, b: a - b, 0.0, 0.0) > 10
