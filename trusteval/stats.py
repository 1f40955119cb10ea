"""The intervals that gates decide by; formulas and their behaviour are in docs/method.md.

Every bound is one-sided 95 %, so that an interval is the 90 % interval. Scores are fractions
here, points outside. This module has absolute intervals; paired comparisons will join it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Z = 1.6448536269514722
"""Standard normal quantile of a one-sided 95 % bound."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows whose plain mean enters a score with one weight.

    `y` are the rows' values in [0, 1], `units` the source item each row descends from,
    `strata` the family each unit belongs to; all three have the same length.
    """

    weight: float
    y: npt.NDArray[np.float64]
    units: Sequence[str]
    strata: Sequence[str]


def proportion_interval(successes: int, n: int) -> tuple[float, float]:
    """Return the Clopper-Pearson 90 % interval of a proportion, each bound one-sided 95 %.

    Clopper and Pearson 1934, by quantiles of the beta distribution. Raises ValueError unless
    0 <= successes <= n and n > 0.
    """
    from scipy.special import betaincinv

    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"expected 0 <= successes <= n and n > 0, got {successes} of {n}")
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, 0.05))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 0.95))
    return low, high


def linear_interval(cells: Sequence[Cell]) -> tuple[float, float]:
    """Return the 90 % interval of the weighted sum of the cells' means, clipped to [0, 1].

    Rows that all weigh the same and come from different units are one proportion and get the
    Clopper-Pearson interval, if y is 0 or 1. Otherwise value -+ Z * cluster_standard_error.
    """
    y = np.concatenate([cell.y for cell in cells])
    units = [unit for cell in cells for unit in cell.units]
    shares = [cell.weight / len(cell.y) for cell in cells]
    if (
        np.allclose(shares, 1 / len(y), rtol=1e-9)
        and len(set(units)) == len(units)
        and bool(np.isin(y, (0, 1)).all())
    ):
        return proportion_interval(int(y.sum()), len(y))
    value = sum(cell.weight * float(cell.y.mean()) for cell in cells)
    reach = Z * cluster_standard_error(cells)
    return max(0.0, value - reach), min(1.0, value + reach)


def cluster_standard_error(cells: Sequence[Cell]) -> float:
    """Return the standard error of a linear score whose rows share source items.

    Unit i contributes u_i, the sum over its rows of weight / n_cell * (y - mean of the cell).
    SE^2 = sum over strata of n_h * var(u in h, ddof=1), the variance taken over the n_h units
    and two pseudo-items that answer everything wrong and everything right, with the rows of the
    stratum's heaviest units: without them a score of 100 on few items would have no error.
    """
    shares: dict[tuple[str, str], dict[str, float]] = {}
    for cell in cells:
        mean, share = float(cell.y.mean()), cell.weight / len(cell.y)
        for y, unit, stratum in zip(cell.y.tolist(), cell.units, cell.strata, strict=True):
            sums = shares.setdefault((stratum, unit), {"u": 0.0, "weight": 0.0, "wrong": 0.0})
            sums["u"] += share * (y - mean)
            sums["weight"] += share
            sums["wrong"] -= share * mean
    by_stratum: dict[str, list[dict[str, float]]] = {}
    for (stratum, _), sums in shares.items():
        by_stratum.setdefault(stratum, []).append(sums)
    variance = 0.0
    for units in by_stratum.values():
        most = max(sums["weight"] for sums in units)
        heaviest = [sums for sums in units if np.isclose(sums["weight"], most, rtol=1e-9)]
        pseudo = [
            min(sums["wrong"] for sums in heaviest),
            max(sums["wrong"] + sums["weight"] for sums in heaviest),
        ]
        variance += len(units) * float(np.var([*(s["u"] for s in units), *pseudo], ddof=1))
    return float(np.sqrt(variance))
