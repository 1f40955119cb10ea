"""Draws the history of scores: a line per subject with its 90 % interval, a panel per benchmark."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from trusteval.errors import TrackingError
from trusteval.printable import printable
from trusteval.replacing import replace_file
from trusteval.tracking.history import Point, trends


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

    panels: dict[tuple[str, ...], dict[str, list[Point]]] = {}
    for (*panel, subject), trend in trends(points).items():
        panels.setdefault(tuple(panel), {})[subject] = trend
    figure = Figure(figsize=(8, 2.6 * len(panels)), layout="constrained")
    for number, ((model, profile, protocol, benchmark), subjects) in enumerate(panels.items(), 1):
        axes = figure.add_subplot(len(panels), 1, number)
        for subject, trend in subjects.items():
            _draw(axes, trend, label=printable(subject))
        title = printable(f"{benchmark} ({model}, {profile}, {protocol})")
        axes.set_title(title, fontsize=9, parse_math=False)
        axes.set_ylabel("score")
        axes.tick_params(axis="x", labelrotation=20, labelsize=7)
        for text in axes.legend(fontsize=7).get_texts():
            text.set_parse_math(False)  # a name may hold $
    drawn = BytesIO()  # whole before anything is written
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing")  # a box stands for it
            figure.savefig(drawn, format=path.suffix.removeprefix(".") or None)
        replace_file(path.resolve(), drawn.getvalue())
    except (OSError, ValueError) as error:
        raise TrackingError(f"cannot draw {path}: {error}") from error


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
