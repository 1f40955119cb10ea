"""Score against cost: a point each, and the front that nobody is both cheaper and better than."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trusteval.charts.key import Entry, draw_key, key_height
from trusteval.charts.look import LIGHT, SMALL, WIDTH, Role, marked, series
from trusteval.charts.panel import Panel
from trusteval.charts.scale import draw_scale, extent
from trusteval.charts.words import begun, folded

_LEFT, _RIGHT = 34.0, 14.0
_ABOVE, _PLOT, _SCALE = 20.0, 150.0, 34.0
_LINE = 14.0
_MOST_MISSING_LINES = 3
_SPAN = 5.0
"""Points that the upright axis shows at least."""


@dataclass(frozen=True, slots=True)
class ScatterPoint:
    """Somebody with a cost and a score, points, with its interval where it has one.

    None is what is not known: who lacks one of both has no place. `style` is the number of its
    colour and shape, the same for one name in all charts of a picture.
    """

    name: str
    cost: float | None
    score: float | None
    low: float | None = None
    high: float | None = None
    style: int = 0


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points with their front; `cost` and `score` say what the axes measure.

    Who has no place is named below the key.
    """

    title: str
    points: tuple[ScatterPoint, ...]
    cost: str
    score: str

    @property
    def about(self) -> str:
        best = ", ".join(point.name for point in front(self.points))
        return f"{len(self._placed)} points, {self.score} over {self.cost}; on the front: {best}."

    @property
    def height(self) -> float:
        below = key_height(self._entries) + _LINE * len(self._missing_lines)
        return _ABOVE + _PLOT + _SCALE + below

    def draw(self, panel: Panel) -> None:
        """Draw the plot, then the key, then who is missing."""
        panel.say(begun(self.score, size=SMALL, width=WIDTH), x=0, y=11, role=Role.MUTED)
        across = WIDTH - _LEFT - _RIGHT
        axes = panel.axes(left=_LEFT, top=_ABOVE, width=across, height=_PLOT)
        costs = [point.cost for point in self._placed if point.cost is not None]
        heights = [
            end
            for point in self._placed
            for end in (point.score, point.low, point.high)
            if end is not None
        ]
        axes.set(xlim=extent([0.0, *costs], at_least=1e-9), ylim=extent(heights, at_least=_SPAN))
        draw_scale(axes, across=True)
        draw_scale(axes, across=False)
        best = front(self.points)
        steps = [point.cost for point in best], [point.score for point in best]
        axes.step(*steps, where="post", color=LIGHT[Role.MUTED], linewidth=1.0)
        for point in self._placed:
            _draw_point(axes, point)
        cost = begun(self.cost, size=SMALL, width=WIDTH)
        panel.say(cost, x=WIDTH, y=_ABOVE + _PLOT + 28, role=Role.MUTED, align="right")
        top = _ABOVE + _PLOT + _SCALE
        draw_key(panel, self._entries, top=top)
        top += key_height(self._entries)
        for number, line in enumerate(self._missing_lines, 1):
            panel.say(line, x=0, y=top + _LINE * number - 3, role=Role.MUTED)

    @property
    def _placed(self) -> tuple[ScatterPoint, ...]:
        return placed(self.points)

    @property
    def _entries(self) -> tuple[Entry, ...]:
        styled = ((point.name, series(point.style)) for point in self._placed)
        return tuple(Entry(name, role, marker=marker) for name, (role, marker) in styled)

    @property
    def _missing_lines(self) -> list[str]:
        there = self._placed
        missing = [point.name for point in self.points if point not in there]
        words = f"without a place: {', '.join(missing)}"
        return folded(words, size=SMALL, width=WIDTH, most=_MOST_MISSING_LINES) if missing else []


def placed(points: Sequence[ScatterPoint]) -> tuple[ScatterPoint, ...]:
    """Return those whose cost and score are known."""
    return tuple(p for p in points if p.cost is not None and p.score is not None)


def front(points: Sequence[ScatterPoint]) -> list[ScatterPoint]:
    """Return the points beyond which none is both cheaper and better, cheapest first."""
    kept: list[ScatterPoint] = []
    best = float("-inf")
    for point in sorted(placed(points), key=lambda p: (p.cost or 0.0, -(p.score or 0.0))):
        if point.score is not None and point.score > best:
            kept.append(point)
            best = point.score
    return kept


def _draw_point(axes: Any, point: ScatterPoint) -> None:
    role, marker = series(point.style)
    if point.low is not None and point.high is not None:
        ends = [point.low, point.high]
        axes.plot([point.cost] * 2, ends, color=LIGHT[role], linewidth=1.5, alpha=0.5)
    axes.plot([point.cost], [point.score], marker=marker, **marked(role))
