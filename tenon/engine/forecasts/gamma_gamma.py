"""How much a customer spends at a time, and what that is worth with how often: Gamma-Gamma (Fader and Hardie 2013)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log

from tenon.engine.forecasts.bgnbd import BgNbd, History
from tenon.engine.forecasts.simplex import lowest

WEEKS_OF_A_MONTH = 4.345
MOST_CORRELATED = 0.3
"""Spend and frequency have to be nearly independent for the model to hold."""


@dataclass(frozen=True)
class GammaGamma:
    """Fitted parameters, the log-likelihood, and how spend and frequency go together."""

    p: float
    q: float
    v: float
    likelihood: float = 0.0
    correlation: float = 0.0

    @property
    def mean(self) -> float:
        """The mean spend of a customer nothing is known of."""
        return self.p * self.v / (self.q - 1)

    def expected(self, frequency: int, spend: float) -> float:
        """Return the mean spend of a customer with so many repeat purchases of a mean spend."""
        return self.p * (self.v + frequency * spend) / (self.p * frequency + self.q - 1) if frequency and spend > 0 else self.mean


def fit(rows: Sequence[tuple[int, float]]) -> GammaGamma | None:
    """Return the model of pairs of repeat purchases and their mean spend by maximum likelihood; None with too few, or a mean without end."""
    known = [(x, m) for x, m in rows if x > 0 and m > 0]
    if len(known) < 2:
        return None
    point, value = lowest(lambda p: -_likelihood(known, *map(exp, p)), [0.0, 1.0, 2.0])
    p, q, v = map(exp, point)
    return GammaGamma(p, q, v, -value, _correlation(known)) if q > 1 else None


def _likelihood(rows: Sequence[tuple[int, float]], p: float, q: float, v: float) -> float:
    if max(p, q, v) > 1e7 or min(p, q, v) < 1e-8:
        return -1e300
    start, total = q * log(v) - lgamma(q), 0.0
    for x, m in rows:
        px = p * x
        total += start + lgamma(px + q) - lgamma(px) + (px - 1) * log(m) + px * log(x) - (px + q) * log(x * m + v)
    return total


def _correlation(rows: Sequence[tuple[int, float]]) -> float:
    n = len(rows)
    mx, my = sum(x for x, _ in rows) / n, sum(y for _, y in rows) / n
    sxy = sum((x - mx) * (y - my) for x, y in rows)
    sxx, syy = sum((x - mx) ** 2 for x, _ in rows), sum((y - my) ** 2 for _, y in rows)
    return sxy / (sxx * syy) ** 0.5 if sxx and syy else 0.0


def worth(model: BgNbd, history: History, spend: float, months: int = 12, rate: float = 0.01) -> float:
    """Return what the purchases of the months to come are worth today at a rate a month; each month counts at its end."""
    total = before = 0.0
    for month in range(1, months + 1):
        bought = model.expected(history, month * WEEKS_OF_A_MONTH)
        total += spend * (bought - before) / (1 + rate) ** month
        before = bought
    return total
