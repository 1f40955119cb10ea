"""How much worse a subject is than its reference, where rows share units.

Unit i, a unit with all its rows, adds u_i in [-w_i, w_i] to the drop, w_i being what its
rows weigh. Two formulas, each safe on its own side, as of pairs (`stats.paired`): above, the score
bound of a weighted sum of rare losses, whose variance grows as the drop does; below, the adjusted
statistic with two further items. Both are monotone: a subject that loses more has no better bound,
whatever the items weigh (docs/statistics.md has the proofs and what is simulated).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt

from trusteval.stats.estimate import Z, upper_tail

Values = npt.NDArray[np.float64]
_LARGEST_Z = 38.0
"""Beyond it a p-value is no number."""


@dataclass(frozen=True, eq=False)
class Losses:
    """The estimate of a drop from what each unit lost, `u`, of what it could, `weight`.

    Both are fractions of the score, weight above 0 and |u| at most weight. Positive is worse.
    `differing` counts the units whose rows differ, which may cancel.
    """

    u: Values
    weight: Values
    differing: int

    @property
    def value(self) -> float:
        return float(self.u.sum())

    @cached_property
    def low(self) -> float:
        """The drop that is shown to be exceeded at a one-sided 95 %."""
        return max(-1.0, _root(lambda drop: self._z_above(drop) - Z, self._least, self.value))

    @cached_property
    def high(self) -> float:
        return min(1.0, self._most, self._upper(Z))

    def p_above(self, limit: float) -> float:
        return upper_tail(self._z_above(limit), 1.0)

    def p_below(self, limit: float) -> float:
        if limit <= self.value:
            return Losses(-self.u, self.weight, self.differing).p_above(-limit)
        if self._upper(_LARGEST_Z) <= limit:
            return 0.0
        return upper_tail(_root(lambda z: self._upper(z) - limit, 0.0, _LARGEST_Z), 1.0)

    @property
    def _most(self) -> float:
        return float(self.weight.sum())

    @property
    def _least(self) -> float:
        return -self._most

    @cached_property
    def _typical(self) -> float:
        """The weight of the item that a further loss is likeliest to fall on."""
        return float((self.weight**2).sum() / self.weight.sum())

    @cached_property
    def _cut(self) -> _Cut:
        gains = self.u[self.u < 0]
        losses, times = np.unique(self.u[self.u > 0], return_counts=True)
        start, many = np.concatenate([[0.0], losses]), np.concatenate([[0], times])
        return _Cut(
            over=(many.sum() - np.cumsum(many)).astype(np.float64),
            lost=float(gains.sum()) + np.cumsum(many * start),
            squares=float((gains**2).sum()) + np.cumsum(many * start**2),
            start=start,
            end=np.concatenate([losses, losses[-1:]]) if len(losses) else start,
            heaviest=max(float(np.abs(gains).max(initial=0.0)), self._typical),
        )

    def _upper(self, z: float) -> float:
        """Return the drop whose score statistic is -z.

        x = D - observed solves x^2 = z^2 (sum u^2 + x w), w the typical weight: the drop above
        the observed adds variance as rare losses do. Equal weights and no gain make it the score
        bound of a Poisson count, no loss at all 2.71 w at 95 %.

        Monotone, since it is the largest such bound of any subject that lost no more: the root is
        the smallest, over s > 0, of z^2 / 4 s + s c^2 + sum(u + s u^2), and each summand is
        replaced by what it is at most for a smaller u, which is at an end of [-weight, u].
        """
        w, u = self._typical, self.u
        shift, variance = z * z * w / 2, z * z * w * w / 4

        def bound(s: float) -> float:
            largest = np.maximum(u + s * u * u, s * self.weight**2 - self.weight)
            return z * z / (4 * s) + s * variance + float(largest.sum())

        if z == 0:
            return self.value
        spread = sqrt(variance + float((u * u).sum()))
        best = z / (2 * spread)
        if best * float((self.weight - u).max()) <= 1:  # then u is the end that is largest
            return shift + self.value + z * spread
        return shift + _smallest(bound, near=best)

    def _z_above(self, limit: float) -> float:
        """Return the statistic of "the drop is above the limit"; negative where it is not seen.

        (D - limit) / sqrt(sum u^2 + 2 m^2): Bonett and Price's two further items, one each way,
        m the heaviest |u|, or the typical weight if that is more. Monotone, since it is the
        largest of any subject that lost no more: losses are cut off at the level that makes it
        largest. Between two losses that is one of them, the other |u|, or where the slope is 0, as
        the level is m or is not.
        """
        if self.value <= limit:
            return (self.value - limit) / sqrt(float((self.weight**2).sum()))
        cut = self._cut
        sums, squares, over, heaviest = cut.lost - limit, cut.squares, cut.over, cut.heaviest
        start, end = cut.start, cut.end
        with np.errstate(divide="ignore", invalid="ignore"):
            as_heaviest = over * squares / (sums * (over + 2))
            below_heaviest = (squares + 2 * heaviest**2) / sums
        turns = (
            np.clip(np.nan_to_num(turn), start, end)
            for turn in (as_heaviest, below_heaviest, np.full(len(start), heaviest))
        )
        return max(
            float(
                np.max(
                    (sums + over * level)
                    / np.sqrt(squares + over * level**2 + 2 * np.maximum(level, heaviest) ** 2)
                )
            )
            for level in (start, *turns)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """What losses cut off at a level are, for levels from each loss (or 0) to the next larger one.

    `over` counts the losses above the level; `lost` and `squares` are the sums of the others and
    of all gains. `heaviest` is the heaviest gain, or the typical weight if that is more.
    """

    over: Values
    lost: Values
    squares: Values
    start: Values
    end: Values
    heaviest: float


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    """Return where f is 0 between two places, or the nearer end of where it is not."""
    from scipy.optimize import brentq

    at_low, at_high = f(low), f(high)
    if at_low * at_high >= 0:
        return low if abs(at_low) < abs(at_high) else high
    return float(brentq(f, low, high, xtol=1e-12))


def _smallest(f: Callable[[float], float], *, near: float) -> float:
    """Return the smallest value of a convex function of log s."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(lambda t: f(exp(t)), bracket=(log(near) - 1, log(near)), tol=1e-10)
    return float(found.fun)
