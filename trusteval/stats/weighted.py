"""A share of a population, estimated from units that were drawn unevenly, stratum by stratum.

The estimate is Hajek's weighted mean, its variance that of its linear form within strata (Cochran
1977, sections 5A and 6; Lumley 2010, section 2). The interval is Clopper and Pearson's on the
effective sample size, after Korn and Graubard (1998), which Kish's (1965) bounds from above: strata
in which everything agrees are no certainty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, inf, isinf

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DRAWS = 9_999
"""How many tables a p-value is made of, so that it is a multiple of 1 / 10,000."""
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Share:
    """A weighted share of `n` units, with the 90 % interval `low` to `high`.

    `effective_n` is how many evenly drawn units would know as much: infinite where every unit of
    the population was seen, and then the interval is the value.
    """

    value: float
    n: int
    effective_n: float

    @property
    def low(self) -> float:
        from scipy.special import betaincinv

        if isinf(self.effective_n):
            return self.value
        x = self.value * self.effective_n
        return 0.0 if x <= 0 else float(betaincinv(x, self.effective_n - x + 1, 0.05))

    @property
    def high(self) -> float:
        from scipy.special import betaincinv

        if isinf(self.effective_n):
            return self.value
        x = self.value * self.effective_n
        return 1.0 if self.value >= 1 else float(betaincinv(x + 1, self.effective_n - x, 0.95))


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Units that were seen: whether each has what is asked about, and where it was drawn.

    `stratum` indexes `sizes`, how many units the population has there, and `drawn`, how many were
    drawn with equal chances, of which all or some were seen.
    """

    y: Flags
    stratum: Codes
    sizes: Codes
    drawn: Codes

    def share(self, counted: Flags) -> Share | None:
        """Estimate the share among the population's units that are like those `counted`.

        None where there is none of them. A stratum's only unit varies around the estimate.
        """
        if not counted.any():
            return None
        weight = np.where(counted, (self.sizes / np.maximum(self.drawn, 1))[self.stratum], 0.0)
        total = weight.sum()
        value = float((weight * self.y).sum() / total)
        seen = np.bincount(self.stratum, minlength=len(self.sizes))
        unseen = 1 - seen / self.sizes
        u = weight * (self.y - value) / total
        variance = sum(
            unseen[place] * seen[place] * _variance(u[self.stratum == place])
            for place in np.unique(self.stratum[counted]).tolist()
        )
        spread = float((weight**2 * unseen[self.stratum]).sum())
        even = inf if np.isclose(spread, 0) else float(total**2 / spread)
        return Share(
            value=value,
            n=int(counted.sum()),
            effective_n=min(even, value * (1 - value) / variance) if variance > 0 else even,
        )


def equal_shares_p(shares: Sequence[Share], *, seed: int) -> float:
    """Return the p-value of "these shares of separate parts are equal".

    Pearson's chi-square on the effective counts (Rao and Scott 1992), rounded down, among random
    tables of the same margins: it holds where counts are small. Never more units than were seen.
    """
    from scipy.stats import random_table

    n = [floor(min(share.effective_n, share.n)) for share in shares]
    having = [round(share.value * size) for share, size in zip(shares, n, strict=True)]
    table = np.array([[a, b - a] for a, b in zip(having, n, strict=True) if b], np.int64)
    if len(table) < 2 or 0 in table.sum(axis=0):
        return 1.0
    margins = table.sum(axis=1), table.sum(axis=0)
    expected = np.outer(*margins) / table.sum()
    drawn = random_table(*margins, seed=np.random.default_rng(seed)).rvs(DRAWS)
    observed = ((table - expected) ** 2 / expected).sum()
    statistics = ((drawn - expected) ** 2 / expected).sum(axis=(1, 2))
    reaching = np.count_nonzero(statistics >= observed * (1 - _SAME) - _SAME)
    return (1 + int(reaching)) / (1 + DRAWS)


def _variance(u: npt.NDArray[np.float64]) -> float:
    return float(u.var(ddof=1)) if len(u) > 1 else float((u**2).sum())
