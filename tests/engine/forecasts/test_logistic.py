"""Logistic regression of hand-made rows."""

from __future__ import annotations

from math import exp, log

import pytest

from tenon.engine.forecasts.logistic import fit, invert


def test_two_groups_have_their_shares() -> None:
    rows = [(0.0,)] * 40 + [(1.0,)] * 40
    flags = [True] * 10 + [False] * 30 + [True] * 30 + [False] * 10
    found = fit(rows, flags, ridge=0)
    assert found.coefficients == (pytest.approx(log(1 / 3)), pytest.approx(2 * log(3)))
    assert found.at((1.0,)) == pytest.approx(0.75)
    low, high = found.range((0.0,))
    # The variance of a group's log odds is 1 / (n p (1 - p)).
    half = 1.959964 * (1 / (40 * 0.25 * 0.75)) ** 0.5
    assert (low, high) == (pytest.approx(1 / (1 + 3 * exp(half)), abs=1e-4), pytest.approx(1 / (1 + 3 * exp(-half)), abs=1e-4))
    assert sum(found.at(row) for row in rows) == pytest.approx(40)  # chances add up to what came


def test_a_ridge_holds_what_parts_wholly() -> None:
    found = fit([(0.0, 1.0)] * 20 + [(1.0, 1.0)] * 20, [False] * 20 + [True] * 20)
    assert 1 < found.coefficients[1] < 10
    assert found.coefficients[2] == pytest.approx(0, abs=0.1)
    draw = fit([(0.0,), (1.0,)], [False, True], ridge=100)
    assert abs(draw.coefficients[1]) < 0.01


def test_the_inverse() -> None:
    assert invert([[0.0, 2.0], [4.0, 0.0]]) == [[0, 0.25], [0.5, 0]]
