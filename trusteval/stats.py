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
    `strata` the family each unit belongs to, both by name or number; all three have the same
    length.
    """

    weight: float
    y: npt.NDArray[np.float64]
    units: Sequence[str | int]
    strata: Sequence[str | int]


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
    known: dict[tuple[str | int, str | int], int] = {}
    places = [
        known.setdefault(pair, len(known))
        for cell in cells
        for pair in zip(cell.strata, cell.units, strict=True)
    ]
    shares = [np.full(len(cell.y), cell.weight / len(cell.y)) for cell in cells]
    means = [float(cell.y.mean()) for cell in cells]
    of_cells = list(zip(shares, means, cells, strict=True))
    u = np.bincount(places, np.concatenate([s * (cell.y - mean) for s, mean, cell in of_cells]))
    weight = np.bincount(places, np.concatenate(shares))
    wrong = np.bincount(places, np.concatenate([-s * mean for s, mean, _ in of_cells]))
    by_stratum: dict[str | int, list[int]] = {}
    for (stratum, _), place in known.items():
        by_stratum.setdefault(stratum, []).append(place)
    variance = 0.0
    for units in by_stratum.values():
        heaviest = np.isclose(weight[units], weight[units].max(), rtol=1e-9)
        of_wrong = wrong[units][heaviest]
        pseudo = [of_wrong.min(), (of_wrong + weight[units][heaviest]).max()]
        variance += len(units) * float(np.var([*u[units], *pseudo], ddof=1))
    return float(np.sqrt(variance))
