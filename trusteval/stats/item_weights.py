"""What the rows of a sum weigh, and how many even rows they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trusteval.stats.clusters import Cell

CORRELATION = 0.5
"""Assumed between the rows of one unit."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the rows of a sum weigh, as fractions of it.

    `squares` is the sum of the rows' squared weights, `sums` and `cubes` those of their items'
    squares and cubes, `total` the sum of all. `pseudo` is what two pseudo-items a stratum, as far
    off as its heaviest item, add to a variance. `is_one` says that all rows weigh the same and no
    two are of one item.
    """

    rows: int
    squares: float
    sums: float
    cubes: float
    total: float
    pseudo: float
    is_one: bool

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> Weights:
        """Weigh the rows of some cells."""
        units = np.concatenate([cell.units for cell in cells])
        strata = np.concatenate([cell.strata for cell in cells])
        shares = np.concatenate([np.full(len(cell.y), abs(cell.share)) for cell in cells])
        of_items, first, place = np.unique(units, return_index=True, return_inverse=True)
        weights = np.bincount(place, shares)
        heaviest = [weights[strata[first] == one].max() for one in np.unique(strata[first])]
        return cls(
            rows=len(shares),
            squares=float((shares**2).sum()),
            sums=float((weights**2).sum()),
            cubes=float((weights**3).sum()),
            total=float(shares.sum()),
            pseudo=2 * float((np.array(heaviest) ** 2).sum()),
            is_one=len(of_items) == len(shares) and bool(np.allclose(shares, shares[0])),
        )

    @property
    def effective(self) -> float:
        """How many even items know as much, whatever the rows of one do: Kish's number."""
        return self.total**2 / self.sums

    @property
    def typical(self) -> float:
        """The weight of the item that a loss is likeliest to fall on."""
        return self.sums / self.total

    @property
    def heavy(self) -> float:
        """The weight of the heaviest item that differs, about: fitted to simulated gates.

        Between that of the item a loss is likeliest to fall on, and the one that most variance is
        likeliest to come from.
        """
        return (self.typical + self.cubes / self.sums) / 2

    @property
    def variance(self) -> float:
        """That of the sum if each row varies by 1, rows of an item correlated as assumed."""
        return (1 - CORRELATION) * self.squares + CORRELATION * self.sums

    def even(self) -> Weights:
        """Return the same with a total of 1."""
        square = self.total**2
        return replace(
            self,
            squares=self.squares / square,
            sums=self.sums / square,
            cubes=self.cubes / self.total**3,
            pseudo=self.pseudo / square,
            total=1.0,
        )

    def grown(self, factor: float) -> Weights:
        return replace(
            self,
            rows=round(self.rows * factor),
            squares=self.squares / factor,
            sums=self.sums / factor,
            cubes=self.cubes / factor**2,
            pseudo=self.pseudo / factor**2,
        )
