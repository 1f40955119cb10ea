"""Charts beside and below each other in one figure, each under its title."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trusteval.charts.look import PER_INCH, TITLE, WIDTH, Role
from trusteval.charts.panel import Chart, Panel
from trusteval.charts.words import folded

GAP = 18.0
"""Pixels between charts."""
_LINE = 16.0
_MOST_LINES = 3
"""Of a title; a longer one is cut."""


def title_lines(title: str, *, width: float = WIDTH) -> list[str]:
    """Return the lines of a chart's title; none of an empty one."""
    return folded(title, size=TITLE, width=width, most=_MOST_LINES) if title else []


def figure_of(charts: Sequence[Chart], *, beside: int = 1, heading: str = "") -> Any:
    """Draw charts row by row, so many in each; to be called with matplotlib settled."""
    from matplotlib.figure import Figure

    rows = [charts[start : start + beside] for start in range(0, len(charts), beside)]
    across = max(len(row) for row in rows)
    width = WIDTH * across + GAP * (across - 1)
    above = title_lines(heading, width=width)
    heights = [max(map(_height, row)) for row in rows]
    top = _LINE * len(above) + (GAP / 2 if above else 0.0)
    height = top + sum(heights) + GAP * (len(rows) - 1)
    figure = Figure(figsize=(width / PER_INCH, height / PER_INCH))
    figure.patch.set_visible(False)
    _title(Panel(figure, height, width=width), above)
    for row, row_height in zip(rows, heights, strict=True):
        for place, chart in enumerate(row):
            _draw(chart, Panel(figure, row_height, left=place * (WIDTH + GAP), top=top))
        top += row_height + GAP
    return figure


def _height(chart: Chart) -> float:
    return _LINE * len(title_lines(chart.title)) + chart.height


def _draw(chart: Chart, panel: Panel) -> None:
    lines = title_lines(chart.title)
    _title(panel, lines)
    rest = panel.below(_LINE * len(lines))
    chart.draw(Panel(rest.figure, chart.height, left=rest.left, top=rest.top))


def _title(panel: Panel, lines: Sequence[str]) -> None:
    for place, line in enumerate(lines, 1):
        panel.say(line, x=0, y=_LINE * place - 4, role=Role.INK, size=TITLE, bold=True)
