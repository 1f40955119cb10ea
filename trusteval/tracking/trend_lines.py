"""Tells how scores went from run to run, in lines with a bar per run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trusteval.tracking.points import Point
from trusteval.tracking.trends import trends

_BARS = "▁▂▃▄▅▆▇█"


def trend_lines(points: Sequence[Point], *, last: int) -> Iterator[str]:
    """Tell how each subject's scores went: a bar for every run, then the last ones in figures."""
    for trend in trends(points):
        where = f"{trend.model}, {trend.profile}, {trend.protocol}"
        yield f"{trend.subject} on {trend.benchmark} ({where}): {sparkline(trend.points)}"
        if trend.change:
            yield f"  another trend, asked otherwise: {trend.change}"
        before = None
        for point in trend.points[-last:]:
            changed = _changed(before, point)
            before = point
            when, commit = f"{point.started:%Y-%m-%d %H:%M}", (point.commit or "-")[:10]
            part = "" if point.is_complete else "  incomplete run"
            yield f"  {when}  {commit:10}  {_value(point)}{changed}{part}"


def _changed(before: Point | None, point: Point) -> str:
    """Say what besides time lies between two points."""
    if before is None:
        return ""
    known = None not in (before.weights, point.weights)
    return "  other weights" if known and before.weights != point.weights else ""


def sparkline(points: Sequence[Point]) -> str:
    """Draw values as bars between the least and the most of them; a blank where there is none."""
    values = [point.value for point in points]
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    steps = len(_BARS) - 1
    return "".join(
        " " if value is None else _BARS[round(steps * (value - low) / ((high - low) or 1))]
        for value in values
    )


def _value(point: Point) -> str:
    if point.value is None:
        return f"undefined  {point.verdict}"
    interval = "" if point.low is None else f" ({point.low:.1f} to {point.high:.1f})"
    return f"{point.value:5.1f}{interval}  n={point.n}  {point.verdict}"
