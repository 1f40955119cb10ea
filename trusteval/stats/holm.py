"""Holm's adjustment: what several p-values are worth beside each other."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the adjusted p-values, in [0, 1], in the order given.

    Step down (Holm 1979): the i-th smallest of m, counted from 0, times m - i, never less than a
    smaller one's. What brought no evidence belongs in the family too, with p = 1. Raises
    ValueError unless all are in [0, 1].
    """
    if unlawful := [p for p in p_values if not 0 <= p <= 1]:
        raise ValueError(f"expected p-values in [0, 1], got {unlawful[0]}")
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted
