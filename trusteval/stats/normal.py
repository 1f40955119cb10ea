"""Chances of a normal, and where an increasing function turns positive."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

_NORMAL = NormalDist()


def quantile(level: float) -> float:
    """Return what a standard normal is above with a chance of `level`."""
    return _NORMAL.inv_cdf(1 - level)


def above(distance: float, error: float, *, on: int = 1) -> float:
    """Return the chance that a normal around a distance, or against it, is above 0."""
    if error == 0:
        return float(on * distance >= 0)
    return _NORMAL.cdf(on * distance / error)


def between(reach: float, truth: float, error: float) -> float:
    """Return the chance that a normal around the truth is within a reach of 0."""
    if reach <= 0:
        return 0.0
    return above(reach - truth, error) - above(-reach - truth, error)


def crossing(f: Callable[[float], float], low: float, high: float) -> float:
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
