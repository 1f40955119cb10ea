"""What the samples of a gate can show before anybody answers: the chances of PASS and of FAIL.

A prospect is a layout with what is assumed about answers; its chances are those of the decision
rules by the normal approximation, by counting where counts are few. Fractions throughout, one-sided
as the bounds are. `tests/stats/test_power.py` holds them against simulated gates.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import acos, ceil, exp, floor, inf, lgamma, log, pi, prod, sqrt
from statistics import NormalDist
from typing import Protocol, Self

import numpy as np

from trusteval.stats.clusters import Cell
from trusteval.stats.estimate import ALPHA, Z
from trusteval.stats.gaps import CLEAR
from trusteval.stats.paired import Pairs, tango_z

POWER = 0.8
"""The chance that a gate of interest is expected to have."""
CORRELATION = 0.5
"""Assumed between the rows of one source item."""
_MOST_COUNTED = 400
"""Expected discordant samples up to which chances are counted."""
_MOST_GROWTH = 2.0**20
_NEGLIGIBLE = 1e-12
_NARROWED = 0.6
"""What folding leaves of a normal's deviation: sqrt(1 - 2 / pi)."""
_OF_ONE_SETTING = 2
_NORMAL = NormalDist()


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
class Weights:
    """What the rows of a sum weigh, as fractions of it.

    `squares` is the sum of the rows' squared weights, `sums` and `cubes` those of their items'
    squares and cubes, `total` the sum of all. `pseudo` is what two pseudo-items a stratum, as far
    off as its heaviest item, add to a variance. `is_one` says that all rows weigh the same and no
    two are of one item.
    """

    rows: int
    squares: float
    sums: float
    cubes: float
    total: float
    pseudo: float
    is_one: bool

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> Weights:
        """Weigh the rows of some cells."""
        units = np.concatenate([cell.units for cell in cells])
        strata = np.concatenate([cell.strata for cell in cells])
        shares = np.concatenate([np.full(len(cell.y), abs(cell.share)) for cell in cells])
        of_items, first, place = np.unique(units, return_index=True, return_inverse=True)
        weights = np.bincount(place, shares)
        heaviest = [weights[strata[first] == one].max() for one in np.unique(strata[first])]
        return cls(
            rows=len(shares),
            squares=float((shares**2).sum()),
            sums=float((weights**2).sum()),
            cubes=float((weights**3).sum()),
            total=float(shares.sum()),
            pseudo=2 * float((np.array(heaviest) ** 2).sum()),
            is_one=len(of_items) == len(shares) and bool(np.allclose(shares, shares[0])),
        )

    @property
    def effective(self) -> float:
        """How many even items know as much, whatever the rows of one do: Kish's number."""
        return self.total**2 / self.sums

    @property
    def typical(self) -> float:
        """The weight of the item that a loss is likeliest to fall on."""
        return self.sums / self.total

    @property
    def heavy(self) -> float:
        """The weight of the heaviest item that differs, about: fitted to simulated gates.

        Between that of the item a loss is likeliest to fall on, and the one that most variance is
        likeliest to come from.
        """
        return (self.typical + self.cubes / self.sums) / 2

    @property
    def variance(self) -> float:
        """That of the sum if each row varies by 1, rows of an item correlated as assumed."""
        return (1 - CORRELATION) * self.squares + CORRELATION * self.sums

    def even(self) -> Weights:
        """Return the same with a total of 1."""
        square = self.total**2
        return replace(
            self,
            squares=self.squares / square,
            sums=self.sums / square,
            cubes=self.cubes / self.total**3,
            pseudo=self.pseudo / square,
            total=1.0,
        )

    def grown(self, factor: float) -> Weights:
        return replace(
            self,
            rows=round(self.rows * factor),
            squares=self.squares / factor,
            sums=self.sums / factor,
            cubes=self.cubes / factor**2,
            pseudo=self.pseudo / factor**2,
        )


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

        highest = _crossing(lambda seen: bound(seen) - limit, -1.0, 1.0)
        return _above(truth - highest, self._error(truth), on=-1)

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        if self._is_counted(truth):
            n, discordance = self.weights.rows, max(self.discordance, abs(truth))
            return chance_of_fail(
                margin=limit, discordance=discordance, n=n, drop=truth, level=level
            )
        z, w = _quantile(level), self.weights.heavy

        def excess(seen: float) -> float:
            return seen - limit - z * sqrt(self._squares(seen, truth) + 2 * w * w)

        lowest = _crossing(excess, limit, 1.0)
        return _above(truth - lowest, self._error(truth))

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
        most = _crossing(lambda x: float(betaincinv(x + 1, n - x, 1 - ALPHA)) - limit, 0.0, n)
        return self._at_most(most / n, truth)

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        from scipy.special import betaincinv

        n = self.weights.effective
        if limit >= 1 or float(betaincinv(n, 1, level)) <= limit:
            return 0.0
        least = _crossing(lambda x: float(betaincinv(x, n - x + 1, level)) - limit, 1e-9, n)
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
        z = _quantile(level / self.tests)

        def beyond(one: Weights) -> float:
            true, taken = self._errors(one, truth)
            slope = self._slope(truth) * one.typical

            def excess(seen: float) -> float:
                return seen - limit - z * sqrt(max(0.0, taken**2 + slope * (seen - truth)))

            return _above(truth - _crossing(excess, limit, 2.0), true)

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
        return _between(limit - Z * taken, truth, true)

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


