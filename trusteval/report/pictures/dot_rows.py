"""A cell of a table as a row of dots: the same value, the same interval, the same reason."""

from __future__ import annotations

from trusteval.charts.dots import DotRow
from trusteval.charts.look import Role
from trusteval.tables import Cell, Spread
from trusteval.types import Unavailable


def dot_row(
    label: str, cell: Cell, *, said: str = "", role: Role = Role.SERIES_1, marker: str = "o"
) -> DotRow:
    """Return the row of a cell; one without a value says why in its place."""
    match cell:
        case Spread(value, low, high):
            return DotRow(label, value, low, high, said=said, role=role, marker=marker)
        case Unavailable(why):
            return DotRow(label, None, said=said, why=why, role=role)
        case str():
            return DotRow(label, None, said=said, why=cell, role=role)
        case _:
            return DotRow(label, cell, said=said, role=role, marker=marker)
