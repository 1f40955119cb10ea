"""Whether probabilities mean what they say: the expected calibration error.

Naeini, Cooper and Hauskrecht (2015), with bins of equal mass (Nixon et al. 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from trusteval.stats.design import Flags, Values
from trusteval.stats.undefined import Undefined

BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """The expected calibration error, in [0, 1], and what chance alone makes of it.

    `by_chance` is its mean for probabilities that are exactly right, of independent items: an error
    as small as that shows nothing.
    """

    error: float
    by_chance: float


def calibration(confidence: Values, right: Flags, *, bins: int = BINS) -> Calibration | Undefined:
    """Sort rows by confidence into bins of the same size, give or take one row.

    The error is the mean over rows of |mean confidence - share right| of their bin. Rows of one
    confidence count with the share right of them all, so that their order changes nothing.
    Undefined for fewer rows than bins.
    """
    if len(confidence) < bins:
        return Undefined(f"fewer items than the {bins} bins of a calibration error")
    order = np.argsort(confidence, kind="stable")
    _, place, ties = np.unique(confidence, return_inverse=True, return_counts=True)
    share_right = (np.bincount(place, right) / ties)[place]
    off = np.array_split((confidence - share_right)[order], bins)
    unsure = np.array_split((confidence * (1 - confidence))[order], bins)
    n = len(confidence)
    return Calibration(
        error=sum(abs(float(part.sum())) for part in off) / n,
        by_chance=sqrt(2 / pi) * sum(sqrt(float(part.sum())) for part in unsure) / n,
    )
