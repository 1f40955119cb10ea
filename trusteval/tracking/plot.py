"""Draws the history of scores: a line per subject with its 90 % interval.

A panel per benchmark, and another for what was asked otherwise.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from trusteval.errors import TrackingError
from trusteval.printable import printable
from trusteval.system.files import real_path
from trusteval.system.replacing import replace_file
from trusteval.tracking.points import Point
from trusteval.tracking.trends import Trend, trends


def plot_history(points: Sequence[Point], path: Path) -> None:
    """Write the plot; the ending of `path` says its kind (.png, .svg, .pdf).

    Raises TrackingError for a place or kind that cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise TrackingError(
            f"plots need matplotlib: pip install 'trusteval[plot]' ({error})"
        ) from error

    panels: dict[tuple[object, ...], list[Trend]] = {}
    for trend in trends(points):
        place = (trend.benchmark, trend.model, trend.profile, trend.protocol, trend.asked)
        panels.setdefault(place, []).append(trend)
    figure = Figure(figsize=(8, 2.6 * len(panels)), layout="constrained")
    for number, panel in enumerate(panels.values(), 1):
        axes = figure.add_subplot(len(panels), 1, number)
        for trend in panel:
            _draw(axes, trend.points, label=printable(trend.subject))
        title = printable(_title(panel))
        axes.set_title(title, fontsize=9, parse_math=False)
        axes.set_ylabel("score")
        axes.tick_params(axis="x", labelrotation=20, labelsize=7)
        for text in axes.legend(fontsize=7).get_texts():
            text.set_parse_math(False)  # a name may hold $
    drawn = BytesIO()  # whole before anything is written
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing")  # a box stands for it
            warnings.filterwarnings("ignore", "constrained_layout not applied")  # only ugly
            figure.savefig(drawn, format=path.suffix.removeprefix(".") or None)
        replace_file(real_path(path), drawn.getvalue())
    except (OSError, ValueError) as error:
        raise TrackingError(f"cannot draw {path}: {error}") from error


def _title(panel: Sequence[Trend]) -> str:
    """Say what a panel is about, and what was asked otherwise than in the one before."""
    one = panel[0]
    change = next((f"; {trend.change}" for trend in panel if trend.change), "")
    return f"{one.benchmark} ({one.model}, {one.profile}, {one.protocol}){change}"


def _draw(axes: Any, trend: Sequence[Point], *, label: str) -> None:
    """Draw a line, broken where a score is undefined, over the band of its interval."""
    when = [point.started for point in trend]
    values, low, high = (
        [math.nan if value is None else value for value in column]
        for column in zip(*((p.value, p.low, p.high) for p in trend), strict=True)
    )
    shown = f" {label}" if label[:1] in ("_", "") else label  # matplotlib hides such labels
    (line,) = axes.plot(when, values, marker="o", markersize=4, label=shown)
    axes.fill_between(when, low, high, alpha=0.15, color=line.get_color())
