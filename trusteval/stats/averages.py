"""Means of unbounded values, products of powers of such means, and shares, by units.

Simulated on 30 / 100 / 400 items of four labels, the bounds of a mean divergence as a factor miss
on one side in 4 to 9 / 4 to 6 / 4 to 6 %, those of a share in 4 to 7 / 3 to 5 / 4 %, where the
normal bounds of both miss in up to 16 / 9 / 8 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt

import numpy as np

from trusteval.stats.design import Design, Values
from trusteval.stats.estimate import Normal
from trusteval.stats.proportion import Proportion
from trusteval.stats.undefined import Undefined

_NOTHING = 1e-20
_NO_UNITS = Undefined("fewer than two units to tell an interval from")


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor above 0; its standard error is that of its natural logarithm, `of_log`."""

    of_log: Normal

    @property
    def value(self) -> float:
        return exp(self.of_log.value)

    @property
    def low(self) -> float:
        return exp(self.of_log.low)

    @property
    def high(self) -> float:
        return exp(self.of_log.high)

    def p_above(self, limit: float) -> float:
        """Return the p-value of "the factor is above the limit", which is above 0."""
        return self.of_log.p_above(log(limit))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "the factor is below the limit", which is above 0."""
        return self.of_log.p_below(log(limit))


def _estimate_smooth(
    value: float, influence: Values, *, design: Design, least: float = -inf, most: float = inf
) -> Normal | Undefined:
    """Estimate a smooth statistic, of what each row adds to its error (`Design.variance`).

    The variance is that of a sample: times units / (units - 1). Undefined for fewer than two units.
    """
    units = int(design.units.max()) + 1
    if units < 2:
        return _NO_UNITS
    variance = design.variance(influence) * units / (units - 1)
    return Normal(value, sqrt(variance), least, most)


def estimate_mean(
    y: Values, *, design: Design, least: float = -inf, most: float = inf
) -> Normal | Undefined:
    """Estimate a mean of values from `least` to `most`; undefined for fewer than two units."""
    mean = design.mean(y)
    return _estimate_smooth(mean, y - mean, design=design, least=least, most=most)


def estimate_product(y: Values, powers: Sequence[float], *, design: Design) -> Factor | Undefined:
    """Estimate the product of the means of columns, each to a power of its own.

    `y` is (rows, columns), not negative. The delta method on the logarithm: its influence is the
    sum of power * (y / mean - 1). Undefined where a mean is 0, or for fewer than two units.
    """
    means = design.weights @ y
    if not (means > 0).all():
        return Undefined("only zeros in a column, which has no logarithm")
    weights = np.asarray(powers, np.float64)
    found = _estimate_smooth(
        float(weights @ np.log(means)), (y / means - 1) @ weights, design=design
    )
    return found if isinstance(found, Undefined) else Factor(found)


def estimate_share(
    each: Values, *, design: Design, at_rest: float | None = None
) -> Proportion | Undefined:
    """Estimate a share in [0, 1] that is smooth in the rows: the mean of what each row adds to it.

    Its number is that of even units with the same variance; `at_rest`, Kish's number unless given,
    where nothing varies. Undefined for fewer than two units.
    """
    found = estimate_mean(each, design=design)
    if isinstance(found, Undefined):
        return found
    value, variance = min(max(found.value, 0.0), 1.0), found.standard_error**2
    n = value * (1 - value) / variance if variance > _NOTHING else 0.0
    even = n or (design.effective if at_rest is None else at_rest)
    return Proportion(even * value, even)


def powers_per_step(places: Sequence[float]) -> tuple[float, ...]:
    """Return the powers that make `estimate_product` the factor for each step down of a place.

    That is exp of minus the least-squares slope of the columns' log means on their places. Raises
    ValueError unless two places differ.
    """
    x = np.asarray(places, np.float64)
    off = x - x.mean()
    if not (off**2).sum() > 0:
        raise ValueError(f"expected two places that differ, got {list(places)}")
    return tuple((-off / (off**2).sum()).tolist())
