"""A table's costs and scores as points with their front."""

from __future__ import annotations

from math import isnan

from trusteval.charts.scatter import Scatter, ScatterPoint
from trusteval.report.cells import number_of
from trusteval.tables import Cell, Kind, Spread, Table

_PARTED_BY = ("benchmark", "dimension")


def scatters_of(table: Table) -> list[Scatter]:
    """Return column "score" over the one before it, a chart per benchmark or dimension.

    Points are called by the last text column before these; who has no place is named.
    """
    names = [column.name for column in table.columns]
    score = names.index("score")
    cost = score - 1
    unit = ", seconds" if table.columns[cost].kind is Kind.SECONDS else ""
    called = [n for n in range(cost) if table.columns[n].kind is Kind.TEXT][-1]
    by = next((names.index(name) for name in _PARTED_BY if name in names), None)
    styles = {name: n for n, name in enumerate(dict.fromkeys(row[called] for row in table.rows))}
    panels: dict[str, list[ScatterPoint]] = {}
    for row in table.rows:
        style = styles[row[called]]
        point = _point(str(row[called]), row[cost], row[score], style=style)
        panels.setdefault("" if by is None else str(row[by]), []).append(point)
    return [
        Scatter(
            title, tuple(points), cost=f"{names[cost]}{unit}", score="score, points, 90 % interval"
        )
        for title, points in panels.items()
    ]


def _point(name: str, cost: Cell, score: Cell, *, style: int) -> ScatterPoint:
    low, high = (score.low, score.high) if isinstance(score, Spread) else (None, None)
    return ScatterPoint(name, _known(cost), _known(score), low, high, style=style)


def _known(cell: Cell) -> float | None:
    value = number_of(cell)
    return None if isnan(value) else value
