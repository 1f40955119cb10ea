"""Which answers flip at the next precision, foretold from how margins moved at the last one.

Beyond the paper. A flip is another likeliest label. An item with margin m flips where its leading
label loses more than m; how much labels lose is taken from the step before, times how much more a
coarser rounding moves, and to have nothing to do with the margin. All logarithms are natural.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from trusteval.stats.averages import estimate_share
from trusteval.stats.design import Design, Flags, Values
from trusteval.stats.proportion import Proportion
from trusteval.stats.undefined import Undefined

_SAME = 1e-9


def foretell(margins: Values, lost: Values, *, growth: float, design: Design) -> Values:
    """Return what each row adds to the share of rows foretold to flip; their mean is the share.

    It is that of the pairs of a margin and a loss in which the margin is below `growth` times the
    loss. `margins` are not negative, `lost` is what each row's leading label lost in the step
    before, negative where it gained; `growth` is by how much the next step moves more. A two-sample
    statistic (Hoeffding 1948): a row adds to it as a margin and as a loss.
    """
    losses = growth * lost
    as_margin = _weight_above(losses, design.weights, than=margins)
    as_loss = 1 - _weight_above(margins, design.weights, than=losses, or_same=True)
    return as_margin + as_loss - design.mean(as_margin)


def growth_of_noise(*, wide: float, middle: float, narrow: float) -> float:
    """Return how much more the step from `middle` to `narrow` bits moves than that from `wide`.

    The error of rounding to b bits has a variance in proportion to 4^-b (Bennett 1948), those of
    different widths are taken to be independent: sqrt((4^-narrow + 4^-middle) / (4^-middle +
    4^-wide)).
    """
    return sqrt((4**-narrow + 4**-middle) / (4**-middle + 4**-wide))


def told_apart(margins: Values, flipped: Flags, *, design: Design) -> Proportion | Undefined:
    """Estimate the chance that of a row which flipped and one which did not the first was closer.

    It had the smaller margin, a tie counts half: the area under the ROC curve, 0.5 is worth
    nothing. A row adds its placement to it (DeLong et al. 1988). Undefined without rows of both
    kinds.
    """
    weights = design.weights
    share = design.mean(flipped)
    if min(share, 1 - share) < _SAME:
        return Undefined("no items that flipped beside items that did not")
    of_flipped, of_kept = weights * flipped / share, weights * ~flipped / (1 - share)
    closer = _placement(margins, of_kept)
    farther = 1 - _placement(margins, of_flipped)
    area = float(of_flipped @ closer)
    each = area + np.where(flipped, (closer - area) / share, (farther - area) / (1 - share))
    fewer = min(share, 1 - share) * design.effective
    return estimate_share(each, design=design, at_rest=fewer)


def _placement(y: Values, weights: Values) -> Values:
    """Return the weight of the rows with a larger value than each row's, of equal ones half."""
    above = _weight_above(y, weights, than=y)
    return (above + _weight_above(y, weights, than=y, or_same=True)) / 2


def _weight_above(y: Values, weights: Values, *, than: Values, or_same: bool = False) -> Values:
    """Return the weight of the rows whose value is above each of some others, or the same."""
    order = np.argsort(y, kind="stable")
    from_here = np.concatenate([np.cumsum(weights[order][::-1])[::-1], [0.0]])
    return np.asarray(from_here[np.searchsorted(y[order], than, "left" if or_same else "right")])
