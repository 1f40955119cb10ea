"""What a vote could reach: against enumeration of every outcome, and rows of known chances."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trusteval.stats.ceiling import (
    all_wrong,
    condorcet,
    majority_accuracy,
    mean_correlation,
    oracle_accuracy,
)
from trusteval.stats.design import Design
from trusteval.stats.undefined import Undefined

RIGHT = np.array([[1, 1, 0], [0, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 0]], bool)


def by_brute_force(right: list[float], wrong: list[float]) -> float:
    """Add up the chances of every outcome in which the first tied or leading label is right."""
    total = 0.0
    for outcome in product("rw-", repeat=len(right)):
        chance = prod(
            {"r": p, "w": q, "-": 1 - p - q}[one]
            for one, p, q in zip(outcome, right, wrong, strict=True)
        )
        votes = [one for one in outcome if one != "-"]
        leaders = [one for one in votes if votes.count(one) == max(map(votes.count, votes))]
        total += chance * (leaders[:1] == ["r"])
    return total


members = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6)


@given(members)
@example([(0.5, 1.0)] * 2)
@example([(0.7, 0.0), (0.2, 0.5)])
def test_prediction_is_the_sum_over_every_outcome(found: list[tuple[float, float]]) -> None:
    right = [p * (1 - silent) for p, silent in found]
    wrong = [(1 - p) * (1 - silent) for p, silent in found]
    assert majority_accuracy(right, wrong) == pytest.approx(by_brute_force(right, wrong), abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7))
def test_without_silence_right_and_wrong_are_all(right: list[float]) -> None:
    wrong = [1 - p for p in right]
    assert majority_accuracy(right) == pytest.approx(by_brute_force(right, wrong), abs=1e-9)


def test_known_majorities() -> None:
    assert majority_accuracy([0.6, 0.6, 0.6]) == pytest.approx(3 * 0.36 - 2 * 0.216)
    assert majority_accuracy([0.9, 0.6]) == pytest.approx(0.9)
    assert majority_accuracy([0.5, 0.3], [0.0, 0.0]) == pytest.approx(1 - 0.5 * 0.7)
    assert majority_accuracy([]) == 0


@pytest.mark.parametrize("wrong", [[0.6], [-0.1]])
def test_chances_that_are_none_are_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="at most 1"):
        majority_accuracy([0.5], wrong)


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


def _rows(n: int, *, common: float, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw members that are right at 0.8, 0.7 and 0.6 and silent at 0.2, some rows alike."""
    alike = (chance.random(n) < common)[:, None]
    draw = np.where(alike, chance.random((n, 1)), chance.random((n, 3)))
    voted = chance.random((n, 3)) < 0.8
    return voted & (draw < [0.8, 0.7, 0.6]), voted


def _majority(right: np.ndarray, voted: np.ndarray) -> np.ndarray:
    lead = right.sum(axis=1) - (voted & ~right).sum(axis=1)
    first = right[np.arange(len(right)), voted.argmax(axis=1)]
    return (lead > 0) | ((lead == 0) & first)


def test_independent_members_show_what_condorcet_predicts_and_alike_ones_less() -> None:
    chance = np.random.default_rng(3)
    held, less = 0, 0
    for _ in range(300):
        right, voted = _rows(400, common=0.0, chance=chance)
        found = condorcet(right, voted, _majority(right, voted), design=Design.of(400))
        held += found.excess.low <= 0 <= found.excess.high
        right, voted = _rows(400, common=0.8, chance=chance)
        alike = condorcet(right, voted, _majority(right, voted), design=Design.of(400))
        less += alike.excess.high < 0
        assert found.excess.value == pytest.approx(found.seen.value - found.predicted)
    assert 0.86 <= held / 300 <= 0.94
    assert less / 300 > 0.5


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
