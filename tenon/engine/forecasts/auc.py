"""The area under the ROC curve with ties counted half, and its interval after DeLong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import sqrt

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Auc:
    """How often a record with the outcome stands above one without it; ``low`` and ``high`` are its 95 % interval."""

    value: float
    low: float
    high: float

    def turned(self) -> Auc:
        """Return the same of the values in the other order."""
        return Auc(1 - self.value, 1 - self.high, 1 - self.low)


def auc(pairs: Iterable[tuple[float, bool]]) -> Auc | None:
    """Return the area for pairs of a value and whether the outcome came; None when all or none of them have it."""
    # Values that repeat are one step each: how many with the outcome, how many without.
    steps = []
    for _, group in groupby(sorted(pairs, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
        flags = [flag for _, flag in group]
        steps.append((sum(flags), len(flags) - sum(flags)))
    positives, negatives = sum(p for p, _ in steps), sum(n for _, n in steps)
    if not positives or not negatives:
        return None
    # The placement of a positive is the share of negatives below it, that of a negative the share of positives above it.
    below = above = 0
    total = squares = 0.0
    squares_of_negatives = 0.0
    for p, n in steps:
        place = (below + n / 2) / negatives
        place_of_negative = (positives - above - p / 2) / positives
        total += p * place
        squares += p * place * place
        squares_of_negatives += n * place_of_negative * place_of_negative
        below += n
        above += p
    area = total / positives
    spread = _variance(squares, area, positives) / positives + _variance(squares_of_negatives, area, negatives) / negatives
    half = Z95 * sqrt(max(spread, 0.0))
    return Auc(area, max(0.0, area - half), min(1.0, area + half))


def _variance(squares: float, mean: float, count: int) -> float:
    return (squares - count * mean * mean) / (count - 1) if count > 1 else 0.0
