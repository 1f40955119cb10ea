"""Estimates as cells of a table."""

from __future__ import annotations

from trusteval.stats.estimate import Estimate
from trusteval.stats.undefined import Undefined
from trusteval.tables import Cell, Spread
from trusteval.types import Unavailable

POINTS = 100.0
_DIGITS = 9
"""Beyond them is only rounding: a kappa of 1e-13 is 0."""
NO_ERROR = "A value without an interval: all items give the same, which tells nothing of its error."


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
            if high - low < 10**-_DIGITS:
                return round(scale * value, _DIGITS)
            return Spread(*(round(scale * one, _DIGITS) for one in (value, low, high)))
