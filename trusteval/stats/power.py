"""What a gate can resolve: the sizes of drop, margin and sample that give it a fair chance.

`discordance` is the share of samples that only one of subject and reference has right; `power` is
the chance wanted of PASS or FAIL. The formulas are those of the normal approximation; below ten
discordant samples to be expected, chances are enumerated instead. One-sided throughout, as the
bounds are (docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, exp, lgamma, log, sqrt
from statistics import NormalDist

from trusteval.stats.estimate import ALPHA, Z
from trusteval.stats.paired import Pairs, tango_z

POWER = 0.8
"""The chance that a gate of interest is expected to have."""
FEWEST_FOR_FORMULA = 10
"""Expected discordant samples below which the normal approximation promises too much."""
_NEGLIGIBLE = 1e-10


def power_per_gate(gates: int, *, power: float = POWER) -> float:
    """Return the power each of several independent gates needs for all to pass: power^(1/m)."""
    return float(power ** (1 / gates))


def minimum_detectable_effect(discordance: float, n: int, *, power: float = POWER) -> float:
    """Return the margin that no drop at all passes: (1.645 + z_power) sqrt(discordance / n)."""
    return _factor(power) * sqrt(discordance / n)


def minimum_detectable_effect_of_aggregate(standard_error: float, *, power: float = POWER) -> float:
    """Return the margin that no drop at all passes, of an estimate with a standard error."""
    return _factor(power) * standard_error


def minimum_detectable_shift(standard_error: float, *, power: float = POWER) -> float:
    """Return the margin that no shift at all passes, where both bounds must be inside.

    Both miss by the same luck either way: (1.645 + z of (1 + power) / 2) standard errors.
    """
    return _factor((1 + power) / 2) * standard_error


def smallest_margin(n: int) -> float:
    """Return the smallest margin that even identical answers pass: Z^2 / (n + Z^2) (Tango)."""
    return Z * Z / (n + Z * Z)


def rows_to_pass(
    discordance: float, *, margin: float, drop: float = 0.0, power: float = POWER
) -> int:
    """Return how many rows a true drop below the margin needs in order to pass.

    discordance * ((1.645 + z_power) / (margin - drop))^2, rounded up. The drop is one that may
    pass, never the observed one. Raises ValueError unless drop < margin.
    """
    if not drop < margin:
        raise ValueError(f"expected a drop below the margin {margin}, got {drop}")
    return ceil(discordance * (_factor(power) / (margin - drop)) ** 2)


def pass_is_resolvable(
    *, margin: float, discordance: float, n: int, drop: float = 0.0, power: float = POWER
) -> bool:
    """Whether a true drop has the power to pass a margin.

    margin - drop >= (1.645 + z_power) sqrt((discordance - drop^2) / n), or by enumeration; the
    discordance is at least the drop.
    """
    discordance = max(discordance, abs(drop))
    if n * discordance < FEWEST_FOR_FORMULA:
        chance = chance_of_pass(margin=margin, discordance=discordance, n=n, drop=drop)
        return chance >= power
    return margin - drop >= _factor(power) * sqrt(_variance(discordance, drop) / n)


def fail_is_resolvable(
    *,
    margin: float,
    discordance: float,
    n: int,
    drop: float,
    gates: int = 1,
    power: float = POWER,
) -> bool:
    """Whether a true drop has the power to fail one of several gates, at the level 0.05 / gates.

    drop - margin >= (z_level + z_power) sqrt((discordance - drop^2) / n), or by enumeration; the
    discordance is at least the drop.
    """
    discordance = max(discordance, drop)
    if n * discordance < FEWEST_FOR_FORMULA:
        chance = chance_of_fail(margin=margin, discordance=discordance, n=n, drop=drop, gates=gates)
        return chance >= power
    return drop - margin >= _factor(power, gates) * sqrt(_variance(discordance, drop) / n)


def smallest_failing_drop(
    *, margin: float, discordance: float, n: int, gates: int = 1, power: float = POWER
) -> float:
    """Return the true drop from which on `fail_is_resolvable` by its formula; at most 1."""
    from scipy.optimize import brentq

    factor = _factor(power, gates)

    def surplus(drop: float) -> float:
        return drop - margin - factor * sqrt(_variance(max(discordance, drop), drop) / n)

    return float(brentq(surplus, margin, 1.0)) if margin < 1 else 1.0


def chance_of_pass(*, margin: float, discordance: float, n: int, drop: float = 0.0) -> float:
    """Return the exact chance that Tango's upper bound is within the margin."""
    return _chance(
        lambda lost, gained: tango_z(lost, gained, n, drop=margin) <= -Z,
        n=n,
        discordance=discordance,
        drop=drop,
    )


def chance_of_fail(
    *, margin: float, discordance: float, n: int, drop: float, gates: int = 1
) -> float:
    """Return the exact chance that a drop beyond the margin is shown at the level 0.05 / gates."""
    return _chance(
        lambda lost, gained: Pairs(lost, gained, n).p_above(margin) <= ALPHA / gates,
        n=n,
        discordance=discordance,
        drop=drop,
    )


def _chance(
    decides: Callable[[int, int], bool], *, n: int, discordance: float, drop: float
) -> float:
    """Add up the trinomial chances of the counts (lost, gained) that decide so."""
    if not abs(drop) <= discordance <= 1:
        raise ValueError(f"expected |drop| <= discordance <= 1, got {drop} and {discordance}")
    lost_of_discordant = 0.5 if discordance == 0 else (1 + drop / discordance) / 2
    chance = seen = 0.0
    for discordant in range(n + 1):
        of_count = _binomial(discordant, n, discordance)
        seen += of_count
        if of_count > _NEGLIGIBLE**2:
            chance += of_count * sum(
                _binomial(lost, discordant, lost_of_discordant)
                for lost in range(discordant + 1)
                if decides(lost, discordant - lost)
            )
        if seen > 1 - _NEGLIGIBLE:
            break
    return chance


def _binomial(k: int, n: int, p: float) -> float:
    if p in (0, 1):
        return float(k == n * p)
    choices = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(choices + k * log(p) + (n - k) * log(1 - p))


def _variance(discordance: float, drop: float) -> float:
    return max(0.0, discordance - drop * drop)


def _factor(power: float, gates: int = 1) -> float:
    """Return z_level + z_power, the level being 0.05 / gates."""
    normal = NormalDist()
    return normal.inv_cdf(1 - ALPHA / gates) + normal.inv_cdf(power)
