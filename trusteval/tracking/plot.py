"""Draws the history of scores: a line per subject with its 90 % interval, a panel per benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from trusteval.errors import TrackingError
from trusteval.tracking.history import Point, trends


def plot_history(points: Sequence[Point], path: Path) -> None:
    """Write the plot; the ending of `path` says its kind (.png, .svg, .pdf).

    Raises TrackingError for a place or kind that cannot be written.
    """
    from matplotlib.figure import Figure

    groups = trends(points)
    panels = list(dict.fromkeys(key[:4] for key in groups))
    figure = Figure(figsize=(8, 2.6 * len(panels)), layout="constrained")
    for number, panel in enumerate(panels, start=1):
        axes = figure.add_subplot(len(panels), 1, number)
        for key, some in groups.items():
            known = [point for point in some if point.value is not None]
            if key[:4] != panel or not known:
                continue
            when = [point.started for point in known]
            axes.plot(
                when, [float(point.value or 0.0) for point in known], marker="o", label=key[4]
            )
            bounded = [point for point in known if point.low is not None]
            axes.fill_between(
                [point.started for point in bounded],
                [float(point.low or 0.0) for point in bounded],
                [float(point.high or 0.0) for point in bounded],
                alpha=0.15,
            )
        model, profile, protocol, benchmark = panel
        axes.set_title(f"{benchmark} ({model}, {profile}, {protocol})", fontsize=9)
        axes.set_ylabel("score")
        axes.tick_params(axis="x", labelrotation=20, labelsize=7)
        axes.legend(fontsize=7)
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:
        raise TrackingError(f"cannot draw {path}: {error}") from error
