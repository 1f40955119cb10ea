"""What a drop, a share or a shift of rates can show: by the normal approximation, or counted.

A prospect is a layout with what is assumed about answers. Fractions throughout, one-sided as the
bounds are. `tests/stats/test_power.py` holds them against simulated gates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor, prod, sqrt
from typing import Protocol, Self

from trusteval.stats.counted import chance_of_fail, chance_of_pass
from trusteval.stats.estimate import ALPHA, Z
from trusteval.stats.item_weights import Weights
from trusteval.stats.normal import above, between, crossing, quantile

_MOST_COUNTED = 400
"""Expected discordant samples up to which chances are counted."""


class Prospect(Protocol):
    """What one limit can show. `limit` and `truth` are how bad a subject may be and is."""

    def passes(self, limit: float, truth: float) -> float:
        """Return the chance of PASS."""
        ...

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        """Return the chance of a p-value of at most `level`."""
        ...

    def grown(self, factor: float) -> Self:
        """Return the same with so many times as many items."""
        ...


@dataclass(frozen=True, slots=True)
class Drop:
    """A drop from a reference: `Pairs`, or `Losses` of rows that share items.

    `discordance` is the share of rows that only one of the two has right, at least the true drop.
    """

    weights: Weights
    discordance: float

    def passes(self, limit: float, truth: float) -> float:
        if self._is_counted(truth):
            n, discordance = self.weights.rows, max(self.discordance, abs(truth))
            return chance_of_pass(margin=limit, discordance=discordance, n=n, drop=truth)
        w = self.weights.typical

        def bound(seen: float) -> float:
            return seen + Z * Z * w / 2 + Z * sqrt(self._squares(seen, truth) + (Z * w / 2) ** 2)

        highest = crossing(lambda seen: bound(seen) - limit, -1.0, 1.0)
        return above(truth - highest, self._error(truth), on=-1)

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        if self._is_counted(truth):
            n, discordance = self.weights.rows, max(self.discordance, abs(truth))
            return chance_of_fail(
                margin=limit, discordance=discordance, n=n, drop=truth, level=level
            )
        z, w = quantile(level), self.weights.heavy

        def excess(seen: float) -> float:
            return seen - limit - z * sqrt(self._squares(seen, truth) + 2 * w * w)

        lowest = crossing(excess, limit, 1.0)
        return above(truth - lowest, self._error(truth))

    def grown(self, factor: float) -> Drop:
        return replace(self, weights=self.weights.grown(factor))

    def _is_counted(self, truth: float) -> bool:
        expected = self.weights.rows * max(self.discordance, abs(truth))
        return self.weights.is_one and expected < _MOST_COUNTED

    def _error(self, truth: float) -> float:
        discordance = max(self.discordance, abs(truth))
        return sqrt((discordance - truth**2) * self.weights.variance)

    def _squares(self, seen: float, truth: float) -> float:
        """Return the sum of squares that goes with a drop seen: more losses, more of it."""
        discordance = max(self.discordance, abs(truth))
        spread = discordance - truth**2
        mean = spread * self.weights.variance + truth**2 * self.weights.sums
        slope = truth * (1 - discordance) / spread if spread else 0.0
        return max(0.0, mean + slope * self.weights.typical * (seen - truth))


@dataclass(frozen=True, slots=True)
class Share:
    """The value of a rate that is to be low, or what a score lacks of 100: a `Proportion`."""

    weights: Weights

    def passes(self, limit: float, truth: float) -> float:
        from scipy.special import betaincinv

        n = self.weights.effective
        if limit < self.floor:
            return 0.0
        if limit >= 1:
            return 1.0
        most = crossing(lambda x: float(betaincinv(x + 1, n - x, 1 - ALPHA)) - limit, 0.0, n)
        return self._at_most(most / n, truth)

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        from scipy.special import betaincinv

        n = self.weights.effective
        if limit >= 1 or float(betaincinv(n, 1, level)) <= limit:
            return 0.0
        least = crossing(lambda x: float(betaincinv(x, n - x + 1, level)) - limit, 1e-9, n)
        return 1.0 - self._at_most(least / n, truth, strictly=True)

    @property
    def floor(self) -> float:
        """The smallest limit that a value of 0 passes."""
        return 1.0 - float(ALPHA ** (1 / self.weights.effective))

    def grown(self, factor: float) -> Share:
        return replace(self, weights=self.weights.grown(factor))

    def _at_most(self, share: float, truth: float, *, strictly: bool = False) -> float:
        """Return the chance to see at most a share: of whole counts, or of what lies between."""
        from scipy.special import betaincc

        n = self.weights.total**2 / self.weights.variance
        if self.weights.is_one:
            count = ceil(share * n - 1e-6) - 1.0 if strictly else floor(share * n + 1e-6)
        else:
            count = max(share * n - 0.5, 0.0)
        if count < 0:
            return 0.0
        return 1.0 if count >= n else float(betaincc(count + 1, n - count, truth))


@dataclass(frozen=True, slots=True)
class Shift:
    """How far two groups' rates move apart, whichever way, in each of several forms.

    `separate` are those whose rows are others, `pooled` those of all rows.
    """

    separate: tuple[Weights, ...]
    pooled: tuple[Weights, ...]
    discordance: float
    tests: int

    def passes(self, limit: float, truth: float) -> float:
        of_separate = prod(self._inside(one, limit, truth) for one in self.separate)
        return min([of_separate, *(self._inside(one, limit, truth) for one in self.pooled)])

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        z = quantile(level / self.tests)

        def beyond(one: Weights) -> float:
            true, taken = self._errors(one, truth)
            slope = self._slope(truth) * one.typical

            def excess(seen: float) -> float:
                return seen - limit - z * sqrt(max(0.0, taken**2 + slope * (seen - truth)))

            return above(truth - crossing(excess, limit, 2.0), true)

        any_separate = 1 - prod(1 - beyond(one) for one in self.separate)
        return max([any_separate, *map(beyond, self.pooled)])

    def grown(self, factor: float) -> Shift:
        return replace(
            self,
            separate=tuple(one.grown(factor) for one in self.separate),
            pooled=tuple(one.grown(factor) for one in self.pooled),
        )

    def _inside(self, one: Weights, limit: float, truth: float) -> float:
        true, taken = self._errors(one, truth)
        return between(limit - Z * taken, truth, true)

    def _slope(self, truth: float) -> float:
        """Return how the variance of a row that is seen grows with its mean."""
        apart = truth / 2
        discordance = max(self.discordance, apart)
        spread = discordance - apart**2
        return apart * (1 - 3 * discordance + 2 * apart**2) / spread if spread else 0.0

    def _errors(self, one: Weights, truth: float) -> tuple[float, float]:
        """Return the true standard error, and the one that is taken for it."""
        apart = truth / 2  # each group moves by half
        variance = (max(self.discordance, apart) - apart**2) * one.variance
        return sqrt(variance), sqrt(variance + one.pseudo)
