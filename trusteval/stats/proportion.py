"""One proportion: the Clopper-Pearson interval, and the exact tests that invert it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Proportion:
    """The estimate of a proportion from `successes` among `n`.

    `low` and `high` are the Clopper-Pearson 90 % interval, each bound one-sided 95 % (Clopper and
    Pearson 1934, by quantiles of the beta distribution). The p-values are those of the exact
    binomial test, which the bounds invert. Neither number need be whole: what weighs unevenly is
    worth fewer (Korn and Graubard 1998). Raises ValueError unless 0 <= successes <= n and n > 0.
    """

    successes: float
    n: float

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.n * (1 + _ROUNDING) or self.n == 0:
            raise ValueError(
                f"expected 0 <= successes <= n and n > 0, got {self.successes} of {self.n}"
            )
        for whole in (0.0, self.n):  # sums of weights end beside the ends, not on them
            if abs(self.successes - whole) <= _ROUNDING * self.n:
                object.__setattr__(self, "successes", whole)

    @property
    def value(self) -> float:
        return self.successes / self.n

    @property
    def failures(self) -> float:
        return self.n - self.successes

    @cached_property
    def low(self) -> float:
        from scipy.special import betaincinv

        if self.successes == 0:
            return 0.0
        return float(betaincinv(self.successes, self.failures + 1, 0.05))

    @cached_property
    def high(self) -> float:
        from scipy.special import betaincinv

        if self.failures == 0:
            return 1.0
        return float(betaincinv(self.successes + 1, self.failures, 0.95))

    def p_below(self, limit: float) -> float:
        """Return the p-value of "the proportion is below the limit": P(X <= successes)."""
        from scipy.special import betaincc

        return float(betaincc(self.successes + 1, self.failures, limit)) if self.failures else 1.0

    def p_above(self, limit: float) -> float:
        """Return the p-value of "the proportion is above the limit": P(X >= successes)."""
        from scipy.special import betainc

        return float(betainc(self.successes, self.failures + 1, limit)) if self.successes else 1.0
