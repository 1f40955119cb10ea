"""The mean of estimates whose errors are independent, as those of different benchmarks are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum, hypot

from trusteval.stats.estimate import Complement, Estimate, Z, upper_tail
from trusteval.stats.fairness import Lifted


@dataclass(frozen=True, slots=True)
class Side:
    """How far a bound is from its value: `shift` plus Z times `error`.

    `shift` is what noise may have moved the value by on average, which no averaging takes away.
    """

    shift: float
    error: float

    @property
    def distance(self) -> float:
        return self.shift + Z * self.error


@dataclass(frozen=True, slots=True)
class IndependentMean:
    """The plain mean of estimates with independent errors, each weighing the same.

    Each bound is as far off as the recovery of variances has it (Zou and Donner 2008, Statistics in
    Medicine 27:1693): the root of the sum of the squares of how far the estimates' own bounds of
    that side are; shifts add up plainly. A p-value is that of a normal with that side's error, so
    that it is 0.05 at the bound.
    """

    value: float
    below: Side
    above: Side

    @property
    def low(self) -> float:
        return self.value - self.below.distance

    @property
    def high(self) -> float:
        return self.value + self.above.distance

    def p_above(self, limit: float) -> float:
        return upper_tail(self.value - self.below.shift - limit, self.below.error)

    def p_below(self, limit: float) -> float:
        return upper_tail(limit - self.value - self.above.shift, self.above.error)


def independent_mean(parts: Sequence[Estimate]) -> Estimate:
    """Return the mean of estimates with independent errors; of one, that one.

    Raises ValueError without an estimate.
    """
    if not parts:
        raise ValueError("expected at least one estimate, got none")
    if len(parts) == 1:
        return parts[0]
    return IndependentMean(
        fsum(part.value for part in parts) / len(parts), _mean(parts, below), _mean(parts, above)
    )


def below(estimate: Estimate) -> Side:
    """Return how far an estimate's lower bound is from its value."""
    match estimate:
        case Lifted():
            return Side(estimate.raised, estimate.standard_error)
        case IndependentMean():
            return estimate.below
        case Complement():
            return above(estimate.of)
        case _:
            return Side(0.0, (estimate.value - estimate.low) / Z)


def above(estimate: Estimate) -> Side:
    """Return how far an estimate's upper bound is from its value."""
    match estimate:
        case Lifted():
            return Side(estimate.lowered, estimate.standard_error)
        case IndependentMean():
            return estimate.above
        case Complement():
            return below(estimate.of)
        case _:
            return Side(0.0, (estimate.high - estimate.value) / Z)


def _mean(parts: Sequence[Estimate], side: Callable[[Estimate], Side]) -> Side:
    sides = [side(part) for part in parts]
    return Side(
        fsum(one.shift for one in sides) / len(sides),
        hypot(*(one.error for one in sides)) / len(sides),
    )
