"""The axis under and beside values: round figures, faint lines, and what it measures in words."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

from trusteval.charts.look import LIGHT, Role

_TICKS = 5
_MARGIN = 0.06
"""Left free at both ends, as a share of what is shown."""


def extent(
    values: Iterable[float], *, at_least: float, within: tuple[float, float] | None = None
) -> tuple[float, float]:
    """Return from where to where an axis goes that shows all values.

    It is `at_least` so long, and does not leave `within`, where a value does not.
    """
    known = [value for value in values if isfinite(value)] or [0.0]
    low, high = min(known), max(known)
    missing = max(0.0, at_least - (high - low)) / 2
    margin = _MARGIN * max(high - low, at_least)
    low, high = low - missing - margin, high + missing + margin
    if within is None:
        return low, high
    first, last = min(within[0], *known), max(within[1], *known)
    if low < first:
        low, high = first, max(high, min(last, first + at_least))
    if high > last:
        low, high = min(low, max(first, last - at_least)), last
    return low, high


def draw_scale(axes: Any, *, across: bool) -> None:
    """Draw round figures and their lines, across the values or up beside them."""
    from matplotlib.ticker import MaxNLocator

    axis = axes.xaxis if across else axes.yaxis
    axis.set_major_locator(MaxNLocator(nbins=_TICKS, steps=[1, 2, 5, 10]))
    axes.grid(axis="x" if across else "y", color=LIGHT[Role.LINE], linewidth=0.8)
    axes.set_axisbelow(True)
