"""Logistic regression with a ridge, by Newton's steps. Records count as they are: classes are never re-weighted, so that chances are chances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from tenon.engine.forecasts.auc import Z95
from tenon.engine.forecasts.platt import sigmoid

STEPS = 40
ENOUGH = 1e-9
Row = tuple[float, ...]


@dataclass(frozen=True)
class Logistic:
    """Coefficients, the constant first, and their covariance."""

    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]

    def at(self, row: Row) -> float:
        """Return the chance of a row."""
        return sigmoid(self._sum(row))

    def range(self, row: Row) -> tuple[float, float]:
        """Return the 95 % interval of the chance of a row."""
        whole = (1.0, *row)
        spread = sum(a * b * self.covariance[i][j] for i, a in enumerate(whole) for j, b in enumerate(whole))
        middle, half = self._sum(row), Z95 * sqrt(max(spread, 0.0))
        return sigmoid(middle - half), sigmoid(middle + half)

    def _sum(self, row: Row) -> float:
        return self.coefficients[0] + sum(c * x for c, x in zip(self.coefficients[1:], row, strict=True))


def fit(rows: Sequence[Row], flags: Sequence[bool], ridge: float = 1.0) -> Logistic:
    """Return the regression of rows of inputs; the ridge draws coefficients, not the constant, towards nothing."""
    counted: Counter[tuple[Row, bool]] = Counter(zip(rows, flags, strict=True))
    cells: dict[Row, list[int]] = {}
    for (row, flag), n in counted.items():
        cell = cells.setdefault((1.0, *row), [0, 0])
        cell[0] += n
        cell[1] += n if flag else 0
    size = len(rows[0]) + 1
    found = [0.0] * size
    inverse: list[list[float]] = []
    for _ in range(STEPS):
        slope = [0.0, *(-ridge * c for c in found[1:])]
        curve = [[(ridge if i == j and i else 1e-9 if i == j else 0.0) for j in range(size)] for i in range(size)]
        for row, (n, hits) in cells.items():
            p = sigmoid(sum(c * x for c, x in zip(found, row, strict=True)))
            w, miss = n * p * (1 - p), hits - n * p
            for i, x in enumerate(row):
                if x:
                    slope[i] += miss * x
                    line, wx = curve[i], w * x
                    for j in range(i + 1):
                        line[j] += wx * row[j]
        for i in range(size):
            for j in range(i):
                curve[j][i] = curve[i][j]
        inverse = invert(curve)
        step = [sum(a * b for a, b in zip(line, slope, strict=True)) for line in inverse]
        found = [c + max(-5.0, min(5.0, s)) for c, s in zip(found, step, strict=True)]
        if max(map(abs, step)) < ENOUGH:
            break
    return Logistic(tuple(found), tuple(tuple(line) for line in inverse))


def invert(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the inverse of a matrix that has one."""
    size = len(matrix)
    work = [[*line, *(1.0 if i == j else 0.0 for j in range(size))] for i, line in enumerate(matrix)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda i: abs(work[i][column]))
        work[column], work[pivot] = work[pivot], work[column]
        divisor = work[column][column]
        work[column] = [x / divisor for x in work[column]]
        for i in range(size):
            factor = work[i][column]
            if i != column and factor:
                work[i] = [x - factor * y for x, y in zip(work[i], work[column], strict=True)]
    return [line[size:] for line in work]
