"""A matrix of pairs: how alike two subjects answer, as colour and as figure."""

from __future__ import annotations

from typing import Any

from trusteval.printable import printable
from trusteval.report.cells import number_of, shown_value
from trusteval.tables import Cell, Kind, Table

_INCHES_A_NAME, _INCHES_AROUND = 0.8, 1.8
_MOST_BESIDE = 3


def draw_matrix(figure: Any, table: Table) -> None:
    """Draw the first column of figures over the pairs that the last two text columns name.

    A pair stands on both sides of the diagonal; of a pair that the table does not have nothing is
    drawn. Where several rows are about one pair, each kind of row is a matrix of its own.
    """
    texts = [n for n, column in enumerate(table.columns) if column.kind is Kind.TEXT]
    figures = [n for n, column in enumerate(table.columns) if column.kind is not Kind.TEXT]
    one, other, value = texts[-2], texts[-1], figures[0]
    matrices: dict[str, list[tuple[Cell, ...]]] = {}
    for row in table.rows:
        about = ", ".join(str(row[n]) for n in texts[:-2])
        matrices.setdefault(about, []).append(row)
    names = list(dict.fromkeys(str(row[n]) for n in (one, other) for row in table.rows))
    side = _INCHES_AROUND + _INCHES_A_NAME * len(names)
    beside = min(_MOST_BESIDE, len(matrices))
    below = -(-len(matrices) // beside)
    figure.set_size_inches(side * beside, side * below)
    all_axes = list(figure.subplots(below, beside, squeeze=False).flat)
    for axes in all_axes[len(matrices) :]:
        axes.set_axis_off()
    for axes, (about, rows) in zip(all_axes, matrices.items(), strict=False):
        pairs = {(str(row[one]), str(row[other])): row[value] for row in rows}
        title = f"{table.columns[value].name}; {about}" if about else table.columns[value].name
        axes.set_title(printable(title), fontsize=7, parse_math=False)
        _draw_pairs(axes, pairs, names, kind=table.columns[value].kind)


def _draw_pairs(
    axes: Any, pairs: dict[tuple[str, str], Cell], names: list[str], *, kind: Kind
) -> None:
    import numpy as np

    colours = np.full((len(names), len(names)), np.nan)
    for (one, other), cell in pairs.items():
        row, column = names.index(one), names.index(other)
        for place in {(row, column), (column, row)}:
            colours[place] = number_of(cell)
            axes.text(*place[::-1], shown_value(cell, kind), ha="center", va="center", fontsize=7)
    axes.imshow(colours, cmap="cividis_r", alpha=0.5, vmin=min(0.0, _least(colours)), vmax=1.0)
    shown = [printable(name) for name in names]
    axes.set_xticks(range(len(names)), shown, fontsize=7, rotation=30, ha="right", parse_math=False)
    axes.set_yticks(range(len(names)), shown, fontsize=7, parse_math=False)


def _least(colours: Any) -> float:
    import numpy as np

    return 0.0 if np.isnan(colours).all() else float(np.nanmin(colours))
