"""How surely a bad model passes at last if it is built anew until it does.

Every try has the same items, so that tries are alike: of the variance of a measured drop the share
`likeness` comes from which items were drawn, and stays from try to try.
"""

from __future__ import annotations

from statistics import NormalDist

from trusteval.stats.estimate import Z

MOST_ALIKE, LEAST_ALIKE = 0.66, 0.29
"""How alike rebuilds are whose items are fragile to very different or to similar degrees."""
_STEPS = 400


def chance_of_some_pass(tries: int, *, likeness: float) -> float:
    """Return the chance that a drop on the margin, which passes 1 try in 20, passes some try.

    1 - E[Phi((1.645 + sqrt(likeness) z) / sqrt(1 - likeness))^tries] over a standard normal z.
    Raises ValueError for fewer than one try, or a likeness outside of 0 to below 1.
    """
    if tries < 1 or not 0 <= likeness < 1:
        raise ValueError(f"expected tries from 1 and a likeness below 1, got {tries}, {likeness}")
    normal = NormalDist()
    # Equally likely values of what all tries share.
    shared = (normal.inv_cdf((step + 0.5) / _STEPS) for step in range(_STEPS))
    needed = ((Z + likeness**0.5 * z) / (1 - likeness) ** 0.5 for z in shared)
    return 1 - sum(normal.cdf(z) ** tries for z in needed) / _STEPS


def retry_range(tries: int) -> tuple[float, float]:
    """Return that chance for tries that are as alike, and as little, as they were found to be."""
    alike, unlike = (chance_of_some_pass(tries, likeness=x) for x in (MOST_ALIKE, LEAST_ALIKE))
    return alike, unlike
