"""Which answers flip at the next precision, foretold from how margins moved at the last one.

Beyond the paper. A flip is another likeliest label. An item with margin m flips where its leading
label loses more than m; how much labels lose is taken from the step before, times how much more a
coarser rounding moves, and to have nothing to do with the margin. All logarithms are natural.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from trusteval.stats.averages import estimate_smooth
from trusteval.stats.design import Design, Flags, Values
from trusteval.stats.estimate import Normal
from trusteval.stats.undefined import Undefined

_SAME = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Foretold:
    """The share of rows that are foretold to flip, and what each row adds to its error."""

    share: float
    influence: Values
    design: Design

    @property
    def estimate(self) -> Normal | Undefined:
        """The share with the error of these items; that of the extrapolation is not in it."""
        return estimate_smooth(self.share, self.influence, design=self.design, least=0.0, most=1.0)

    def beyond(self, flipped: Flags) -> Normal | Undefined:
        """Estimate the foretold share minus that of rows which flipped, paired."""
        seen = self.design.mean(flipped)
        return estimate_smooth(
            self.share - seen,
            self.influence - (flipped - seen),
            design=self.design,
            least=-1.0,
            most=1.0,
        )


def foretell(margins: Values, lost: Values, *, growth: float, design: Design) -> Foretold:
    """Foretell the share of rows whose margin is below a loss, every loss as likely for each row.

    `margins` are not negative, `lost` is what each row's leading label lost in the step before,
    negative where it gained; `growth` is by how much the next step moves more. The share is a
    two-sample statistic (Hoeffding 1948): its influence is that of a row as a margin plus that as
    a loss.
    """
    losses = growth * lost
    below = _weight_above(losses, design.weights, than=margins)
    within = 1 - _weight_above(margins, design.weights, than=losses, or_same=True)
    share = design.mean(below)
    return Foretold(share, (below - share) + (within - share), design)


def growth_of_noise(*, wide: float, middle: float, narrow: float) -> float:
    """Return how much more the step from `middle` to `narrow` bits moves than that from `wide`.

    The error of rounding to b bits has a variance in proportion to 4^-b (Bennett 1948), those of
    different widths are taken to be independent: sqrt((4^-narrow + 4^-middle) / (4^-middle +
    4^-wide)).
    """
    return sqrt((4**-narrow + 4**-middle) / (4**-middle + 4**-wide))


def told_apart(margins: Values, flipped: Flags, *, design: Design) -> Normal | Undefined:
    """Estimate the chance that of a row which flipped and one which did not the first was closer.

    It had the smaller margin, a tie counts half: the area under the ROC curve, 0.5 is worth
    nothing. Influences are the placements of DeLong et al. (1988). Undefined without rows of both
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
    influence = np.where(flipped, (closer - area) / share, (farther - area) / (1 - share))
    return estimate_smooth(area, influence, design=design, least=0.0, most=1.0)


def _placement(y: Values, weights: Values) -> Values:
    """Return the weight of the rows with a larger value than each row's, of equal ones half."""
    above = _weight_above(y, weights, than=y)
    return (above + _weight_above(y, weights, than=y, or_same=True)) / 2


def _weight_above(y: Values, weights: Values, *, than: Values, or_same: bool = False) -> Values:
    """Return the weight of the rows whose value is above each of some others, or the same."""
    order = np.argsort(y, kind="stable")
    from_here = np.concatenate([np.cumsum(weights[order][::-1])[::-1], [0.0]])
    return np.asarray(from_here[np.searchsorted(y[order], than, "left" if or_same else "right")])