@dataclass(frozen=True, slots=True)
class Apart:
    """The size of one setting's gap, or the larger of two: `errors` are their standard errors."""

    errors: tuple[float, ...]

    def passes(self, limit: float, truth: float) -> float:
        return prod(_between(limit - Z * error, truth, error) for error in self.errors)

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        z = _quantile(level / len(self.errors))
        return 1 - prod(1 - _above(truth - limit - z * e, e) for e in self.errors)

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
        return _above(limit - truth - lifted - Z * taken, narrowed)

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        true, taken = self.deviations(self.spread)
        return _above(truth - self.lift(truth) - limit - _quantile(level) * taken, true)

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
        return self._mixed(opposite, lambda true, taken: _above(distance - Z * taken, true))

    def fails(self, limit: float, truth: float, *, level: float) -> float:
        distance, z = truth - self.gaps.lift(truth) - limit, _quantile(level)
        return self._mixed(0.5, lambda true, taken: _above(distance - z * taken, true))

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


# -- what a prospect decides -------------------------------------------------------------


def smallest_limit(prospect: Prospect, *, power: float = POWER) -> float:
    """Return the smallest limit that a truth of 0 passes with the power; infinite beyond 1."""
    if prospect.passes(1.0, 0.0) < power:
        return inf
    return _crossing(lambda limit: prospect.passes(limit, 0.0) - power, 0.0, 1.0)


def largest_passing(prospect: Prospect, limit: float, *, power: float = POWER) -> float | None:
    """Return how bad the truth may be to pass a limit with the power; None where nothing can."""
    if prospect.passes(limit, 0.0) < power:
        return None
    return _crossing(lambda truth: power - prospect.passes(limit, truth), 0.0, limit)


def smallest_found(
    prospect: Prospect, limit: float, *, level: float, power: float = POWER
) -> float:
    """Return how bad the truth must be to fail a limit with the power; infinite beyond 1."""
    if prospect.fails(limit, 1.0, level=level) < power:
        return inf
    return _crossing(lambda truth: prospect.fails(limit, truth, level=level) - power, limit, 1.0)


def growth_for(
    chance: Callable[[Prospect], float], prospect: Prospect, *, power: float = POWER
) -> float:
    """Return how many times as many items give a chance the power; infinite if none do."""
    low, high = 2.0**-10, 1.0
    while chance(prospect.grown(high)) < power:
        low, high = high, 2 * high
        if high > _MOST_GROWTH:
            return inf
    while high / low > 1.005:
        middle = sqrt(low * high)
        if chance(prospect.grown(middle)) < power:
            low = middle
        else:
            high = middle
    return high


def smallest_margin(n: int) -> float:
    """Return the smallest margin that even identical answers pass: Z^2 / (n + Z^2) (Tango)."""
    return Z * Z / (n + Z * Z)


# -- counted chances ---------------------------------------------------------------------


def chance_of_pass(*, margin: float, discordance: float, n: int, drop: float = 0.0) -> float:
    """Return the exact chance that Tango's upper bound is within the margin."""
    return _chance(
        lambda lost, gained: tango_z(lost, gained, n, drop=margin) <= -Z,
        n=n,
        discordance=discordance,
        drop=drop,
        few=True,
    )


def chance_of_fail(
    *, margin: float, discordance: float, n: int, drop: float, level: float = ALPHA
) -> float:
    """Return the exact chance that a drop beyond the margin is shown at a level."""
    return _chance(
        lambda lost, gained: Pairs(lost, gained, n).p_above(margin) <= level,
        n=n,
        discordance=discordance,
        drop=drop,
        few=False,
    )


def _chance(
    decides: Callable[[int, int], bool], *, n: int, discordance: float, drop: float, few: bool
) -> float:
    """Add up the trinomial chances of the counts (lost, gained) that decide so.

    Of one number of discordant samples it is `few` losses that do, or many.
    """
    from scipy.special import bdtr

    if not abs(drop) <= discordance <= 1:
        raise ValueError(f"expected |drop| <= discordance <= 1, got {drop} and {discordance}")
    lost_of_discordant = 0.5 if discordance == 0 else (1 + drop / discordance) / 2
    reach = 7 * sqrt(n * discordance) + 30
    fewest, most = max(0, floor(n * discordance - reach)), min(n, ceil(n * discordance + reach))
    chance = 0.0
    for discordant in range(fewest, most + 1):
        of_count = _binomial(discordant, n, discordance)
        if of_count > _NEGLIGIBLE:
            losses = range(discordant + 1)
            first = bisect_left(
                losses, True, key=lambda lost: decides(lost, discordant - lost) != few
            )
            below = float(bdtr(first - 1, discordant, lost_of_discordant)) if first else 0.0
            chance += of_count * (below if few else 1 - below)
    return chance


def _binomial(k: int, n: int, p: float) -> float:
    if p in (0, 1):
        return float(k == n * p)
    choices = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(choices + k * log(p) + (n - k) * log(1 - p))


# -- numbers -----------------------------------------------------------------------------


def _quantile(level: float) -> float:
    return _NORMAL.inv_cdf(1 - level)


def _above(distance: float, error: float, *, on: int = 1) -> float:
    """Return the chance that a normal around a distance, or against it, is above 0."""
    if error == 0:
        return float(on * distance >= 0)
    return _NORMAL.cdf(on * distance / error)


def _between(reach: float, truth: float, error: float) -> float:
    """Return the chance that a normal around the truth is within a reach of 0."""
    if reach <= 0:
        return 0.0
    return _above(reach - truth, error) - _above(-reach - truth, error)


def _crossing(f: Callable[[float], float], low: float, high: float) -> float:
    """Return where an increasing function turns positive, an end where it does not between."""
    if f(low) >= 0:
        return low
    if f(high) < 0:
        return high
    for _ in range(36):
        middle = (low + high) / 2
        if f(middle) >= 0:
            high = middle
        else:
            low = middle
    return high
