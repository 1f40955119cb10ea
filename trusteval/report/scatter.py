"""Score against cost: every subject a point, and the front that no other is cheaper and better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from trusteval.printable import printable
from trusteval.report.cells import number_of
from trusteval.tables import Cell, Kind, Spread, Table

_MOST_BESIDE = 3
_INCHES = (3.6, 2.9)


@dataclass(frozen=True, slots=True)
class Point:
    """A subject with its cost, seconds, and its score, points."""

    name: str
    cost: float
    score: Cell

    @property
    def height(self) -> float:
        return number_of(self.score)

    @property
    def has_place(self) -> bool:
        return isfinite(self.cost) and isfinite(self.height)


def draw_scatter(figure: Any, table: Table) -> None:
    """Draw columns "cost" and "score", a panel per benchmark or dimension; points are called by the
    last text column before the cost. Who has no place is named above the panel.
    """
    panels: dict[str, list[Point]] = {}
    for benchmark, point in _points(table):
        panels.setdefault(benchmark, []).append(point)
    beside = min(_MOST_BESIDE, len(panels))
    below = -(-len(panels) // beside)
    figure.set_size_inches(_INCHES[0] * beside, _INCHES[1] * below)
    all_axes = list(figure.subplots(below, beside, squeeze=False).flat)
    for axes, (benchmark, points) in zip(all_axes, panels.items(), strict=False):
        _draw_panel(axes, [point for point in points if point.has_place])
        missing = [point.name for point in points if not point.has_place]
        without = f" (without a place: {', '.join(missing)})" if missing else ""
        axes.set_title(printable(f"{benchmark}{without}"), fontsize=7, parse_math=False)
    for axes in all_axes[len(panels) :]:
        axes.set_axis_off()


def front(points: Sequence[Point]) -> list[Point]:
    """Return the points beyond which none is both cheaper and better, cheapest first."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (point.cost, -point.height)):
        if not kept or point.height > kept[-1].height:
            kept.append(point)
    return kept


def _points(table: Table) -> list[tuple[str, Point]]:
    names = [column.name for column in table.columns]
    cost, score = names.index("cost"), names.index("score")
    called = [n for n in range(cost) if table.columns[n].kind is Kind.TEXT][-1]
    by = next((names.index(name) for name in ("benchmark", "dimension") if name in names), None)
    return [
        (
            "" if by is None else str(row[by]),
            Point(str(row[called]), number_of(row[cost]), row[score]),
        )
        for row in table.rows
    ]


def _draw_panel(axes: Any, points: Sequence[Point]) -> None:
    best = front(points)
    axes.step([p.cost for p in best], [p.height for p in best], where="post", color="0.6")
    for point in points:
        if isinstance(point.score, Spread):
            axes.plot([point.cost] * 2, [point.score.low, point.score.high], color="C0", alpha=0.4)
        axes.plot([point.cost], [point.height], marker="o", markersize=4, color="C0")
        axes.annotate(
            printable(point.name),
            (point.cost, point.height),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize=6,
            parse_math=False,
        )
    axes.set_xlabel("cost, seconds", fontsize=7)
    axes.set_ylabel("score, points", fontsize=7)
    axes.tick_params(labelsize=6)
