"""Whether a vote pays: whether it is shown ahead of all that costs less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from trusteval.ensemble.contest import CHAIN, DENSE, VOTE
from trusteval.ensemble.scope import Finding, Scope
from trusteval.stats.estimate import ALPHA, Estimate
from trusteval.stats.holm import holm
from trusteval.types import Unavailable

WORTH = 0.01
"""A lead of less is not worth the other members' work: one point, as a fraction."""


class Pays(StrEnum):
    """PAYS is shown ahead, DOES_NOT shown to gain less than WORTH, UNSHOWN neither.

    UNJUDGED is a vote with no lead over anybody to judge it by.
    """

    PAYS = "pays"
    DOES_NOT = "does not pay"
    UNSHOWN = "not shown"
    UNJUDGED = "not judged"


@dataclass(frozen=True, slots=True, eq=False)
class Payoff:
    """Whether a vote pays, and its leads over the dense model, its best member and its chain.

    `p_ahead` is the p of being ahead of all three, `p_little` that of not being ahead of one by as
    much as WORTH; both adjusted by Holm where there are several dimensions.
    """

    dense: Finding
    best: Finding
    chain: Finding
    p_ahead: float
    p_little: float

    @property
    def leads(self) -> list[Estimate]:
        """What it is judged by."""
        found = (one.lead for one in (self.dense, self.best, self.chain))
        return [lead for lead in found if not isinstance(lead, Unavailable)]

    @property
    def pays(self) -> Pays:
        if not self.leads:
            return Pays.UNJUDGED
        if self.p_ahead <= ALPHA:
            return Pays.PAYS
        return Pays.DOES_NOT if self.p_little <= ALPHA else Pays.UNSHOWN


def payoff_of(scope: Scope) -> Payoff:
    """Judge a vote over all that a scope holds.

    To be ahead of all three is shown by each of them (Berger's intersection-union test), not to be
    ahead of all by one of them at the price of three (Bonferroni). Where one is missing it is
    judged by the others.
    """
    alone = Payoff(scope.lead(VOTE, DENSE), scope.best(), scope.lead(VOTE, CHAIN), 1.0, 1.0)
    if not alone.leads:
        return alone
    ahead = max(lead.p_above(0.0) for lead in alone.leads)
    little = len(alone.leads) * min(lead.p_below(WORTH) for lead in alone.leads)
    return replace(alone, p_ahead=ahead, p_little=min(1.0, little))


def payoffs_of(scope: Scope) -> Mapping[str, Payoff]:
    """Judge a vote dimension by dimension, adjusted by Holm over the dimensions."""
    alone = {name: payoff_of(dimension) for name, dimension in scope.dimensions.items()}
    ahead = holm([one.p_ahead for one in alone.values()])
    little = holm([one.p_little for one in alone.values()])
    return {
        name: replace(one, p_ahead=p_ahead, p_little=p_little)
        for (name, one), p_ahead, p_little in zip(alone.items(), ahead, little, strict=True)
    }
