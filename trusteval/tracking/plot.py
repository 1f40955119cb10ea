"""Draws the history of scores: a line per subject with its 90 % interval.

A chart per benchmark, and another for what was asked otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trusteval.charts.files import chart_file
from trusteval.charts.trend import Trend as TrendChart
from trusteval.charts.trend import TrendLine, TrendPoint
from trusteval.errors import DrawingError, TrackingError
from trusteval.system.files import real_path
from trusteval.system.replacing import replace_file
from trusteval.tracking.points import Point
from trusteval.tracking.trends import Trend, trends

_MOST_BESIDE = 2


def plot_history(points: Sequence[Point], path: Path) -> None:
    """Write the plot; the ending of `path` says its kind (.png, .svg, .pdf).

    Raises TrackingError for a place or kind that cannot be written.
    """
    charts = trend_charts(points)
    kind = path.suffix.removeprefix(".") or "png"
    try:
        drawn = chart_file(charts, kind=kind, beside=min(_MOST_BESIDE, len(charts)))
        replace_file(real_path(path), drawn)
    except (DrawingError, OSError) as error:
        raise TrackingError(f"cannot draw {path}: {error}") from error


def trend_charts(points: Sequence[Point]) -> list[TrendChart]:
    """Return a chart for each benchmark of a model, asked and read alike."""
    styles = {name: n for n, name in enumerate(dict.fromkeys(point.subject for point in points))}
    panels: dict[tuple[object, ...], list[Trend]] = {}
    for trend in trends(points):
        place = (trend.benchmark, trend.model, trend.profile, trend.protocol, trend.asked)
        panels.setdefault(place, []).append(trend)
    return [
        TrendChart(
            _title(panel),
            tuple(_line(trend, style=styles[trend.subject]) for trend in panel),
            unit="score, points, 90 % interval",
        )
        for panel in panels.values()
    ]


def _title(panel: Sequence[Trend]) -> str:
    """Say what a panel is about, and what was asked otherwise than in the one before."""
    one = panel[0]
    change = next((f"; {trend.change}" for trend in panel if trend.change), "")
    return f"{one.benchmark} ({one.model}, {one.profile}, {one.protocol}){change}"


def _line(trend: Trend, *, style: int) -> TrendLine:
    points = (TrendPoint(p.started, p.value, p.low, p.high) for p in trend.points)
    return TrendLine(trend.subject, tuple(points), style=style)
