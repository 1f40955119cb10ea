"""One proportion of a subject against its reference, over the same samples.

Only the discordant pairs matter: with `lost` of `n` samples that the reference alone has right,
`gained` that the subject alone has, the drop is (lost - gained) / n. Two formulas on purpose, each
safe on its own side only: Tango's score bound above, Bonett and Price's adjusted Wald bound below
(docs/statistics.md has what the others do).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

from trusteval.stats.estimate import Z, upper_tail


@dataclass(frozen=True)
class Pairs:
    """The estimate of a drop, in [-1, 1]; positive where the subject is worse.

    Raises ValueError unless lost and gained are counts with lost + gained <= n and n > 0.
    """

    lost: int
    gained: int
    n: int

    def __post_init__(self) -> None:
        if min(self.lost, self.gained) < 0 or not 0 < max(self.n, 0) >= self.discordant:
            raise ValueError(
                f"expected lost + gained <= n and n > 0, got {self.lost} and {self.gained} of "
                f"{self.n}"
            )

    @property
    def value(self) -> float:
        return (self.lost - self.gained) / self.n

    @property
    def discordant(self) -> int:
        """How many samples only one of the two has right."""
        return self.lost + self.gained

    @cached_property
    def low(self) -> float:
        return bonett_price_lower_bound(self.lost, self.gained, self.n)

    @cached_property
    def high(self) -> float:
        return tango_upper_bound(self.lost, self.gained, self.n)

    def p_above(self, limit: float) -> float:
        shift, error = _adjusted(self.lost, self.gained, self.n)
        return upper_tail(shift - limit, error)

    def p_below(self, limit: float) -> float:
        return Pairs(self.gained, self.lost, self.n).p_above(-limit)

    def p_of_any_drop(self) -> float:
        """Return the p-value of "there is a drop": McNemar's exact test, one-sided.

        McNemar 1947: P(X >= lost) of X binomial over the discordant pairs with 1/2.
        """
        from scipy.special import bdtrc

        return float(bdtrc(self.lost - 1, self.discordant, 0.5)) if self.lost else 1.0


def tango_upper_bound(lost: int, gained: int, n: int) -> float:
    """Return the one-sided 95 % upper bound of the drop, in [-1, 1].

    Tango 1998 (Statistics in Medicine 17:891), the score interval of a paired difference: the
    drop at which `tango_z` is -Z.
    """
    from scipy.optimize import brentq

    observed, most = (lost - gained) / n, 1 - 1e-12
    if observed >= most or tango_z(lost, gained, n, drop=most) > -Z:
        return 1.0
    found = brentq(lambda drop: tango_z(lost, gained, n, drop=drop) + Z, observed, most, xtol=1e-12)
    return float(found)


def tango_z(lost: int, gained: int, n: int, *, drop: float) -> float:
    """Return Tango's score statistic of a drop in [-1, 1]; 0 where it is 0 / 0.

    q is the probability of a gain that is likeliest if the drop is true, the positive root of
    2 n q^2 + B q + C.
    """
    linear = -lost - gained + (2 * n - lost + gained) * drop
    constant = -gained * drop * (1 - drop)
    root = sqrt(max(0.0, linear * linear - 8 * n * constant))
    q = (root - linear) / (4 * n)
    variance = n * (2 * q + drop * (1 - drop))
    distance = lost - gained - n * drop
    if variance <= 0:
        return 0.0 if distance == 0 else float("inf") if distance > 0 else float("-inf")
    return distance / sqrt(variance)


def bonett_price_lower_bound(lost: int, gained: int, n: int) -> float:
    """Return the one-sided 95 % lower bound of the drop.

    Bonett and Price 2012 (Journal of Educational and Behavioral Statistics 37:479): the Wald
    bound after adding one to each discordant count and two to n.
    """
    shift, error = _adjusted(lost, gained, n)
    return max(-1.0, shift - Z * error)


def _adjusted(lost: int, gained: int, n: int) -> tuple[float, float]:
    """Return Bonett and Price's point and its standard error."""
    p1, p2 = (lost + 1) / (n + 2), (gained + 1) / (n + 2)
    return p1 - p2, sqrt((p1 + p2 - (p1 - p2) ** 2) / (n + 2))
