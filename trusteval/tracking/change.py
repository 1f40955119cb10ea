"""What became of a benchmark from one run to another: the rules of `trusteval compare`.

docs/tracking.md has what each verdict claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trusteval.gates.limits import Within, row_p
from trusteval.stats.estimate import ALPHA, Estimate

_ROUNDING = 1e-9
"""Points that sums of weights may be off by."""


class Conclusion(StrEnum):
    """What became of a benchmark from one run to the other.

    `IDENTICAL`: every answer is the same. `NO_REGRESSION`: the drop is shown to be within the
    margin, for other items of the kind too. `NONE_ON_THESE_ITEMS`: it is on the items asked, even
    if every changed answer were a loss. `SUSPECT`: a drop beyond the margin is shown if one looks
    at this comparison alone, not among all of the subject's.
    """

    IDENTICAL = "identical"
    NO_REGRESSION = "no regression"
    NONE_ON_THESE_ITEMS = "no regression on these items"
    REGRESSION = "regression"
    SUSPECT = "suspect"
    INCONCLUSIVE = "inconclusive"
    NOT_COMPARABLE = "not comparable"


@dataclass(frozen=True, slots=True)
class Limits:
    """The drop that is accepted, points, and how many comparisons of the subject share the error
    of 0.05.
    """

    max_drop: float
    family: int

    @property
    def error(self) -> float:
        """Return what the p of one comparison has to be at most."""
        return ALPHA / self.family


def decide(
    drop: Estimate | None, limits: Limits, *, otherwise: int, reach: float | None
) -> tuple[Conclusion, float | None]:
    """Return what became of a score, and the p of a drop beyond the margin where it is tested.

    `otherwise` counts the items that were answered otherwise, `reach` is what they could lower
    the score by, a fraction.
    """
    if not otherwise:
        return Conclusion.IDENTICAL, None
    if drop is None:
        return Conclusion.INCONCLUSIVE, None
    claim = claim_of(drop, limits)
    p = row_p([claim])
    if p <= limits.error:
        return Conclusion.REGRESSION, p
    if p <= ALPHA:
        return Conclusion.SUSPECT, p
    if claim.holds:
        return Conclusion.NO_REGRESSION, p
    if reach is not None and 100 * reach <= limits.max_drop + _ROUNDING:
        return Conclusion.NONE_ON_THESE_ITEMS, p
    return Conclusion.INCONCLUSIVE, p


def claim_of(drop: Estimate, limits: Limits) -> Within:
    """Return what is asked of a drop."""
    return Within("drop", drop, at_most=limits.max_drop, is_change=True)
