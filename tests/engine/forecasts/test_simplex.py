"""Walking downhill."""

from __future__ import annotations

import pytest

from tenon.engine.forecasts.simplex import lowest


def test_a_bent_valley_is_followed_to_its_end() -> None:
    point, value = lowest(lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2, [-1.2, 1.0], enough=1e-12)
    assert point == pytest.approx([1, 1], abs=1e-3)
    assert value == pytest.approx(0, abs=1e-6)
