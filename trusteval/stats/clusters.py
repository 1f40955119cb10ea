"""Sums over settings whose rows share units: estimates with cluster standard errors.

A score is linear in its rows: the sum over cells of weight times mean. The unit that varies is the
unit with all its rows, whatever number of settings it appears in. A score counts each unit
once: its interval is the exact one of as many even units as these are worth. The variance of a
change is taken, stratum by stratum, over the units and two pseudo-items, so that agreement on few
is no certainty (docs/statistics.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trusteval.stats.estimate import Normal
from trusteval.stats.losses import Losses
from trusteval.stats.paired import Pairs
from trusteval.stats.proportion import Proportion

Values = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """Rows whose plain mean enters a score with one weight.

    `y` are the rows' values: in [0, 1] for a score, in [-1, 1] for a difference. `units` numbers
    the unit each row descends from, `strata` the family each unit is drawn within, from 0
    on; ValueError unless all three have the same length, at least 1.
    """

    weight: float
    y: Values
    units: Codes
    strata: Codes

    def __post_init__(self) -> None:
        lengths = {len(self.y), len(self.units), len(self.strata)}
        if len(lengths) > 1 or 0 in lengths:
            raise ValueError(
                f"expected a unit and a stratum for each row, got {len(self.units)} and "
                f"{len(self.strata)} for {len(self.y)}"
            )

    @property
    def share(self) -> float:
        """What one row weighs."""
        return self.weight / len(self.y)

    @property
    def mean(self) -> float:
        return float(self.y.mean())

    @property
    def centred(self) -> Values:
        """What each row adds to its unit: its share of how far it is from the mean."""
        return self.share * (self.y - self.mean)


def estimate_score(cells: Sequence[Cell]) -> Proportion:
    """Estimate the weighted sum of the cells' means, in [0, 1].

    Its number is that of the units were all of one weight, Kish's (1965) 1 / sum of squared
    weights. So its bounds hold however the rows of a unit go together, and a worse row never
    improves one. Rows that all weigh the same and come from different units are as many.
    """
    weight = Units(cells).weight
    n = float(weight.sum() ** 2 / (weight**2).sum())
    return Proportion(weighted_sum(cells) * n, n)


def estimate_difference(cells: Sequence[Cell]) -> Pairs | Losses:
    """Estimate the weighted sum of the cells' mean differences, in [-1, 1].

    Rows that all weigh the same and come from different units are pairs of one proportion, if
    every difference is -1, 0 or 1.
    """
    y = np.concatenate([cell.y for cell in cells])
    if _is_one_proportion(cells) and bool(np.isin(y, (-1, 0, 1)).all()):
        return Pairs(int((y > 0).sum()), int((y < 0).sum()), len(y))
    units = Units(cells)
    differing = units.sum([np.abs(cell.y) for cell in cells]) > 0
    lost = units.sum([cell.share * cell.y for cell in cells])
    return Losses(lost, units.weight, int(differing.sum()))


def estimate_change(cells: Sequence[Cell], *, most: float) -> Normal:
    """Estimate the weighted sum of the cells' mean differences, in [-most, most], by units."""
    units = Units(cells)
    u = units.sum([cell.centred for cell in cells])
    differing = units.sum([np.abs(cell.y) for cell in cells]) > 0
    return Normal(
        weighted_sum(cells),
        units.standard_error(u, units.reach_of(u)),
        least=-most,
        most=most,
        differing=int(differing.sum()),
    )


def weighted_sum(cells: Sequence[Cell]) -> float:
    """Add up the cells' means with their weights."""
    return sum(cell.weight * cell.mean for cell in cells)


def estimate_ratio(over: Sequence[Cell], under: Sequence[Cell]) -> Proportion:
    """Estimate the ratio of two sums over the same rows, in [0, 1].

    A score of what `under` counts: a unit weighs what it has there. `under` must not sum to 0.
    """
    weight = Units(under).sum([cell.share * cell.y for cell in under])
    n = float(weight.sum() ** 2 / (weight**2).sum())
    return Proportion(n * weighted_sum(over) / weighted_sum(under), n)


