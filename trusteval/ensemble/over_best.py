"""How far a vote is ahead of its best member, whichever that is: a claim about all members.

`trusteval.stats.members` has the claims; here they are an estimate, with an interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from trusteval.stats.estimate import ALPHA, Estimate
from trusteval.stats.members import p_beats_best

_EXACT = 1e-6


@dataclass(frozen=True)
class OverBest:
    """The smallest of a vote's leads over its members, in [-1, 1].

    `leads` are the vote minus a member, `behind` a member minus the vote, in one order, at least
    one. To be ahead of the best is to be ahead of all, to be behind it is to be behind any, at the
    price of all (Bonferroni).
    """

    leads: Sequence[Estimate]
    behind: Sequence[Estimate]

    @property
    def value(self) -> float:
        return min(lead.value for lead in self.leads)

    @property
    def low(self) -> float:
        return min(lead.low for lead in self.leads)

    @cached_property
    def high(self) -> float:
        """The limit from which on `p_below` is at most 0.05."""
        from scipy.optimize import brentq

        # Its own bounds are at 5 %, so that the one at less is further up.
        least = max(self.value, min(-one.low for one in self.behind))
        if self.p_below(least) <= ALPHA:
            return least
        if self.p_below(1.0) > ALPHA:
            return 1.0
        return float(brentq(lambda limit: self.p_below(limit) - ALPHA, least, 1.0, xtol=_EXACT))

    def p_above(self, limit: float) -> float:
        return p_beats_best(self.leads, margin=limit)

    def p_below(self, limit: float) -> float:
        return min(1.0, len(self.behind) * min(one.p_above(-limit) for one in self.behind))
