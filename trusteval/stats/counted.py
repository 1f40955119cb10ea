"""Exact chances of a drop's PASS and FAIL, by counting who is lost and who is gained."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from math import ceil, exp, floor, lgamma, log, sqrt

from trusteval.stats.estimate import ALPHA, Z
from trusteval.stats.paired import Pairs, tango_z

_NEGLIGIBLE = 1e-12


def chance_of_pass(*, margin: float, discordance: float, n: int, drop: float = 0.0) -> float:
    """Return the exact chance that Tango's upper bound is within the margin."""
    return _chance(
        lambda lost, gained: tango_z(lost, gained, n, drop=margin) <= -Z,
        n=n,
        discordance=discordance,
        drop=drop,
        few=True,
    )


def chance_of_fail(
    *, margin: float, discordance: float, n: int, drop: float, level: float = ALPHA
) -> float:
    """Return the exact chance that a drop beyond the margin is shown at a level."""
    return _chance(
        lambda lost, gained: Pairs(lost, gained, n).p_above(margin) <= level,
        n=n,
        discordance=discordance,
        drop=drop,
        few=False,
    )


def _chance(
    decides: Callable[[int, int], bool], *, n: int, discordance: float, drop: float, few: bool
) -> float:
    """Add up the trinomial chances of the counts (lost, gained) that decide so.

    Of one number of discordant samples it is `few` losses that do, or many.
    """
    from scipy.special import bdtr

    if not abs(drop) <= discordance <= 1:
        raise ValueError(f"expected |drop| <= discordance <= 1, got {drop} and {discordance}")
    if n == 0:
        return 0.0  # no row shows anything
    lost_of_discordant = 0.5 if discordance == 0 else (1 + drop / discordance) / 2
    reach = 7 * sqrt(n * discordance) + 30
    fewest, most = max(0, floor(n * discordance - reach)), min(n, ceil(n * discordance + reach))
    chance = 0.0
    for discordant in range(fewest, most + 1):
        of_count = _binomial(discordant, n, discordance)
        if of_count > _NEGLIGIBLE:
            losses = range(discordant + 1)
            first = bisect_left(
                losses, True, key=lambda lost: decides(lost, discordant - lost) != few
            )
            below = float(bdtr(first - 1, discordant, lost_of_discordant)) if first else 0.0
            chance += of_count * (below if few else 1 - below)
    return chance


def _binomial(k: int, n: int, p: float) -> float:
    # scipy.stats.binom.pmf is the same; to import it takes a second, in every run.
    if p in (0, 1):
        return float(k == n * p)
    choices = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(choices + k * log(p) + (n - k) * log(1 - p))
