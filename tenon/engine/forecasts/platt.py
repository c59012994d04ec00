"""From a score to a probability: a logistic curve through outcome and value (Platt 1999), its Brier score and its calibration table.

Nothing is re-weighted: the probabilities are those of the records as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

BINS = 10
STEPS = 100
ENOUGH = 1e-10


@dataclass(frozen=True)
class Curve:
    """The probability of the outcome at a value: ``1 / (1 + exp(-(slope * (value - middle) / width + height)))``."""

    slope: float
    height: float
    middle: float
    width: float

    def at(self, value: float) -> float:
        """Return the probability at a value."""
        return sigmoid(self.slope * (value - self.middle) / self.width + self.height)


@dataclass(frozen=True)
class Bin:
    """The records whose probability lies from ``low`` to below ``high``: the mean they were given, and the share that came."""

    low: float
    high: float
    n: int
    predicted: float
    observed: float


def sigmoid(x: float) -> float:
    """Return 1 / (1 + e^-x) without overflow."""
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def fit(pairs: Sequence[tuple[float, bool]]) -> Curve:
    """Return the curve through pairs of a value and whether the outcome came; at least one pair.

    Targets are drawn in a little, as if one more of each had been seen, so that a score that parts them wholly still has a curve.
    """
    positives = sum(flag for _, flag in pairs)
    yes, no = (positives + 1) / (positives + 2), 1 / (len(pairs) - positives + 2)
    counts: dict[float, list[float]] = {}
    for value, flag in pairs:
        cell = counts.setdefault(value, [0.0, 0.0])
        cell[0] += 1
        cell[1] += yes if flag else no
    middle = sum(value for value, _ in pairs) / len(pairs)
    width = (sum((value - middle) ** 2 for value, _ in pairs) / len(pairs)) ** 0.5 or 1.0
    rows = [((value - middle) / width, n, hits) for value, (n, hits) in counts.items()]
    slope, height = 0.0, 0.0
    for _ in range(STEPS):
        g0 = g1 = h00 = h01 = 0.0
        h11 = 1e-9
        for x, n, hits in rows:
            p = sigmoid(slope * x + height)
            w = max(n * p * (1 - p), 1e-12)
            g0, g1 = g0 + hits - n * p, g1 + (hits - n * p) * x
            h00, h01, h11 = h00 + w, h01 + w * x, h11 + w * x * x
        determinant = h00 * h11 - h01 * h01
        if determinant <= 0:
            break
        up, along = (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant
        slope, height = slope + max(-4.0, min(4.0, along)), height + max(-4.0, min(4.0, up))
        if abs(up) + abs(along) < ENOUGH:
            break
    return Curve(slope, height, middle, width)


def brier(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """Return the mean squared error of pairs of a probability and whether the outcome came; None for none."""
    return sum((p - flag) ** 2 for p, flag in pairs) / len(pairs) if pairs else None


def table(pairs: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Return the calibration of pairs of a probability and whether the outcome came, in tenths; empty ones are left out."""
    cells: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for p, flag in pairs:
        cells[min(int(p * BINS), BINS - 1)].append((p, flag))
    return [
        Bin(index / BINS, (index + 1) / BINS, len(cell), sum(p for p, _ in cell) / len(cell), sum(flag for _, flag in cell) / len(cell))
        for index, cell in enumerate(cells) if cell
    ]  # fmt: skip
