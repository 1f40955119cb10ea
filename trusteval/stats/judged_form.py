"""How a sum of corrected shares depends on every row that is judged, and on those errors are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trusteval.stats.estimate import Z
from trusteval.stats.judge_errors import Codes, JudgedCell, Said, Values, effective_number


@dataclass(frozen=True, slots=True, eq=False)
class Added:
    """What rows add to the error of a sum, and the number of the unit that each is of."""

    values: Values
    units: Codes

    @classmethod
    def together(cls, parts: Sequence[Added]) -> Added:
        return cls(
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.units for part in parts]),
        )

    @property
    def square(self) -> float:
        """The sum over units of the square of what their rows add."""
        of_units = np.bincount(np.unique(self.units, return_inverse=True)[1], self.values)
        return float((of_units**2).sum())

    def minus(self, other: Added) -> Added:
        return Added.together([self, Added(-other.values, other.units)])


@dataclass(frozen=True, slots=True)
class _Pseudo:
    """Pseudo-rows, half of them yes, beside what `n` even units know."""

    n: float
    many: float

    @classmethod
    def beside(cls, parts: Sequence[tuple[float, Said]], *, many: float) -> _Pseudo:
        """Spread pseudo-rows over parts of a sum, each with its weight, as the rows are."""
        units = np.concatenate([said.units for _, said in parts])
        shares = np.concatenate([weight * said.shares for weight, said in parts])
        return cls(effective_number(units, shares), many)

    @property
    def total(self) -> float:
        return self.n + self.many

    def share(self, observed: float) -> float:
        return (observed * self.n + self.many / 2) / self.total


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """One of the three shares of a cell: how a sum depends on it, and its adjusted value."""

    said: Said
    pseudo: _Pseudo
    slope: float
    value: float

    @property
    def rows(self) -> Added:
        weight = self.slope * self.pseudo.n / self.pseudo.total
        off = self.said.yes - self.value
        return Added(weight * self.said.shares * off, self.said.units)

    def pseudo_rows(self, number: int) -> Added:
        """Return what one that is yes adds, and one that is no, as two units from `number` on."""
        each = self.slope / self.pseudo.total
        off = np.array([1 - self.value, -self.value])
        return Added(each * off, np.array([number, number + 1]))

    @property
    def spread(self) -> float:
        return self.value * (1 - self.value) / self.pseudo.total


@dataclass(frozen=True, slots=True, eq=False)
class LinearForm:
    """A corrected sum, and what rows and pseudo-rows add to its error.

    `reach` is the most that a judged row can add.
    """

    plain: float
    centre: float
    rows: Added
    errors: Added
    pseudo_rows: Added
    pseudo_errors: Added
    reach: float


def linear_form(cells: Sequence[JudgedCell], *, pseudo: float) -> LinearForm | None:
    """Linearise a sum in the shares that it is made of; `pseudo` rows are added to judged ones.

    None where a judge is not shown to be better than a coin, so that there is nothing to divide by.
    """
    if not all(cell.calibration.is_informative for cell in cells):
        return None
    judged, true, false = (
        _Pseudo.beside([(cell.weight, said) for cell, said in zip(cells, of, strict=True)], many=n)
        for of, n in (
            ([cell.said for cell in cells], pseudo),
            ([cell.calibration.true for cell in cells], 2.0),
            ([cell.calibration.false for cell in cells], 2.0),
        )
    )
    shares = [_shares(cell, judged, true, false) for cell in cells]
    if not all(of_true.value > of_false.value for _, of_true, of_false in shares):
        return None
    return LinearForm(
        plain=sum(cell.weight * _plain(cell) for cell in cells),
        centre=sum(map(_centre, cells, shares)),
        rows=Added.together([p.rows for p, _, _ in shares]),
        errors=Added.together([one.rows for _, *of_errors in shares for one in of_errors]),
        pseudo_rows=Added.together([p.pseudo_rows(0) for p, _, _ in shares]),
        pseudo_errors=Added.together(
            [
                one.pseudo_rows(2 * place)
                for _, *of_errors in shares
                for place, one in enumerate(of_errors)
            ]
        ),
        reach=sum(p.slope for p, _, _ in shares) / judged.total,
    )


def _plain(cell: JudgedCell) -> float:
    return _corrected(
        cell.said.share, cell.calibration.sensitivity, 1 - cell.calibration.specificity
    )


def _corrected(judged: float, true: float, false: float) -> float:
    """Return Rogan and Gladen's share, of the shares of yes: of all rows, true ones, false ones."""
    return (judged - false) / (true - false)


def _shares(
    cell: JudgedCell, judged: _Pseudo, true: _Pseudo, false: _Pseudo
) -> tuple[_Share, _Share, _Share]:
    """Return a cell's shares with the slopes of `_corrected` times the cell's weight."""
    rows = cell.said, cell.calibration.true, cell.calibration.false
    p, q, missed = (
        pseudo.share(said.share) for said, pseudo in zip(rows, (judged, true, false), strict=True)
    )
    slope, theta = cell.weight / (q - missed), _corrected(p, q, missed)
    return (
        _Share(rows[0], judged, slope, p),
        _Share(rows[1], true, -slope * theta, q),
        _Share(rows[2], false, -slope * (1 - theta), missed),
    )


def _centre(cell: JudgedCell, shares: tuple[_Share, _Share, _Share]) -> float:
    """Return the centre of a cell's interval, times its weight (Lang and Reiczigel's shift)."""
    judged, true, false = shares
    theta = _corrected(judged.value, true.value, false.value)
    shift = 2 * Z * Z * (theta * true.spread - (1 - theta) * false.spread)
    return cell.weight * (theta + shift)
