"""How rows enter a statistic: what each weighs, and which rows share a unit and vary together.

Strata are left out: within them a unit varies less, so that intervals are rather too wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from trusteval.stats.proportion import Proportion
from trusteval.stats.undefined import Undefined

Values = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The rows of a statistic: `weights` sum to 1, `units` numbers each row's unit from 0 on.

    Build with `Design.of`.
    """

    weights: Values
    units: Codes

    @classmethod
    def of(
        cls, rows: int, *, units: Codes | None = None, weights: npt.ArrayLike | None = None
    ) -> Design:
        """Describe `rows` rows, by default each a unit of its own and all of one weight.

        `units` are any whole numbers, `weights` not negative and not all 0. Raises ValueError
        otherwise, or unless there is one of each for every row, at least one.
        """
        w = np.ones(rows) if weights is None else np.asarray(weights, np.float64)
        codes = np.arange(rows) if units is None else np.unique(units, return_inverse=True)[1]
        if not len(w) == len(codes) == rows > 0:
            raise ValueError(f"expected {rows} weights and units, got {len(w)} and {len(codes)}")
        total = w.sum()
        if not (np.isfinite(total) and total > 0 and w.min() >= 0):
            raise ValueError("expected weights that are not negative, with a positive sum")
        return cls(w / total, codes)

    def mean(self, y: npt.ArrayLike) -> float:
        """Return the weighted mean of a value per row."""
        return _dot(self.weights, y)

    def share(self, flags: Flags) -> Proportion:
        """Estimate the weighted share of flagged rows.

        Its number is that of the units were all of one weight, Kish's (1965): the interval is
        exact for even units, and holds however the rows of a unit go together.
        """
        return Proportion(self.effective * self.mean(flags), self.effective)

    def share_within(self, flags: Flags, within: Flags) -> Proportion | Undefined:
        """Estimate the weighted share of flagged rows among those within, as `share` does."""
        weights = np.where(within, self.weights, 0.0)
        total = weights.sum()
        if total == 0:
            return Undefined("no rows to take a share of")
        n = float(total**2 / (self._of_units(weights) ** 2).sum())
        return Proportion(n * float(_dot(weights, flags) / total), n)

    @property
    def effective(self) -> float:
        """How many even units know as much, whatever the rows of one do: Kish's number."""
        return float(1 / (self._of_units(self.weights) ** 2).sum())

    def variance(self, influence: Values) -> float:
        """Return the variance of a smooth statistic, of what each row adds to its error.

        The sum over units of the squared sum of weight times influence (the sandwich of linear
        forms: Lumley 2010, section 2); the influences have a weighted mean of 0.
        """
        return float((self._of_units(self.weights * influence) ** 2).sum())

    def _of_units(self, of_rows: Values) -> Values:
        return np.bincount(self.units, of_rows).astype(np.float64, copy=False)


def _dot(weights: Values, y: npt.ArrayLike) -> float:
    """Add up products without BLAS, whose threads take longer to start than this takes."""
    return float((weights * np.asarray(y, np.float64)).sum())
