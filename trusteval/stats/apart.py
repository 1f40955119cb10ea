"""How far the figures of two groups lie apart, each estimated from rows of its own."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from trusteval.stats.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Apart:
    """The first of two independent estimates minus the second, with its sign.

    The 90 % interval is theirs joined by the square roots of summed squared reaches: the method of
    variance estimates recovery (Zou and Donner 2008, Statistics in Medicine 27:1693), which with
    Wilson's intervals is Newcombe's method 10. Exact intervals make it a wide one. Groups that
    share units rise and fall together, which only narrows the truth.
    """

    first: Estimate
    second: Estimate

    @property
    def value(self) -> float:
        return self.first.value - self.second.value

    @property
    def low(self) -> float:
        return self.value - hypot(
            self.first.value - self.first.low, self.second.high - self.second.value
        )

    @property
    def high(self) -> float:
        return self.value + hypot(
            self.first.high - self.first.value, self.second.value - self.second.low
        )
