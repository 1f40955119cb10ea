"""Learning on one half of the units and judging on the other, both ways round."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trusteval.stats.design import Codes, Flags


def halves(units: Codes, strata: Codes, *, seed: int = 0) -> Flags:
    """Split units at random within strata: for each row, whether its unit is in the second half.

    `units` and `strata` are whole numbers per row. All rows of a unit are on one side, whatever
    their strata: a unit belongs to the least of them. The sides differ by at most one unit in
    every stratum and overall. A function of the seed and of which units there are, not of the
    rows' order. Raises ValueError unless both have the same length.
    """
    if len(units) != len(strata):
        raise ValueError(f"expected a stratum per row, got {len(strata)} for {len(units)}")
    _, place = np.unique(units, return_inverse=True)
    count = int(place.max()) + 1 if len(place) else 0
    of_unit = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(of_unit, place, strata)
    chance = np.random.default_rng(seed)
    order = np.lexsort((chance.random(count), of_unit))
    second = np.empty(count, bool)
    second[order] = (np.arange(count) + chance.integers(2)) % 2 == 1
    return np.asarray(second[place])


def cross_fit(learned: Callable[[Flags], Codes], second: Flags) -> Codes:
    """Return for every row what is learned from the other half's rows.

    `learned` takes the rows to learn from and returns a code for every row; `second` is what
    `halves` returns.
    """
    return np.where(second, learned(~second), learned(second))
