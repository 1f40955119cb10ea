"""How often a judge errs, counted on rows whose truth is also known otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np
import numpy.typing as npt

from trusteval.stats.estimate import Z

Values = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """Rows of which a judge says whether something holds.

    `yes` is 1 where it says so and 0 where it does not, `weights`, above 0, how many rows each row
    stands for, `units` the number of the unit that it descends from. Raises ValueError unless all
    have one length, at least 1.
    """

    yes: Values
    weights: Values
    units: Codes

    def __post_init__(self) -> None:
        lengths = {len(self.yes), len(self.weights), len(self.units)}
        if len(lengths) > 1 or 0 in lengths:
            raise ValueError(f"expected as many of everything, at least 1, got {sorted(lengths)}")

    @property
    def shares(self) -> Values:
        """What each row weighs of all of them."""
        return self.weights / float(self.weights.sum())

    @property
    def share(self) -> float:
        """Of what share of the rows it holds, as the judge says."""
        return min(max(float(self.weights @ self.yes / self.weights.sum()), 0.0), 1.0)

    @property
    def effective(self) -> float:
        """How many even units know as much: Kish's (1965) number over the units."""
        return effective_number(self.units, self.shares)


@dataclass(frozen=True, eq=False)
class Calibration:
    """What a judge says of rows where something truly holds, and of those where it does not."""

    true: Said
    false: Said

    @classmethod
    def of(cls, said: Said, holds: Flags) -> Calibration:
        """Divide rows by the truth; raises ValueError unless there are some of both kinds."""
        return cls(*(_part(said, rows) for rows in (holds, ~holds)))

    @property
    def sensitivity(self) -> float:
        """How often the judge says that it holds where it does."""
        return self.true.share

    @property
    def specificity(self) -> float:
        """How often the judge says that it does not hold where it does not."""
        return 1 - self.false.share

    @cached_property
    def is_informative(self) -> bool:
        """Whether the judge is shown to be better than a coin.

        The one-sided 95 % bound of sensitivity + specificity - 1 (Youden 1950) is above 0, each
        with one success and one failure added. Where it is not, no interval of what is divided by
        it has an end (Fieller 1954).
        """
        of_both = [
            ((share * n + 1) / (n + 2), n + 2)
            for share, n in (
                (self.sensitivity, self.true.effective),
                (self.specificity, self.false.effective),
            )
        ]
        error = sqrt(sum(q * (1 - q) / n for q, n in of_both))
        return sum(q for q, _ in of_both) - 1 - Z * error > 0


@dataclass(frozen=True, slots=True, eq=False)
class JudgedCell:
    """Rows whose corrected share enters a sum with one weight, and how the judge errs on them."""

    weight: float
    said: Said
    calibration: Calibration


def spread_over(units: Codes, *, drawn: Codes, yes: Flags, weights: Values, like: Flags) -> Said:
    """Return what a judge says of some rows as what it would say of all of them, `units` long.

    `drawn` are the places of those it was shown, `yes` what it said of them, `weights` how many
    each stands for; `like` parts all rows into two kinds. A row has the judge's share of its kind,
    and one that was shown the rest of its own times its weight: the mean is that of a sample
    stratified afterwards, the variance that of both phases (Cochran 1977, sections 5A.9 and 12.2).
    A kind of which the judge saw none has everybody's share.
    """
    expected = np.full(len(units), np.average(yes, weights=weights))
    for kind in (like, ~like):
        if (seen := kind[drawn]).any():
            expected[kind] = np.average(yes[seen], weights=weights[seen])
    said = expected.copy()
    said[drawn] += weights * (len(units) / weights.sum()) * (yes - expected[drawn])
    return Said(said, np.ones(len(units)), units)


def effective_number(units: Codes, shares: Values) -> float:
    """Return Kish's number of units whose rows weigh so much."""
    of_units = np.bincount(np.unique(units, return_inverse=True)[1], shares)
    return float(of_units.sum() ** 2 / (of_units**2).sum())


def _part(said: Said, rows: Flags) -> Said:
    return Said(said.yes[rows], said.weights[rows], said.units[rows])
