"""What bounds a vote: counted on few rows, and against statsmodels and numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.stats.ceiling import all_wrong, mean_correlation, oracle_accuracy
from trusteval.stats.design import Design
from trusteval.stats.undefined import Undefined

RIGHT = np.array([[1, 1, 0], [0, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 0]], bool)


def test_ceiling_is_what_some_member_gets_right() -> None:
    from statsmodels.stats.proportion import proportion_confint

    design = Design.of(5)
    beta, oracle = all_wrong(RIGHT, design=design), oracle_accuracy(RIGHT, design=design)
    assert (beta.value, oracle.value) == pytest.approx((2 / 5, 3 / 5))
    expected = proportion_confint(3, 5, alpha=0.1, method="beta")
    assert (oracle.low, oracle.high) == pytest.approx(expected)


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=12))
def test_no_choice_among_members_beats_the_ceiling(found: list[list[bool]]) -> None:
    right = np.array(found)
    ceiling = oracle_accuracy(right, design=Design.of(len(right))).value
    best = max(right[:, place].mean() for place in range(3))
    majority = (right.sum(axis=1) > 1).mean()
    assert max(best, majority) <= ceiling + 1e-12


def test_mean_correlation_is_that_of_numpy_over_the_pairs_that_have_one() -> None:
    found = mean_correlation(RIGHT, design=Design.of(5))
    assert found.value == pytest.approx(np.corrcoef(RIGHT[:, 0], RIGHT[:, 1])[0, 1])
    assert (found.pairs, found.undefined) == (3, 2)
    alone = mean_correlation(RIGHT[:, :1], design=Design.of(5))
    assert isinstance(alone.value, Undefined)


@pytest.mark.parametrize("third", [False, True])
def test_three_equal_members_lose_by_their_correlation(third: bool) -> None:
    chance = np.random.default_rng(1)
    right = chance.random((400, 3)) < 0.7
    right |= (chance.random(400) < 0.2)[:, None]
    if third:
        right[:, 2] &= right[:, 0]
    # Symmetrised over the order of members, so that all are equal on these rows.
    right = np.concatenate([right[:, list(order)] for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1))])
    p, c = right.mean(), mean_correlation(right, design=Design.of(len(right))).value
    assert isinstance(c, float)
    t = (right - p).prod(axis=1).mean()
    seen = (right.sum(axis=1) > 1).mean()
    assert seen == pytest.approx(3 * p**2 - 2 * p**3 - 3 * c * (2 * p - 1) * p * (1 - p) - 2 * t)
