"""How often a customer without a contract will buy again: BG/NBD (Fader, Hardie and Lee 2005).

Times are in weeks: ``frequency`` repeat purchases, ``recency`` from the first purchase to the last, ``age`` from the first to today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p
from random import Random

from tenon.engine.forecasts.simplex import lowest

FEWEST = 100
"""With fewer customers who came back nothing is fitted."""
DRAWS = 400
MOST_TERMS = 20_000


@dataclass(frozen=True, order=True)
class History:
    """What is known of a customer."""

    frequency: int
    recency: float
    age: float


@dataclass(frozen=True)
class BgNbd:
    """Fitted parameters and the log-likelihood."""

    r: float
    alpha: float
    a: float
    b: float
    likelihood: float = 0.0

    def expected(self, history: History, weeks: float) -> float:
        """Return how many purchases are expected in the weeks to come."""
        x, a = history.frequency, self.a if abs(self.a - 1) > 1e-9 else 1 + 1e-9
        z = weeks / (self.alpha + history.age + weeks)
        top = a + self.b + x - 1
        gone = exp((a - 1) * log1p(-z)) * hypergeometric(a + self.b - 1 - self.r, a - 1, top, z)
        return top / (a - 1) * (1 - gone) * self.alive(history)

    def alive(self, history: History) -> float:
        """Return the probability that the customer still buys."""
        x = history.frequency
        if not x:
            return 1.0
        odds: float = self.a / (self.b + x - 1) * ((self.alpha + history.age) / (self.alpha + history.recency)) ** (self.r + x)
        return 1 / (1 + odds)

    def range(self, history: History, weeks: float, seed: int = 1) -> tuple[int, int]:
        """Return between how many purchases 8 of 10 such customers will make in the weeks to come."""
        chance, x, alive = Random(seed), history.frequency, self.alive(history)
        drawn = sorted(self._draw(chance, x, history.age, weeks) if chance.random() < alive else 0 for _ in range(DRAWS))
        return drawn[DRAWS // 10], drawn[DRAWS - DRAWS // 10 - 1]

    def _draw(self, chance: Random, x: int, age: float, weeks: float) -> int:
        rate, leaves = chance.gammavariate(self.r + x, 1 / (self.alpha + age)), chance.betavariate(self.a, self.b + x)
        bought, at = 0, chance.expovariate(rate) if rate > 0 else weeks + 1
        while at <= weeks:
            bought += 1
            if chance.random() < leaves:
                break
            at += chance.expovariate(rate)
        return bought


def fit(histories: Sequence[History]) -> BgNbd | None:
    """Return the model of customers by maximum likelihood; None with too few who came back."""
    if sum(h.frequency > 0 for h in histories) < FEWEST:
        return None
    counts = Counter(histories)
    rows = [(h.frequency, h.recency, h.age, n) for h, n in counts.items()]
    point, value = lowest(lambda p: -_likelihood(rows, *map(exp, p)), [0.0, 0.0, 0.0, 0.0])
    r, alpha, a, b = map(exp, point)
    return BgNbd(r, alpha, a, b, -value)


def _likelihood(rows: Sequence[tuple[int, float, float, int]], r: float, alpha: float, a: float, b: float) -> float:
    if max(r, alpha, a, b) > 1e6 or min(r, alpha, a, b) < 1e-8:
        return -1e300
    start = r * log(alpha) - lgamma(r) + lgamma(a + b) - lgamma(b)
    log_a, total = log(a), 0.0
    for x, recency, age, n in rows:
        still = -(r + x) * log(alpha + age)
        if x:
            left = log_a - log(b + x - 1) - (r + x) * log(alpha + recency)
            high = max(still, left)
            still = high + log(exp(still - high) + exp(left - high))
        total += n * (start + lgamma(r + x) + lgamma(b + x) - lgamma(a + b + x) + still)
    return total


def hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """Return the Gaussian hypergeometric function for 0 <= z < 1 by its series."""
    term = total = 1.0
    for n in range(MOST_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) < 1e-14 * abs(total):
            break
    return total
