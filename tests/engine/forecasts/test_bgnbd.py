"""BG/NBD by the published parameters and worked example (Fader, Hardie and Lee 2005)."""

from __future__ import annotations

import pytest

from tenon.engine.forecasts.bgnbd import BgNbd, History, fit, hypergeometric

PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426)
FITTED = BgNbd(0.2426, 4.4135, 0.7929, 2.4258)


def test_the_worked_example() -> None:
    customer = History(2, 30.43, 38.86)
    assert PUBLISHED.expected(customer, 39) == pytest.approx(1.226, abs=1e-3)
    assert FITTED.alive(customer) == pytest.approx(0.72661, abs=1e-4)
    low, high = FITTED.range(customer, 39)
    assert low <= 1.226 <= high


def test_a_new_customer_over_time() -> None:
    new = History(0, 0, 0)
    weeks = (0.1429, 1, 3, 31.8571, 32, 78)
    assert [round(FITTED.expected(new, t), 4) for t in weeks] == pytest.approx([0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576], abs=1e-3)
    assert (PUBLISHED.alive(new), FITTED.expected(new, 39)) == (1, pytest.approx(1.19502, abs=1e-3))


def test_with_few_who_came_back_nothing_is_fitted() -> None:
    assert fit([History(0, 0, 30)] * 500) is None
    assert fit([History(3, 20, 30)] * 99) is None


def test_the_series() -> None:
    assert hypergeometric(1, 1, 2, 0.5) == pytest.approx(1.3862943611)  # -ln(1 - z) / z
