"""What the size of gaps, a sum of them, or their growth can show: by the normal approximation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import acos, pi, prod, sqrt

from trusteval.stats.estimate import Z
from trusteval.stats.gaps import CLEAR
from trusteval.stats.item_weights import Weights
from trusteval.stats.normal import above, between, quantile

_NARROWED = 0.6
"""What folding leaves of a normal's deviation: sqrt(1 - 2 / pi)."""
_OF_ONE_SETTING = 2


@dataclass(frozen=True, slots=True)
class Apart:
    """The size of one setting's gap, or the larger of two: `errors` are their standard errors."""

    errors: tuple[float, ...]

    def passes(self, limit: float, truth: float) -> float:
        return prod(between(limit - Z * error, truth, error) for error in self.errors)

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        z = quantile(level / len(self.errors))
        return 1 - prod(1 - above(truth - limit - z * e, e) for e in self.errors)

    def grown(self, factor: float) -> Apart:
        return Apart(tuple(error / sqrt(factor) for error in self.errors))


@dataclass(frozen=True, slots=True)
class Gaps:
    """A weighted sum of gaps: bounds are moved by what noise may have lifted.

    `weights` are those of the rows that count, `spread` what each varies by. `errors` are each
    gap's own, `factors` what the noise of it is in them; both with the gap's `shares`.
    """

    weights: Weights
    spread: float
    shares: tuple[float, ...]
    errors: tuple[float, ...]
    factors: tuple[float, ...]

    def passes(self, limit: float, truth: float) -> float:
        true, taken = self.deviations(self.spread)
        lifted = self.lift(truth)
        narrowed = true * (_NARROWED if lifted else 1.0)
        return above(limit - truth - lifted - Z * taken, narrowed)

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        true, taken = self.deviations(self.spread)
        return above(truth - self.lift(truth) - limit - quantile(level) * taken, true)

    def grown(self, factor: float) -> Gaps:
        errors = tuple(error / sqrt(factor) for error in self.errors)
        return replace(self, weights=self.weights.grown(factor), errors=errors)

    def deviations(self, spread: float) -> tuple[float, float]:
        """Return the true standard error, and the one that is taken for it."""
        variance = spread * self.weights.variance
        return sqrt(variance), sqrt(variance + self.weights.pseudo)

    def lift(self, gap: float) -> float:
        """Return by how much noise lifts gaps of that size; not those that are clear of it."""
        whole = sum(self.shares)
        noises = (
            share * factor * error
            for share, error, factor in zip(self.shares, self.errors, self.factors, strict=True)
            if gap / whole <= CLEAR * error
        )
        return sum(noises)


@dataclass(frozen=True, slots=True)
class Growth:
    """By how much a sum of gaps has grown, from a reference without any.

    A reference's gap of 0 seems to go some way, the subject's the same or the other: then their
    errors do not cancel. In a sum of many gaps some do each.
    """

    gaps: Gaps
    discordance: float

    def passes(self, limit: float, truth: float) -> float:
        distance = limit - truth - self.gaps.lift(0.0)
        likeness = 1 - self.discordance / (2 * self.gaps.spread)
        opposite = acos(max(-1.0, min(1.0, likeness))) / pi
        return self._mixed(opposite, lambda true, taken: above(distance - Z * taken, true))

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        distance, z = truth - self.gaps.lift(truth) - limit, quantile(level)
        return self._mixed(0.5, lambda true, taken: above(distance - z * taken, true))

    def grown(self, factor: float) -> Growth:
        return replace(self, gaps=self.gaps.grown(factor))

    def _mixed(self, opposite: float, chance: Callable[[float, float], float]) -> float:
        spreads = self.discordance, 4 * self.gaps.spread
        shares = 1 - opposite, opposite
        if len(self.gaps.shares) > _OF_ONE_SETTING:
            mean = sum(share * spread for share, spread in zip(shares, spreads, strict=True))
            return chance(*self.gaps.deviations(mean))
        chances = (chance(*self.gaps.deviations(spread)) for spread in spreads)
        return sum(share * one for share, one in zip(shares, chances, strict=True))
