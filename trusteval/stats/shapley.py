"""What each member adds to what all reach together, averaged over the orders of joining."""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial

import numpy as np


def shapley(values: Sequence[float]) -> list[float]:
    """Return the exact Shapley value of every member of a set function.

    `values` has 2^m numbers: at the index whose bit i is set for every member i of a subset, what
    that subset reaches, values[0] being that of nobody. Shapley (1953): the sum over subsets S
    without i of |S|! (m - |S| - 1)! / m! times what i adds to S; they sum to
    values[-1] - values[0]. Raises ValueError unless the length is a power of 2 and all are finite.
    """
    reached = np.asarray(values, np.float64)
    m = len(reached).bit_length() - 1
    finite = int(np.isfinite(reached).sum())
    if not len(reached) == finite == 2**m:
        raise ValueError(
            f"expected a finite value for every subset, 2^m, got {finite} of {len(reached)}"
        )
    subsets = np.arange(2**m)
    sizes = np.bitwise_count(subsets)
    share = np.array([factorial(s) * factorial(m - s - 1) / factorial(m) for s in range(m)])
    found = []
    for member in range(m):
        without = subsets[subsets >> member & 1 == 0]
        added = reached[without | 1 << member] - reached[without]
        found.append(float(share[sizes[without]] @ added))
    return found
