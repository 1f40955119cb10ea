"""How far two independent figures lie apart: statsmodels' Newcombe, and how often it holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from trusteval.stats.apart import Apart
from trusteval.stats.estimate import Normal
from trusteval.stats.proportion import Proportion

counts = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@dataclass(frozen=True)
class Wilson:
    """Wilson's interval, which Newcombe joins."""

    positive: int
    n: int

    @property
    def value(self) -> float:
        return self.positive / self.n

    @property
    def low(self) -> float:
        return float(proportion_confint(self.positive, self.n, alpha=0.1, method="wilson")[0])

    @property
    def high(self) -> float:
        return float(proportion_confint(self.positive, self.n, alpha=0.1, method="wilson")[1])

    def p_above(self, limit: float) -> float:
        raise NotImplementedError

    def p_below(self, limit: float) -> float:
        raise NotImplementedError


@given(counts, counts)
def test_wilsons_intervals_are_joined_as_newcombe_joins_them(first, second):
    apart = Apart(Wilson(*first), Wilson(*second))
    low, high = confint_proportions_2indep(*first, *second, method="newcomb", alpha=0.1)
    assert (apart.low, apart.high) == pytest.approx((low, high), abs=1e-9)


@given(counts, counts)
def test_exact_intervals_give_a_wider_one_that_is_turned_with_the_groups(first, second):
    apart = Apart(Proportion(*first), Proportion(*second))
    turned = Apart(Proportion(*second), Proportion(*first))
    newcombe = Apart(Wilson(*first), Wilson(*second))
    assert (apart.value, apart.low) == (-turned.value, -turned.high)
    assert -1 <= apart.low <= apart.value <= apart.high <= 1
    assert apart.high - apart.low >= newcombe.high - newcombe.low


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.01, 1), st.floats(0.01, 1))
def test_normal_figures_lie_apart_by_the_root_of_their_variances(a, b, error_a, error_b):
    apart = Apart(Normal(a, error_a), Normal(b, error_b))
    expected = Normal(a - b, np.hypot(error_a, error_b))
    assert (apart.low, apart.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(("p", "q"), [(0.5, 0.5), (0.9, 0.8), (0.05, 0.1), (0.02, 0.6)])
@pytest.mark.parametrize(("n", "m"), [(30, 30), (12, 40)])
def test_each_bound_holds_in_nineteen_of_twenty_runs(p, q, n, m):
    missed_low = missed_high = 0.0
    for k in range(n + 1):
        for j in range(m + 1):
            apart = Apart(Proportion(k, n), Proportion(j, m))
            chance = binom.pmf(k, n, p) * binom.pmf(j, m, q)
            missed_low += chance * (apart.low > p - q)
            missed_high += chance * (apart.high < p - q)
    assert missed_low <= 0.05
    assert missed_high <= 0.05
