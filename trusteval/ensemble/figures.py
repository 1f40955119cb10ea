"""Estimates as cells of a table."""

from __future__ import annotations

from trusteval.stats.estimate import Estimate
from trusteval.stats.undefined import Undefined
from trusteval.tables import Cell, Spread
from trusteval.types import Unavailable

POINTS = 100.0
NO_ERROR = "A value without an interval: all items give the same, which tells nothing of its error."
_ROUNDING = 1e-12


def spread(estimate: Estimate | Undefined | None, *, scale: float = 1.0) -> Cell:
    """Return an estimate with its 90 % interval, or why there is none.

    Where nothing varies the value stands alone (NO_ERROR): an interval without width would claim
    certainty, of a single item even.
    """
    match estimate:
        case None:
            return Unavailable("it has no estimate")
        case Undefined(reason):
            return Unavailable(f"undefined: {reason}")
        case _:
            value, low, high = estimate.value, estimate.low, estimate.high
            if high - low < _ROUNDING:
                return scale * value
            return Spread(scale * value, scale * low, scale * high)
