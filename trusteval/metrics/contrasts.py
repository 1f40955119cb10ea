"""Estimates a weighted sum of several subjects' values on the same rows, paired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import fsum

import numpy as np

from trusteval.metrics.parts import GapParts, Parts, RateParts
from trusteval.stats.clusters import Cell, estimate_change, estimate_difference
from trusteval.stats.estimate import Estimate
from trusteval.stats.fairness import Lifted, WeightedGap, estimate_gap_difference

_ROUNDING = 1e-9


def estimate_contrast(
    parts: Sequence[Parts | None], *, weights: Sequence[float]
) -> Estimate | None:
    """Estimate the sum of weight times value, as a fraction; the weights sum to 0, none is 0.

    All are parts of the same rows under one formula. None where one has none, or where they are
    neither rates nor gaps: a sum of ratios has no estimate.
    """
    rates = [part for part in parts if isinstance(part, RateParts)]
    if len(rates) == len(parts):
        return _of_rates(rates, weights)
    gaps = [part for part in parts if isinstance(part, GapParts)]
    return _of_gaps(gaps, weights) if len(gaps) == len(parts) else None


def _of_rates(parts: Sequence[RateParts], weights: Sequence[float]) -> Estimate:
    def weighed(of_all: Sequence[Cell]) -> Cell:
        terms = [weight * cell.y for weight, cell in zip(weights, of_all, strict=True)]
        return replace(of_all[0], y=np.sum(terms, axis=0))

    cells = list(map(weighed, zip(*(part.cells for part in parts), strict=True)))
    reach = fsum(weight for weight in weights if weight > 0)
    if reach <= 1 + _ROUNDING:
        return estimate_difference(cells)
    return estimate_change(cells, most=reach)


def _of_gaps(parts: Sequence[GapParts], weights: Sequence[float]) -> Lifted:
    """Return that of the gaps, whose sign is turned where a value is what gaps leave of a whole."""
    is_complement = parts[0].is_complement

    def weighed(sign: int) -> list[WeightedGap]:
        return [
            replace(gap, weight=gap.weight * abs(weight))
            for part, weight in zip(parts, weights, strict=True)
            if sign * weight > 0
            for gap in part.gaps
        ]

    added, taken = weighed(1), weighed(-1)
    if is_complement:
        return estimate_gap_difference(reference=added, subject=taken)
    return estimate_gap_difference(reference=taken, subject=added)
