"""The gap between two groups' rates: its size without direction, so that 0 is parity.

The interval of the signed difference is Newcombe's; folded at 0 it holds the size. Noise alone
lifts a size, so each gap also tells what mere noise would show (docs/statistics.md). Never the
bootstrap: it cannot show a gap of 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, sqrt

from trusteval.stats.estimate import Z

Z_OF_TWO = 1.959963984540054
"""Standard normal quantile of a one-sided 97.5 % bound: one of two by Bonferroni."""
NOISE = 0.80
"""Mean size of a standard normal, sqrt(2 / pi), rounded up."""
NOISE_OF_TWO = 1.13
"""Mean of the larger size of two standard normals, 2 / sqrt(pi), rounded up."""
NOISE_OF_EQUALS = 0.4
"""Mean of the larger of two normals with one mean, in hypot(errors): 1 / sqrt(2 pi), rounded up."""
CLEAR = 3
"""A gap of more standard errors than that is clear of noise."""
_FAR = 37.0


@dataclass(frozen=True, slots=True)
class Gap:
    """The estimate of |rate_1 - rate_2|, in [0, 1], from counts of two groups.

    `low` and `high` are the 90 % interval of the difference (Newcombe 1998, Statistics in
    Medicine 17:873, method 10: two Wilson intervals joined) folded at 0: [0, the farther end] if
    it holds 0, else [the nearer end, the farther]. The p-values invert these bounds. Raises
    ValueError unless 0 <= positive <= n and n > 0 in both groups.
    """

    positive_1: int
    n_1: int
    positive_2: int
    n_2: int

    def __post_init__(self) -> None:
        for positive, n in ((self.positive_1, self.n_1), (self.positive_2, self.n_2)):
            if not 0 <= positive <= n or n == 0:
                raise ValueError(f"expected 0 <= positive <= n and n > 0, got {positive} of {n}")

    @property
    def difference(self) -> float:
        """The first group's rate minus the second's, in [-1, 1]."""
        return self.positive_1 / self.n_1 - self.positive_2 / self.n_2

    @property
    def interval_of_difference(self) -> tuple[float, float]:
        """The signed difference's 90 % interval."""
        return newcombe_bound(self, -Z), newcombe_bound(self, Z)

    @property
    def standard_error(self) -> float:
        """The difference's: sqrt(rate_1 (1 - rate_1) / n_1 + rate_2 (1 - rate_2) / n_2)."""
        rate_1, rate_2 = self.positive_1 / self.n_1, self.positive_2 / self.n_2
        return sqrt(rate_1 * (1 - rate_1) / self.n_1 + rate_2 * (1 - rate_2) / self.n_2)

    @property
    def noise(self) -> float:
        """The mean gap that would show if the two groups' true rates were the same."""
        return NOISE * self.standard_error

    @property
    def lift(self) -> float:
        """By how much noise has lifted the gap on average, at most: 0 once it is clear."""
        return 0.0 if self.value > CLEAR * self.standard_error else self.noise

    @property
    def value(self) -> float:
        return abs(self.difference)

    @property
    def low(self) -> float:
        return self.bounds(Z)[0]

    @property
    def high(self) -> float:
        return self.bounds(Z)[1]

    def bounds(self, z: float) -> tuple[float, float]:
        """Return the bounds that are z standard normal quantiles away, z >= 0."""
        low, high = newcombe_bound(self, -z), newcombe_bound(self, z)
        return max(0.0, low, -high), min(1.0, max(-low, high))

    def p_above(self, limit: float) -> float:
        if limit < 0:
            return 0.0
        return min(_p_of_more(self, limit), _p_of_more(self._swapped(), limit))

    def p_below(self, limit: float) -> float:
        if limit < 0:
            return 1.0
        return max(_p_of_more(self, -limit), _p_of_more(self._swapped(), -limit))

    def _swapped(self) -> Gap:
        return Gap(self.positive_2, self.n_2, self.positive_1, self.n_1)


@dataclass(frozen=True, slots=True)
class OddsGap:
    """The estimate of max(gap of true positive rates, gap of false positive rates), in [0, 1].

    That is the equalized odds difference. `high` is the larger upper bound; `low` is the larger
    lower bound, each one-sided 97.5 %, since either gap may be the one that is large. p_above is
    twice the smaller p-value, p_below the larger one.
    """

    true_positive: Gap
    false_positive: Gap

    @property
    def larger(self) -> Gap:
        """The gap that counts; of two equal ones, that of the true positive rates."""
        return max(self._both, key=lambda gap: gap.value)

    @property
    def noise(self) -> float:
        """The mean that would show if the true rates were the same, at most."""
        return NOISE_OF_TWO * max(gap.standard_error for gap in self._both)

    @property
    def lift(self) -> float:
        """By how much noise has lifted the larger gap on average, at most.

        Clear of noise, it is still the larger of two: 0.4 hypot(their standard errors), and 0
        once they differ clearly too.
        """
        if self.value <= CLEAR * self.noise:
            return self.noise
        together = hypot(*(gap.standard_error for gap in self._both))
        apart = abs(self.true_positive.value - self.false_positive.value)
        return 0.0 if apart > CLEAR * together else NOISE_OF_EQUALS * together

    @property
    def value(self) -> float:
        return self.larger.value

    @property
    def low(self) -> float:
        return max(gap.bounds(Z_OF_TWO)[0] for gap in self._both)

    @property
    def high(self) -> float:
        return max(gap.high for gap in self._both)

    def p_above(self, limit: float) -> float:
        return min(1.0, 2 * min(gap.p_above(limit) for gap in self._both))

    def p_below(self, limit: float) -> float:
        return max(gap.p_below(limit) for gap in self._both)

    @property
    def _both(self) -> tuple[Gap, Gap]:
        return self.true_positive, self.false_positive


def newcombe_bound(gap: Gap, z: float) -> float:
    """Return the bound of the signed difference, in [-1, 1]: a lower one if z < 0.

    Newcombe's method 10: difference -+ the root of the summed squares of how far each rate is
    from the end of its Wilson interval that pulls the difference that way.
    """
    rate_1, rate_2 = gap.positive_1 / gap.n_1, gap.positive_2 / gap.n_2
    one = wilson_bound(gap.positive_1, gap.n_1, z=z) - rate_1
    two = wilson_bound(gap.positive_2, gap.n_2, z=-z) - rate_2
    reach = hypot(one, two)
    return gap.difference + (reach if z > 0 else -reach)


def wilson_bound(positive: int, n: int, *, z: float) -> float:
    """Return Wilson's score bound of a proportion (Wilson 1927), a lower one if z < 0."""
    rate, square = positive / n, z * z / n
    reach = z * sqrt(rate * (1 - rate) / n + square / (4 * n))
    return (rate + square / 2 + reach) / (1 + square)


def _p_of_more(gap: Gap, limit: float) -> float:
    """Return the p-value of "the signed difference exceeds the limit".

    That is the level whose lower bound is the limit; from 1/2 on, where it would be an upper one.
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr

    def excess(z: float) -> float:
        return newcombe_bound(gap, -z) - limit

    start, end = (0.0, _FAR) if excess(0.0) > 0 else (-_FAR, 0.0)
    if excess(end) > 0:
        return 0.0
    if excess(start) < 0:
        return 1.0
    return float(ndtr(-brentq(excess, start, end, xtol=1e-12)))
