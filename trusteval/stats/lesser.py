"""The lesser of two sums, which are asked of the same units: estimates that hold whichever it is.

What is asked in two ways counts as the worse one. Which that is, is seen and not known: noise picks
the lesser too often. So each bound is that of a sum on its own safe side (docs/statistics.md):
the truth is at most the mean of the two, and where it is clear which is lower, that one; a drop is
at most the larger of the two drops, and at least the smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trusteval.stats.clusters import (
    Cell,
    Units,
    estimate_difference,
    estimate_score,
    weighted_sum,
)
from trusteval.stats.estimate import Estimate
from trusteval.stats.gaps import CLEAR

Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Two:
    """Two sums over the same units, of which the lesser counts."""

    one: Cells
    other: Cells

    @property
    def apart(self) -> float:
        """How far the first is above the other; negative where it is below."""
        return weighted_sum(self.one) - weighted_sum(self.other)

    @property
    def lesser(self) -> Cells:
        """The sum that counts, as seen; of two equal ones the first."""
        return self.other if self.apart > 0 else self.one

    @property
    def is_clear(self) -> bool:
        """Whether they lie more than CLEAR standard errors apart, by units."""
        cells = [*self.one, *(replace(cell, weight=-cell.weight) for cell in self.other)]
        units = Units(cells)
        u = units.sum([cell.centred for cell in cells])
        return abs(self.apart) > CLEAR * units.standard_error(u, units.reach_of(u))

    @property
    def at_most(self) -> Cells:
        """Cells of a sum that the lesser is at most, in truth: the mean of both unless it is clear
        which is lower.
        """
        if self.is_clear:
            return self.lesser
        return tuple(replace(cell, weight=cell.weight / 2) for cell in (*self.one, *self.other))


@dataclass(frozen=True, slots=True)
class Bracketed:
    """A value with two estimates: of something at most as large, and of something at least so.

    Its lower bound and the claims above a limit are those of `below`, the others those of `above`.
    """

    value: float
    below: Estimate
    above: Estimate

    @property
    def low(self) -> float:
        return min(self.value, self.below.low)

    @property
    def high(self) -> float:
        return max(self.value, self.above.high)

    def p_above(self, limit: float) -> float:
        return self.below.p_above(limit)

    def p_below(self, limit: float) -> float:
        return self.above.p_below(limit)


def estimate_lesser(fixed: Sequence[Cell], two: Sequence[Two]) -> Bracketed:
    """Estimate the sum of the cells' means and of the lesser of each two, in [0, 1]."""
    seen = [*fixed, *(cell for of_two in two for cell in of_two.lesser)]
    most = [*fixed, *(cell for of_two in two for cell in of_two.at_most)]
    return Bracketed(weighted_sum(seen), estimate_score(seen), estimate_score(most))


def estimate_lesser_difference(
    fixed: Sequence[Cell], *, reference: Sequence[Two], subject: Sequence[Two]
) -> Bracketed:
    """Estimate how far a subject's sum is below its reference's, in [-1, 1].

    `fixed` has the differences of what always counts; the two of both are over the same rows.
    """
    pairs = list(zip(reference, subject, strict=True))
    drop = weighted_sum(fixed) + sum(
        weighted_sum(ours.lesser) - weighted_sum(its.lesser) for ours, its in pairs
    )
    below, above = list(fixed), list(fixed)
    for ours, its in pairs:
        # A drop is at most that of the subject's worse way, and at least that of its reference's.
        below += _drop(ours, its, of_clear=ours, larger=False)
        above += _drop(ours, its, of_clear=its, larger=True)
    return Bracketed(drop, estimate_difference(below), estimate_difference(above))


def _drop(reference: Two, subject: Two, *, of_clear: Two, larger: bool) -> Cells:
    """Return the drop in one of two ways: the one that is clearly worse, or else the safe one."""
    one = _difference(reference.one, subject.one)
    other = _difference(reference.other, subject.other)
    if of_clear.is_clear:
        return one if of_clear.lesser is of_clear.one else other
    return one if (weighted_sum(one) >= weighted_sum(other)) is larger else other


def _difference(reference: Cells, subject: Cells) -> Cells:
    pairs = zip(reference, subject, strict=True)
    return tuple(replace(ours, y=np.subtract(ours.y, its.y)) for ours, its in pairs)
