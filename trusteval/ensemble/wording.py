"""Leads as cells and in words: points with their 90 % interval."""

from __future__ import annotations

from trusteval.ensemble.contest import Lead
from trusteval.stats.estimate import Estimate
from trusteval.tables import Cell, Spread
from trusteval.types import Unavailable


def lead_cell(lead: Lead) -> Cell:
    """Return a lead in points with its interval, or why there is none."""
    if isinstance(lead, Unavailable):
        return lead
    return Spread(*_points(lead))


def worded(lead: Lead) -> str:
    """Word a lead in points, or that and why it is unknown."""
    if isinstance(lead, Unavailable):
        return f"an unknown amount ({lead.why})"
    value, low, high = _points(lead)
    return f"{_signed(value)} ({_signed(low)} to {_signed(high)})"


def _points(lead: Estimate) -> tuple[float, float, float]:
    """Return value and bounds in points; two scores of 0 to 100 are no further apart than 100."""
    return 100 * lead.value, max(-100.0, 100 * lead.low), min(100.0, 100 * lead.high)


def counted(n: int, noun: str) -> str:
    """Word how many there are of a noun that takes an s for several."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("+0.0", "0.0").replace("-0.0", "0.0")
