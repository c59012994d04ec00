"""How uncertain two fitted parameters are, and what follows from them: by the curvature of the likelihood at its top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import hypot, sqrt

Of = Callable[[float, float], float]

CERTAIN = 1.959964
"""So many standard errors to each side hold 95 %."""
STEP = 1e-3
FLATTEST = 1e-2
"""A direction of which the data say less than this counts as known this little, and no less."""


@dataclass(frozen=True)
class Spread:
    """Variances of two parameters and their covariance."""

    first: float = 0.0
    both: float = 0.0
    second: float = 0.0

    def of(self, function: Of, a: float, b: float) -> float:
        """Return the standard error of what follows from the parameters, at a point (delta method)."""
        by_a = (function(a + STEP, b) - function(a - STEP, b)) / (2 * STEP)
        by_b = (function(a, b + STEP) - function(a, b - STEP)) / (2 * STEP)
        return sqrt(max(by_a * by_a * self.first + 2 * by_a * by_b * self.both + by_b * by_b * self.second, 0.0))


NOTHING = Spread()


def spread_of(likelihood: Of, a: float, b: float, step: float = 1e-2) -> Spread:
    """Return the spread of parameters where their log-likelihood is highest: the inverse of the observed information."""
    top = likelihood(a, b)
    of_a = -(likelihood(a + step, b) - 2 * top + likelihood(a - step, b)) / step**2
    of_b = -(likelihood(a, b + step) - 2 * top + likelihood(a, b - step)) / step**2
    mixed = (likelihood(a + step, b - step) + likelihood(a - step, b + step) - likelihood(a + step, b + step) - likelihood(a - step, b - step)) / (4 * step**2)
    return _inverse(of_a, mixed, of_b)


def _inverse(of_a: float, mixed: float, of_b: float) -> Spread:
    """Return the inverse along the two directions in which the parameters are known apart, each at least a little."""
    middle, half = (of_a + of_b) / 2, hypot((of_a - of_b) / 2, mixed)
    x, y = (mixed, middle + half - of_a) if abs(mixed) > 1e-12 else (1.0, 0.0) if of_a >= of_b else (0.0, 1.0)
    length = hypot(x, y)
    x, y = x / length, y / length
    most, least = (1 / max(curve, FLATTEST) for curve in (middle + half, middle - half))
    return Spread(most * x * x + least * y * y, (most - least) * x * y, most * y * y + least * x * x)
