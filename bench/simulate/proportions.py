"""One proportion, exactly: only the counts of discordant pairs matter, so they are enumerated.

A gate's outcome is monotone in the pairs lost, given those gained; where it changes is found by
asking the gate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from scipy.stats import binom

from bench.simulate.shares import FAMILY, Row, Shares, absolute, compared, gate, outcome
from trusteval.stats.paired import Pairs
from trusteval.stats.proportion import Proportion
from trusteval.types import Outcome

SIZES = (50, 200, 500, 2109, 14_042)
_GRID_SIZES = (50, 100, 200, 500, 1000, 2109)
_NEGLIGIBLE = 1e-9


def drops() -> list[Row]:
    """Simulate `max_drop` at every size and discordance."""
    conditions = ((0.02, 1.0), (0.05, 3.0), (0.10, 3.0), (0.20, 3.0))
    return [row_of_drops(n, discordance, limit) for discordance, limit in conditions for n in SIZES]


def tripwires() -> list[Row]:
    """Simulate `detect_drop`, and what it says of a drop of 3 points."""
    return [_row(n, 0.10, 0.0, "detect_drop") for n in SIZES]


def worst_drops() -> tuple[Row, Row]:
    """Return the conditions with most false PASS, and with most false FAIL, of a grid."""
    rows = [
        row_of_drops(n, discordance, limit)
        for limit in (0.5, 1.0, 2.0, 3.0, 5.0)
        for discordance in (0.01, 0.02, 0.03, 0.05, 0.10, 0.20, 0.30)
        if discordance >= limit / 100
        for n in _GRID_SIZES
    ]
    return (
        max(rows, key=lambda row: row.at_limit.passed),
        max(rows, key=lambda row: row.at_limit.broken),
    )


def levels() -> list[Row]:
    """Simulate `at_least`, true values 3 points above the limit, at it and 3 below."""
    return [_level(n, limit) for limit in (55.0, 80.0, 95.0) for n in SIZES]


def row_of_drops(n: int, discordance: float, limit: float) -> Row:
    """Return what `max_drop` decides of n samples."""
    return _row(n, discordance, limit, "max_drop")


def _row(n: int, discordance: float, limit: float, kind: str) -> Row:
    truths = (0.0, limit / 100, limit / 100 + 0.03)
    return Row(
        f"N = {n:,}",
        100 * discordance,
        limit,
        3.0,
        *(_enumerated(n, max(discordance, drop), drop, limit, kind) for drop in truths),
    )


def _enumerated(n: int, discordance: float, drop: float, limit: float, kind: str) -> Shares:
    """Add up the chances of all counts; given those gained, the lost are binomial too."""
    chance_gained, chance_lost = (discordance - drop) / 2, (discordance + drop) / 2
    passed = broken = failed = red = 0.0
    gains = _plausible(n, chance_gained)
    of_gains = binom.pmf(gains, n, chance_gained)
    for gained, chance in zip(gains.tolist(), of_gains.tolist(), strict=True):
        rest = n - gained
        least_failing = _first(kind, limit, n, gained, Outcome.FAIL, 1)
        least_of_many = _first(kind, limit, n, gained, Outcome.FAIL, FAMILY)
        most_passing = _first(kind, limit, n, gained, Outcome.PASS, 1) - 1
        lost = binom(rest, chance_lost / (1 - chance_gained))
        passed += chance * float(lost.cdf(most_passing))
        broken += chance * float(lost.sf(least_failing - 1))
        failed += chance * float(lost.sf(least_of_many - 1))
        red += chance * float(lost.sf(_most_green(n, gained, limit)))
    return Shares(100 * passed, 100 * broken, 100 * failed, 100 * red)


def _most_green(n: int, gained: int, limit: float) -> int:
    """Return the most pairs lost whose drop is not beyond the limit."""
    most = gained + int(n * limit / 100)
    return most + 1 if 100 * (most + 1 - gained) / n <= limit else most


@cache
def _first(kind: str, limit: float, n: int, gained: int, wanted: Outcome, family: int) -> int:
    """Return the fewest pairs lost that FAIL, or that no longer PASS; one more than n for none."""
    asked = gate(detect_drop=True) if kind == "detect_drop" else gate(max_drop=limit)

    def is_there(lost: int) -> bool:
        decided = outcome(asked, compared(Pairs(lost, gained, n)), family=family)
        return (decided is wanted) == (wanted is Outcome.FAIL)

    return _least(is_there, most=n - gained)


def _least(is_there: Callable[[int], bool], *, most: int) -> int:
    low, high = 0, most + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_there(middle) else (middle + 1, high)
    return low


def _plausible(n: int, chance: float) -> np.ndarray:
    low, high = binom.ppf((_NEGLIGIBLE, 1 - _NEGLIGIBLE), n, chance)
    return np.arange(max(0, int(low)), int(high) + 1)


def _level(n: int, limit: float) -> Row:
    asked = gate(at_least=limit)

    def decided(right: int, family: int = 1) -> Outcome:
        return outcome(asked, absolute(Proportion(right, n)), family=family)

    first_passing = _least(lambda right: decided(right) is Outcome.PASS, most=n)
    first_open = _least(lambda right: decided(right) is not Outcome.FAIL, most=n)
    of_many = _least(lambda right: decided(right, FAMILY) is not Outcome.FAIL, most=n)
    first_green = _least(lambda right: 100 * right / n >= limit, most=n)

    def shares(true: float) -> Shares:
        counts: Sequence[float] = (first_passing, first_open, of_many, first_green)
        below = [100 * float(binom.cdf(count - 1, n, true / 100)) for count in counts]
        return Shares(100 - below[0], below[1], below[2], below[3])

    return Row(f"N = {n:,}", None, limit, 3.0, shares(limit + 3), shares(limit), shares(limit - 3))
