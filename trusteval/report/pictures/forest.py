"""A table's differences as rows of dots: each with its interval, against a line at none."""

from __future__ import annotations

from trusteval.charts.dots import DotPlot, DotRow
from trusteval.report.cells import shown_value
from trusteval.report.pictures.dot_rows import dot_row
from trusteval.tables import Cell, Column, Kind, Table
from trusteval.types import Unavailable

_UNIT = "points, 90 % interval"


def forests_of(table: Table) -> list[DotPlot]:
    """Return a chart for each CHANGE column of a table, with a row for each of its rows.

    A row without a value says so in its place.
    """
    labels = _labels(table)
    return [
        DotPlot(
            title=column.name,
            rows=tuple(
                _row(label, row[place], column)
                for label, row in zip(labels, table.rows, strict=True)
            ),
            unit=_UNIT,
            has_zero=True,
        )
        for place, column in enumerate(table.columns)
        if column.kind is Kind.CHANGE
    ]


def _row(label: str, cell: Cell, column: Column) -> DotRow:
    has_figure = not isinstance(cell, Unavailable)
    return dot_row(label, cell, said=shown_value(cell, column.kind) if has_figure else "")


def _labels(table: Table) -> list[str]:
    """Say what each row is about: its texts before the first figure, but for what all share."""
    kinds = [column.kind for column in table.columns]
    texts = next((n for n, kind in enumerate(kinds) if kind is not Kind.TEXT), len(kinds))
    told = [n for n in range(texts) if len({row[n] for row in table.rows}) > 1]
    shown = told or [*range(texts)][-1:]
    return [", ".join(str(row[n]) for n in shown) for row in table.rows]
