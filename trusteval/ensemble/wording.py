"""Leads as cells and in words: points with their 90 % interval."""

from __future__ import annotations

from trusteval.ensemble.contest import Lead
from trusteval.tables import Cell, Spread
from trusteval.types import Unavailable


def lead_cell(lead: Lead) -> Cell:
    """Return a lead in points with its interval, or why there is none."""
    if isinstance(lead, Unavailable):
        return lead
    return Spread(100 * lead.value, 100 * lead.low, 100 * lead.high)


def worded(lead: Lead) -> str:
    """Word a lead in points, or that and why it is unknown."""
    if isinstance(lead, Unavailable):
        return f"an unknown amount ({lead.why})"
    value, low, high = (100 * one for one in (lead.value, lead.low, lead.high))
    return f"{_signed(value)} ({_signed(low)} to {_signed(high)})"


def counted(n: int, noun: str) -> str:
    """Word how many there are of a noun that takes an s for several."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("+0.0", "0.0").replace("-0.0", "0.0")
