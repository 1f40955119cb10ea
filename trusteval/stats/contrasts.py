"""The difference of two groups' means, as cells of a sum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from trusteval.stats.clusters import Cell

Flags = npt.NDArray[np.bool_]


def contrast(rows: Cell, first_group: Flags, *, counted: Flags) -> list[Cell]:
    """Return cells that add up to weight * (mean of the first group - mean of the other).

    Only the rows `counted` count. Raises ValueError unless both groups have one.
    """
    return [
        replace(
            rows,
            weight=sign * rows.weight,
            y=rows.y[members],
            units=rows.units[members],
            strata=rows.strata[members],
        )
        for sign, members in zip((1, -1), members_of(first_group, counted), strict=True)
    ]


def members_of(first_group: Flags, counted: Flags) -> tuple[Flags, Flags]:
    """Split the rows that count by group. Raises ValueError unless both have one."""
    first, other = counted & first_group, counted & ~first_group
    if not (first.any() and other.any()):
        raise ValueError(f"expected rows of both groups, got {first.sum()} and {other.sum()}")
    return first, other
