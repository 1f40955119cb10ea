"""How many units are drawn from each of several parts: power allocation (Bankier 1988)."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from math import sqrt


def shared_by_roots(sizes: Sequence[int], places: int) -> list[int]:
    """Give each of some sizes a place, and further ones where the root of the size per place is.

    No part gets more places than it has units. There are at least as many places as parts.
    """
    given = [1] * len(sizes)
    waiting = [(-sqrt(size), place) for place, size in enumerate(sizes) if size > 1]
    heapq.heapify(waiting)
    for _ in range(min(places, sum(sizes)) - len(sizes)):
        _, place = heapq.heappop(waiting)
        given[place] += 1
        if given[place] < sizes[place]:
            heapq.heappush(waiting, (-sqrt(sizes[place]) / given[place], place))
    return given
