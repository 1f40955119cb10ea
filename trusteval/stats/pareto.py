"""Which of several choices no other beats in both cost and value."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from trusteval.stats.design import Flags


def front(costs: npt.ArrayLike, values: npt.ArrayLike) -> Flags:
    """Say of each point whether it is on the Pareto front: true where no other point beats it.

    A point beats another if it costs at most as much and is worth at least as much, one of them
    strictly; equal points are on the front together. Raises ValueError unless there is a finite
    cost and value for each.
    """
    cost, value = np.asarray(costs, np.float64), np.asarray(values, np.float64)
    if cost.shape != value.shape or not (np.isfinite(cost).all() and np.isfinite(value).all()):
        raise ValueError("expected a finite cost and a finite value per point")
    no_dearer, no_worse = cost[:, None] <= cost, value[:, None] >= value
    strictly = (cost[:, None] < cost) | (value[:, None] > value)
    return np.asarray(~(no_dearer & no_worse & strictly).any(axis=0))
