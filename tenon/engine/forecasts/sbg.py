"""How long customers with a contract stay: the shifted beta-geometric model (Fader and Hardie 2007). Periods are renewals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, lgamma, log

from tenon.engine.forecasts.bgnbd import hypergeometric
from tenon.engine.forecasts.simplex import lowest
from tenon.engine.forecasts.spread import CERTAIN, NOTHING, Spread, spread_of

FEWEST = 10
"""With fewer who left nothing is fitted."""
LONGEST = 400


@dataclass(frozen=True)
class Sbg:
    """Fitted parameters, the log-likelihood, and how uncertain the logarithms of the parameters are."""

    alpha: float
    beta: float
    likelihood: float = 0.0
    spread: Spread = NOTHING

    @property
    def churn(self) -> float:
        """The mean churn of the first period."""
        return self.alpha / (self.alpha + self.beta)

    def survival(self, periods: int) -> float:
        """Return the share that is still there after so many periods."""
        return exp(_beta(self.alpha, self.beta + periods) - _beta(self.alpha, self.beta))

    def retention(self, period: int) -> float:
        """Return the share of those there before a period, counted from 1, that stay through it."""
        return (self.beta + period - 1) / (self.alpha + self.beta + period - 1)

    def lifetime(self, rate: float) -> float:
        """Return the expected periods of a new customer, discounted at a rate a period; the first counts whole."""
        return hypergeometric(1, self.beta, self.alpha + self.beta, 1 / (1 + rate))

    def residual(self, renewals: int, rate: float) -> float:
        """Return the expected periods to come of a customer about to decide on so many-th renewal, discounted at a rate a period."""
        return self.retention(renewals) * hypergeometric(1, self.beta + renewals, self.alpha + self.beta + renewals, 1 / (1 + rate))

    def range(self, renewals: int) -> tuple[int, int]:
        """Return between how many more periods 8 of 10 such customers stay."""
        start = self.survival(renewals - 1)
        left = [self.survival(renewals - 1 + more) / start for more in range(LONGEST)]
        low = next((n for n, share in enumerate(left) if share <= 0.9), LONGEST)
        high = next((n for n, share in enumerate(left) if share <= 0.1), LONGEST)
        return max(low - 1, 0), max(high - 1, 0)

    def between(self, share: Callable[[Sbg], float]) -> tuple[float, float]:
        """Return between what a share, a number from 0 to 1 that follows from the parameters, lies with 95 % certainty: fewer who left tell less.

        It is the mean of many such customers that lies there, not what one of them does.
        """
        logit = _logit(share(self))
        far = CERTAIN * self.spread.of(lambda a, b: _logit(share(Sbg(exp(a), exp(b)))), log(self.alpha), log(self.beta))
        return 1 / (1 + exp(far - logit)), 1 / (1 + exp(-far - logit))


def fit(lost: Sequence[float], still: Sequence[float]) -> Sbg | None:
    """Return the model by maximum likelihood; None with too few who left.

    ``lost`` is how many left in the first, second, third period; ``still`` how many are there that have stayed no, one, two periods.
    """
    if sum(lost) < FEWEST:
        return None
    point, value = lowest(lambda p: -_likelihood(lost, still, *map(exp, p)), [0.0, 0.0])
    alpha, beta = map(exp, point)
    return Sbg(alpha, beta, -value, spread_of(lambda a, b: _sum(lost, still, exp(a), exp(b)), *point))


def _likelihood(lost: Sequence[float], still: Sequence[float], alpha: float, beta: float) -> float:
    if max(alpha, beta) > 1e7 or min(alpha, beta) < 1e-8:
        return -1e300
    return _sum(lost, still, alpha, beta)


def _sum(lost: Sequence[float], still: Sequence[float], alpha: float, beta: float) -> float:
    whole = _beta(alpha, beta)
    total = sum(n * (_beta(alpha + 1, beta + period) - whole) for period, n in enumerate(lost) if n)
    return total + sum(n * (_beta(alpha, beta + periods) - whole) for periods, n in enumerate(still) if n)


def _logit(share: float) -> float:
    inside = min(max(share, 1e-9), 1 - 1e-9)
    return log(inside / (1 - inside))


def _beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def counts(shares: Sequence[float], whole: float = 1_000) -> tuple[list[float], list[float]]:
    """Return what `fit` takes for shares of a cohort that are still there, from the start on."""
    return [whole * (a - b) for a, b in pairwise(shares)], [*([0.0] * (len(shares) - 1)), whole * shares[-1]]
