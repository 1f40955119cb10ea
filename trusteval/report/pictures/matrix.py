"""A table's pairs as matrices: how alike two subjects answer."""

from __future__ import annotations

from math import isnan

from trusteval.charts.matrix import Matrix, Shade
from trusteval.report.cells import number_of, shown_value
from trusteval.tables import Cell, Kind, Table


def matrices_of(table: Table) -> list[Matrix]:
    """Return the first column of figures over the pairs that the last two text columns name.

    Where several rows are about one pair, each kind of row is a matrix of its own.
    """
    texts = [n for n, column in enumerate(table.columns) if column.kind is Kind.TEXT]
    figures = [n for n, column in enumerate(table.columns) if column.kind is not Kind.TEXT]
    one, other, value = texts[-2], texts[-1], figures[0]
    column = table.columns[value]
    matrices: dict[str, list[tuple[Cell, ...]]] = {}
    for row in table.rows:
        about = ", ".join(str(row[n]) for n in texts[:-2])
        matrices.setdefault(about, []).append(row)
    return [
        Matrix(
            title=about or column.name,
            names=tuple(dict.fromkeys(str(row[n]) for n in (one, other) for row in rows)),
            cells={
                (str(row[one]), str(row[other])): _shade(row[value], column.kind) for row in rows
            },
            unit=f"{column.name}{', percent' if column.kind is Kind.SHARE else ''}",
        )
        for about, rows in matrices.items()
    ]


def _shade(cell: Cell, kind: Kind) -> Shade:
    """Return a cell's share; of percents the figure alone, in whole ones."""
    share = number_of(cell)
    if isnan(share):
        return Shade(None, shown_value(cell, kind))
    shown = f"{100 * share:.0f}" if kind is Kind.SHARE else shown_value(cell, kind)
    return Shade(share, shown)
