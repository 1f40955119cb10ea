"""An ensemble against the best of its members, without choosing one by the data that judge it.

Ensemble minus best member is the smallest of the leads over the members, so that a claim about it
is one about all of them (beats the best) or any of them (is worse). A lead is the estimate of
ensemble minus member: `Pairs` or `estimate_difference` with the ensemble as the reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan, nan

import numpy as np

from trusteval.stats.estimate import ALPHA, Estimate

_HALVINGS = 60
"""Of an interval of width 2: to within a float."""


def p_beats_best(leads: Sequence[Estimate], *, margin: float = 0.0) -> float:
    """Return the p-value of "the ensemble leads every member by more than the margin".

    The largest of the members' p-values: no correction, since all have to be shown. Raises
    ValueError without a member, as do all of this module.
    """
    return max(lead.p_above(margin) for lead in leads)


def p_worse_than_best(leads: Sequence[Estimate], *, margin: float = 0.0) -> float:
    """Return the p-value of "the ensemble is behind some member by more than the margin".

    The smallest of the members' p-values times their number (Bonferroni).
    """
    return min(1.0, len(leads) * min(lead.p_below(-margin) for lead in leads))


@dataclass(frozen=True)
class BehindBest:
    """The estimate of how far an ensemble is behind the best of its members, whichever that is.

    `behind` has by the members' names how far it is behind each: fractions in [-1, 1], positive
    where the ensemble is worse. To be behind the best is to be behind some member, and not to be is
    to be behind none: `p_above` takes one member at the price of all (Bonferroni), `p_below` takes
    every member (Berger's intersection-union test, Technometrics 24:295, 1982). NaN where one is.
    """

    behind: Mapping[str, Estimate]

    def __post_init__(self) -> None:
        if not self.behind:
            raise ValueError("expected at least one member, got none")

    @property
    def best(self) -> str:
        """The member that is ahead of the ensemble by most, as seen; the first of several."""
        return max(self.behind, key=lambda name: self.behind[name].value)

    @property
    def value(self) -> float:
        return float(np.max([one.value for one in self.behind.values()]))

    @property
    def high(self) -> float:
        return nan if isnan(self.value) else max(one.high for one in self.behind.values())

    @cached_property
    def low(self) -> float:
        """The limit from which on `p_above` is more than 0.05."""
        if isnan(self.value):
            return nan
        if self.p_above(-1.0) > ALPHA:
            return -1.0
        shown, open_ = -1.0, 1.0
        for _ in range(_HALVINGS):
            middle = (shown + open_) / 2
            if self.p_above(middle) <= ALPHA:
                shown = middle
            else:
                open_ = middle
        return shown

    def p_above(self, limit: float) -> float:
        p_values = [one.p_above(limit) for one in self.behind.values()]
        return min(1.0, len(p_values) * min(p_values))

    def p_below(self, limit: float) -> float:
        return max(one.p_below(limit) for one in self.behind.values())
