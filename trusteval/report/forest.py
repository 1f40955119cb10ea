"""A forest plot: every difference of a table with its interval, against a line at no difference."""

from __future__ import annotations

from typing import Any

from trusteval.printable import printable
from trusteval.tables import Kind, Spread, Table

_INCHES_A_ROW, _INCHES_BESIDE = 0.24, 1.1
_WIDTH = 7.0


def draw_forest(figure: Any, table: Table) -> None:
    """Draw every CHANGE column of a table beside the others, a line per row, from the top.

    A row without a value says so in its place.
    """
    changes = [n for n, column in enumerate(table.columns) if column.kind is Kind.CHANGE]
    n_rows = len(table.rows)
    figure.set_size_inches(_WIDTH + 2 * (len(changes) - 1), _INCHES_BESIDE + _INCHES_A_ROW * n_rows)
    all_axes = figure.subplots(1, len(changes), sharey=True, squeeze=False)[0]
    for axes, column in zip(all_axes, changes, strict=True):
        axes.axvline(0, color="0.6", linewidth=0.8)
        for place, row in enumerate(table.rows):
            _draw_cell(axes, row[column], place)
        axes.set_title(printable(table.columns[column].name), fontsize=8, parse_math=False)
        axes.set_xlabel("points, 90 % interval", fontsize=7)
        axes.tick_params(labelsize=7)
        axes.grid(axis="x", linewidth=0.3)
    first = all_axes[0]
    first.set_ylim(n_rows - 0.5, -0.5)
    first.set_yticks(range(n_rows), _labels(table), fontsize=7, parse_math=False)


def _draw_cell(axes: Any, cell: object, place: int) -> None:
    match cell:
        case Spread(value, low, high):
            axes.plot([low, high], [place, place], color="C0", linewidth=1.2)
            axes.plot([value], [place], marker="o", markersize=4, color="C0")
        case float() | int():
            axes.plot([cell], [place], marker="x", markersize=4, color="C0")
        case _:
            axes.text(0, place, " no value", ha="left", va="center", fontsize=6, color="0.4")


def _labels(table: Table) -> list[str]:
    """Say what each row is about: its texts before the first figure, but for what all share."""
    kinds = [column.kind for column in table.columns]
    texts = next((n for n, kind in enumerate(kinds) if kind is not Kind.TEXT), len(kinds))
    told = [n for n in range(texts) if len({row[n] for row in table.rows}) > 1]
    shown = told or [*range(texts)][-1:]
    return [", ".join(printable(str(row[n])) for n in shown) for row in table.rows]
