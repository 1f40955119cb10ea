"""What an estimate is: a value, its interval, and p-values of what a gate may claim about it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Protocol

ALPHA = 0.05
"""The error of a bound, and of a claim made alone."""
Z = 1.6448536269514722
"""Standard normal quantile of a one-sided 95 % bound."""


class Estimate(Protocol):
    """A value with its 90 % interval, `low` to `high`, each bound one-sided 95 %."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...

    def p_above(self, limit: float) -> float:
        """Return the p-value of the claim that the truth is above the limit."""
        ...

    def p_below(self, limit: float) -> float:
        """Return the p-value of the claim that the truth is below the limit."""
        ...


@dataclass(frozen=True, slots=True)
class Normal:
    """An estimate with a standard error: value -+ Z standard errors, from `least` to `most`.

    `differing` counts the units that set it apart from its null: few make the normal
    approximation doubtful; None where nobody counted.
    """

    value: float
    standard_error: float
    least: float = -inf
    most: float = inf
    differing: int | None = None

    @property
    def low(self) -> float:
        return max(self.least, self.value - Z * self.standard_error)

    @property
    def high(self) -> float:
        return min(self.most, self.value + Z * self.standard_error)

    def p_above(self, limit: float) -> float:
        return upper_tail(self.value - limit, self.standard_error)

    def p_below(self, limit: float) -> float:
        return upper_tail(limit - self.value, self.standard_error)


def upper_tail(distance: float, standard_error: float) -> float:
    """Return the chance that a standard normal exceeds distance / standard_error."""
    from scipy.special import ndtr

    if standard_error == 0:
        return 0.0 if distance > 0 else 1.0
    return float(ndtr(-distance / standard_error))


@dataclass(frozen=True, slots=True)
class Complement:
    """The estimate of `whole` minus another estimate."""

    of: Estimate
    whole: float = 1.0

    @property
    def value(self) -> float:
        return self.whole - self.of.value

    @property
    def low(self) -> float:
        return self.whole - self.of.high

    @property
    def high(self) -> float:
        return self.whole - self.of.low

    def p_above(self, limit: float) -> float:
        return self.of.p_below(self.whole - limit)

    def p_below(self, limit: float) -> float:
        return self.of.p_above(self.whole - limit)


Z_POWER = 0.8416212335729143
"""Standard normal quantile of a power of 80 %."""


def detectable(estimate: Estimate) -> float:
    """Return how far beyond a limit the truth must lie for its bound to be found in 80 % of runs.

    (Z + Z_POWER) standard errors, one-sided; where there are none, those that its interval spans.
    """
    if isinstance(estimate, Complement):
        return detectable(estimate.of)
    if isinstance(estimate, Normal):
        return (Z + Z_POWER) * estimate.standard_error
    return (Z + Z_POWER) * (estimate.high - estimate.low) / (2 * Z)
