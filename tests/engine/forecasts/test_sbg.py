"""The shifted beta-geometric model on the survival that Fader and Hardie published (2007)."""

from __future__ import annotations

from math import log

import pytest

from tenon.engine.forecasts.sbg import counts, fit

HIGH_END = (1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491)
REGULAR = (1, 0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241)


@pytest.mark.parametrize(
    ("shares", "alpha", "beta", "likelihood", "churn", "later"),
    [
        (HIGH_END, 0.66809, 3.80610, -1611.158, 0.1493, (46.0, 43.6, 41.4, 39.5, 37.8)),
        (REGULAR, 0.70408, 1.18204, -1680.265, 0.3733, (22.0, 20.4, 19.1, 18.0, 17.0)),
    ],
)
def test_published_parameters_and_projections(
    shares: tuple[float, ...], alpha: float, beta: float, likelihood: float, churn: float, later: tuple[float, ...]
) -> None:
    found = fit(*counts(shares))
    assert found is not None
    assert (found.alpha, found.beta) == (pytest.approx(alpha, abs=1e-4), pytest.approx(beta, abs=1e-4))
    assert (found.likelihood, found.churn) == (pytest.approx(likelihood, abs=1e-3), pytest.approx(churn, abs=1e-4))
    assert [round(100 * found.survival(year), 1) for year in range(8, 13)] == list(later)


def test_those_who_stay_are_worth_more_the_longer_they_do() -> None:
    found = fit(*counts(HIGH_END))
    assert found is not None
    assert [round(found.retention(year), 3) for year in (1, 2, 3, 12)] == [0.851, 0.878, 0.897, 0.957]
    assert found.residual(8, 0.1) == pytest.approx(7.5296, abs=1e-3)
    assert found.lifetime(0.1) == pytest.approx(5.9223, abs=1e-3)
    low, high = found.range(1)
    assert (low, found.survival(low) > 0.9, found.survival(high) > 0.1 >= found.survival(high + 1)) == (0, True, True)


def test_the_interval_of_a_share_is_around_it_and_narrows_with_more_who_left() -> None:
    """With one period seen it is the interval of a share on the logit scale: 0.631 of 1,000 stayed."""
    widths = []
    for whole in (50, 1_000, 20_000):
        found = fit(*counts(REGULAR, whole))
        assert found is not None
        low, high = found.between(lambda model: model.survival(1))
        assert 0 < low < found.survival(1) < high < 1
        widths.append(high - low)
    assert widths[0] / widths[1] == pytest.approx(20**0.5, rel=0.05)
    assert widths[1] / widths[2] == pytest.approx(20**0.5, rel=0.05)
    once = fit([369], [0, 631])
    assert once is not None
    error = (1_000 * 0.631 * 0.369) ** -0.5
    for end, sign in zip(once.between(lambda model: model.survival(1)), (-1, 1), strict=True):
        assert log(end / (1 - end)) == pytest.approx(log(0.631 / 0.369) + sign * 1.96 * error, abs=2e-3)


def test_with_few_who_left_nothing_is_said() -> None:
    assert fit([5, 4], [0, 0, 500]) is None
