"""The lesser of two sums: its bounds hold whichever of the two is the lower one in truth."""

from __future__ import annotations

import numpy as np
import pytest

from trusteval.stats.clusters import Cell, estimate_difference, estimate_score
from trusteval.stats.lesser import Two, estimate_lesser, estimate_lesser_difference

ITEMS = 60
RUNS = 600
SEED = 2511
# A share of 5 % in so many runs is seen as more than that once in a thousand times.
MISSES = 0.05 + 0.028


def cell(right: np.ndarray, *, weight: float = 1.0) -> Cell:
    units = np.arange(len(right))
    return Cell(weight, right.astype(float), units, np.zeros_like(units))


def two(one: np.ndarray, other: np.ndarray, *, weight: float = 1.0) -> Two:
    return Two((cell(one, weight=weight),), (cell(other, weight=weight),))


def flags(*, right: int, of: int = 20) -> np.ndarray:
    return np.arange(of) < right


def test_lesser_counts_and_is_bounded_from_below_as_if_it_were_the_only_one() -> None:
    found = estimate_lesser([], [two(flags(right=16), flags(right=14))])
    assert found.value == pytest.approx(0.7)
    assert found.low == estimate_score([cell(flags(right=14))]).low


def test_upper_bound_is_that_of_the_mean_while_nobody_can_tell_which_is_lower() -> None:
    one, other = flags(right=16), flags(right=14)
    halves = [cell(one, weight=0.5), cell(other, weight=0.5)]
    assert estimate_lesser([], [two(one, other)]).high == estimate_score(halves).high


def test_upper_bound_is_the_lower_ones_own_where_that_is_clear() -> None:
    found = estimate_lesser([], [two(flags(right=20), flags(right=2))])
    assert found.high == estimate_score([cell(flags(right=2))]).high


def test_what_always_counts_is_added() -> None:
    fixed = cell(flags(right=10), weight=0.5)
    found = estimate_lesser([fixed], [two(flags(right=20), flags(right=2), weight=0.5)])
    assert found.value == pytest.approx(0.25 + 0.05)


def test_identical_answers_show_no_more_of_a_drop_than_one_way_alone_would() -> None:
    same = [two(flags(right=16), flags(right=14))]
    found = estimate_lesser_difference([], reference=same, subject=same)
    alone = estimate_difference([cell(np.zeros(20))])
    assert (found.value, found.low, found.high) == (0.0, alone.low, alone.high)


def test_drop_in_the_way_that_does_not_count_is_none_but_widens_the_bound_above() -> None:
    kept = flags(right=10)
    reference, subject = [two(flags(right=12), kept)], [two(flags(right=10), kept)]
    found = estimate_lesser_difference([], reference=reference, subject=subject)
    lost = estimate_difference([cell(flags(right=2))])
    assert found.value == 0.0
    assert found.high == lost.high
    assert found.low == estimate_difference([cell(np.zeros(20))]).low


def _answers(chance: np.random.Generator, levels: np.ndarray, skill: float) -> np.ndarray:
    """Draw whether items of these levels are answered right, about `skill` of them."""
    return np.asarray(levels + chance.normal(0, 0.5, len(levels)) < skill)


@pytest.mark.parametrize("apart", [0.0, 0.1, 0.3, 0.8])
def test_bounds_of_a_lesser_hold_whichever_is_lower(apart: float) -> None:
    chance = np.random.default_rng(SEED)
    truth = min(
        _answers(chance, chance.normal(size=400_000), skill).mean() for skill in (0.5, 0.5 + apart)
    )
    below = above = 0
    for _ in range(RUNS):
        levels = chance.normal(size=ITEMS)
        found = estimate_lesser(
            [], [two(_answers(chance, levels, 0.5), _answers(chance, levels, 0.5 + apart))]
        )
        below += found.low > truth
        above += found.high < truth
    assert max(below, above) / RUNS <= MISSES


@pytest.mark.parametrize("lost", [0.0, 0.2])
@pytest.mark.parametrize("apart", [0.0, 0.3])
def test_bounds_of_a_drop_hold_where_the_worse_way_changes(apart: float, lost: float) -> None:
    skills = {"reference": (0.8, 0.8 + apart), "subject": (0.8 - lost, 0.8 - 2 * lost)}
    chance = np.random.default_rng(SEED)
    true = {
        who: min(_answers(chance, chance.normal(size=400_000), one).mean() for one in of_two)
        for who, of_two in skills.items()
    }
    truth = true["reference"] - true["subject"]
    below = above = 0
    for _ in range(RUNS):
        levels = chance.normal(size=ITEMS)
        answered = {
            who: [two(*(_answers(chance, levels, one) for one in of_two))]
            for who, of_two in skills.items()
        }
        found = estimate_lesser_difference([], **answered)
        below += found.low > truth
        above += found.high < truth
    assert max(below, above) / RUNS <= MISSES
