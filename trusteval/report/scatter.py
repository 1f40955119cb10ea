"""Score against cost: every subject a point, and the front that no other is cheaper and better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from math import isfinite
from typing import Any

from trusteval.printable import printable
from trusteval.report.cells import number_of
from trusteval.tables import Cell, Kind, Spread, Table

_MOST_BESIDE = 3
_INCHES = (3.6, 2.9)
_STYLES = [(marker, f"C{n}") for marker in "osD^vP" for n in range(10)]
"""Marker and colour of points, in the order of their names."""
_LEGEND_INCHES = 2.2


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
    """Draw columns "cost" and "score", a panel per benchmark or dimension, with one legend.

    Points are called by the last text column before the cost; who has no place is named above the
    panel.
    """
    panels: dict[str, list[Point]] = {}
    for benchmark, point in _points(table):
        panels.setdefault(benchmark, []).append(point)
    beside = min(_MOST_BESIDE, len(panels))
    below = -(-len(panels) // beside)
    figure.set_size_inches(_INCHES[0] * beside + _LEGEND_INCHES, _INCHES[1] * below)
    all_axes = list(figure.subplots(below, beside, squeeze=False).flat)
    names = dict.fromkeys(point.name for points in panels.values() for point in points)
    styles = dict(zip(names, cycle(_STYLES), strict=False))
    drawn = dict[str, Any]()
    for axes, (benchmark, points) in zip(all_axes, panels.items(), strict=False):
        drawn |= _draw_panel(axes, [point for point in points if point.has_place], styles)
        missing = [point.name for point in points if not point.has_place]
        without = f" (without a place: {', '.join(missing)})" if missing else ""
        axes.set_title(printable(f"{benchmark}{without}"), fontsize=7, parse_math=False)
    for axes in all_axes[len(panels) :]:
        axes.set_axis_off()
    if drawn:
        called = [printable(name) for name in drawn]
        legend = figure.legend(list(drawn.values()), called, fontsize=6, loc="outside right upper")
        for text in legend.get_texts():
            text.set_parse_math(False)


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


def _draw_panel(
    axes: Any, points: Sequence[Point], styles: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    """Draw points and their front; return the marks by name, for the legend."""
    marks = dict[str, Any]()
    best = front(points)
    axes.step([p.cost for p in best], [p.height for p in best], where="post", color="0.6")
    for point in points:
        marker, color = styles[point.name]
        if isinstance(point.score, Spread):
            axes.plot([point.cost] * 2, [point.score.low, point.score.high], color=color, alpha=0.3)
        (marks[point.name],) = axes.plot(
            [point.cost], [point.height], marker=marker, markersize=5, color=color, linestyle=""
        )
    axes.set_xlabel("cost, seconds", fontsize=7)
    axes.set_ylabel("score, points", fontsize=7)
    axes.tick_params(labelsize=6)
    return marks