def estimate_ratio_difference(
    reference: tuple[Sequence[Cell], Sequence[Cell]],
    subject: tuple[Sequence[Cell], Sequence[Cell]],
) -> Normal:
    """Estimate how far a subject's ratio is below its reference's, in [-1, 1], paired.

    Each is (over, under) as in `estimate_ratio`, all over the same rows.
    """
    units = Units(reference[0])
    of_reference, u_reference, most = _linearised(units, *reference)
    of_subject, u_subject, most_of_subject = _linearised(units, *subject)
    u = u_reference - u_subject
    changed = [
        units.sum([np.abs(a.y - b.y) for a, b in zip(*both, strict=True)])
        for both in zip(reference, subject, strict=True)
    ]
    return Normal(
        of_reference - of_subject,
        units.standard_error(u, units.reach_of(u, np.maximum(most, most_of_subject))),
        least=-1.0,
        most=1.0,
        differing=int(np.count_nonzero(sum(changed))),
    )


def _linearised(
    units: Units, over: Sequence[Cell], under: Sequence[Cell]
) -> tuple[float, Values, Values]:
    """Return a ratio, what each unit adds to its error, and the most that it can."""
    below = weighted_sum(under)
    ratio = weighted_sum(over) / below
    parts = [
        top.share * (top.y - ratio * bottom.y) / below
        for top, bottom in zip(over, under, strict=True)
    ]
    return ratio, units.sum(parts), units.weight / below


def _is_one_proportion(cells: Sequence[Cell]) -> bool:
    """Whether all rows weigh the same, 1 together, and no unit has two."""
    units = np.concatenate([cell.units for cell in cells])
    shares = [cell.share for cell in cells]
    return bool(
        np.allclose(shares, 1 / len(units), rtol=1e-9) and len(np.unique(units)) == len(units)
    )


class Units:
    """The units of some cells' rows: each one's stratum, and what its rows weigh together."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        strata = np.concatenate([cell.strata for cell in cells])
        units = np.concatenate([cell.units for cell in cells])
        many = units.max() + 1
        found, self._place = np.unique(strata * many + units, return_inverse=True)
        # In the order of their strata, so that those of each are a run of them.
        ends = np.flatnonzero(np.diff(found // many)) + 1
        self._strata = np.split(np.arange(len(found)), ends)
        self.weight = self.sum([np.full(len(cell.y), abs(cell.share)) for cell in cells])

    def sum(self, of_rows: Sequence[Values]) -> Values:
        """Add up rows, given cell by cell, within their units."""
        return np.bincount(self._place, np.concatenate(of_rows)).astype(np.float64, copy=False)

    def reach_of(
        self, u: Values, weight: Values | None = None
    ) -> Callable[[Codes], tuple[float, float]]:
        """Return the pseudo-items of a change: as far off as the farthest unit, both ways.

        Where no unit is off at all, as far as a typical unit could be: the root of the mean squared
        `weight`, what its rows weigh unless given.
        """
        most = self.weight if weight is None else weight

        def pseudo(stratum: Codes) -> tuple[float, float]:
            reach = float(np.abs(u[stratum]).max())
            if np.isclose(reach, 0):
                reach = float(np.sqrt((most[stratum] ** 2).mean()))
            return -reach, reach

        return pseudo

    def standard_error(self, u: Values, pseudo: Callable[[Codes], tuple[float, float]]) -> float:
        """Return the root of the sum over strata of n_h * var(u in h and its pseudo-items)."""
        return float(
            np.sqrt(
                sum(
                    len(stratum) * np.var(np.concatenate([u[stratum], pseudo(stratum)]), ddof=1)
                    for stratum in self._strata
                )
            )
        )
