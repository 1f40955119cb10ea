"""What stands in a table as text, the same in a terminal and in Markdown."""

from __future__ import annotations

from math import nan

from trusteval.tables import Cell, Kind, Spread
from trusteval.types import Unavailable

NOTHING = "-"
_MIB = 1 << 20
_NOISE = 1e-12
"""Below it a figure that is no p-value is what rounding left of 0."""
_LONG = 100
"""Seconds of which tenths are shown; of fewer three digits are."""


def shown_cell(cell: Cell, kind: Kind) -> str:
    """Word a cell; of what is unavailable only that it is."""
    match cell:
        case Unavailable():
            return NOTHING
        case Spread(value, low, high):
            ends = " to ".join(_figure(end, kind) for end in (low, high))
            return f"{_figure(value, kind)} ({ends})"
        case bool() | str():
            return str(cell)
        case _:
            return _figure(cell, kind)


def shown_value(cell: Cell, kind: Kind) -> str:
    """Word a cell without its interval."""
    return shown_cell(cell.value if isinstance(cell, Spread) else cell, kind)


def number_of(cell: Cell) -> float:
    """Return a cell's value, NaN where it has none."""
    match cell:
        case Spread(value):
            return value
        case Unavailable() | str():
            return nan
        case _:
            return float(cell)


def _figure(value: float, kind: Kind) -> str:
    match kind:
        case Kind.POINTS:
            return f"{value:z.1f}"
        case Kind.CHANGE:
            return f"{value:+.1f}".replace("+0.0", "0.0").replace("-0.0", "0.0")
        case Kind.SHARE:
            return f"{100 * value:z.1f} %"
        case Kind.P:
            return f"{value:.2g}"
        case Kind.COUNT:
            return f"{value:,.0f}"
        case Kind.SECONDS:
            return f"{value:,.1f}" if abs(value) >= _LONG else f"{value:.3g}"
        case Kind.BYTES:
            return f"{value / _MIB:,.0f} MiB"
        case Kind.NUMBER | Kind.TEXT:
            return f"{0.0 if abs(value) < _NOISE else value:.3g}"
