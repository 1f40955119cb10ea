"""What the samples of a gate can show before anybody answers: limits, truths, and how many more."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, sqrt

from trusteval.stats.estimate import Z
from trusteval.stats.normal import crossing
from trusteval.stats.prospects import Prospect

POWER = 0.8
"""The chance that a gate of interest is expected to have."""
_MOST_GROWTH = 2.0**20


def smallest_limit(prospect: Prospect, *, truth: float = 0.0, power: float = POWER) -> float:
    """Return the smallest limit that a truth passes with the power; infinite beyond 1."""
    if prospect.passes(1.0, truth) < power:
        return inf
    return crossing(lambda limit: prospect.passes(limit, truth) - power, truth, 1.0)


def largest_passing(prospect: Prospect, limit: float, *, power: float = POWER) -> float | None:
    """Return how bad the truth may be to pass a limit with the power; None where nothing can."""
    if prospect.passes(limit, 0.0) < power:
        return None
    return crossing(lambda truth: power - prospect.passes(limit, truth), 0.0, limit)


def smallest_found(
    prospect: Prospect, limit: float, *, level: float, power: float = POWER
) -> float:
    """Return how bad the truth must be to fail a limit with the power; infinite beyond 1."""
    if prospect.fails(limit, 1.0, level=level) < power:
        return inf
    return crossing(lambda truth: prospect.fails(limit, truth, level=level) - power, limit, 1.0)


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
