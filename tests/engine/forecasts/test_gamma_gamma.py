"""Spend a time and lifetime value, by hand and by the published parameters."""

from __future__ import annotations

import pytest

from tenon.engine.forecasts.bgnbd import BgNbd, History
from tenon.engine.forecasts.gamma_gamma import GammaGamma, fit, worth


def test_the_published_mean_and_conditional_means() -> None:
    model = GammaGamma(6.25, 3.74, 15.44)
    assert model.mean == pytest.approx(35.2, abs=0.1)
    assert model.expected(0, 0) == model.mean
    assert 35.2 < model.expected(2, 100) < 100  # drawn towards the mean
    assert model.expected(2, 100) == pytest.approx(6.25 * (15.44 + 200) / (12.5 + 2.74))


def test_worth_adds_up_months_at_a_rate() -> None:
    model, new = BgNbd(0.243, 4.414, 0.793, 2.426), History(0, 0, 0)
    plain = worth(model, new, 10, months=12, rate=0)
    assert plain == pytest.approx(10 * model.expected(new, 12 * 4.345))
    assert 0.9 * plain < worth(model, new, 10) < plain
    assert fit([(0, 0.0), (3, 12.0)]) is None
