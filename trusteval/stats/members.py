"""An ensemble against the best of its members, without choosing one by the data that judge it.

Ensemble minus best member is the smallest of the leads over the members, so that a claim about it
is one about all of them (beats the best) or any of them (is worse). A lead is the estimate of
ensemble minus member: `Pairs` or `estimate_difference` with the ensemble as the reference.
"""

from __future__ import annotations

from collections.abc import Sequence

from trusteval.stats.estimate import Estimate


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
