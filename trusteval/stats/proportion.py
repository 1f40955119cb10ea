"""One proportion: the Clopper-Pearson interval, and the exact tests that invert it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Proportion:
    """The estimate of a proportion from `successes` among `n`.

    `low` and `high` are the Clopper-Pearson 90 % interval, each bound one-sided 95 % (Clopper and
    Pearson 1934, by quantiles of the beta distribution). The p-values are those of the exact
    binomial test, which the bounds invert. Raises ValueError unless 0 <= successes <= n and n > 0.
    """

    successes: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.n or self.n == 0:
            raise ValueError(
                f"expected 0 <= successes <= n and n > 0, got {self.successes} of {self.n}"
            )

    @property
    def value(self) -> float:
        return self.successes / self.n

    @cached_property
    def low(self) -> float:
        from scipy.special import betaincinv

        if self.successes == 0:
            return 0.0
        return float(betaincinv(self.successes, self.n - self.successes + 1, 0.05))

    @cached_property
    def high(self) -> float:
        from scipy.special import betaincinv

        if self.successes == self.n:
            return 1.0
        return float(betaincinv(self.successes + 1, self.n - self.successes, 0.95))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "the proportion is below the limit": P(X <= successes)."""
        from scipy.special import bdtr

        return float(bdtr(self.successes, self.n, limit))

    def p_above(self, limit: float) -> float:
        """Return the p-value of "the proportion is above the limit": P(X >= successes)."""
        from scipy.special import bdtrc

        return float(bdtrc(self.successes - 1, self.n, limit)) if self.successes else 1.0
