"""Halves of units: whole, balanced, random, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.stats.crossfit import cross_fit, halves

rows = st.lists(st.tuples(st.integers(-3, 20), st.integers(0, 3)), max_size=60)


def columns(found: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(found, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


@given(rows, st.integers(0, 5))
def test_every_unit_is_whole_on_one_side(found: list[tuple[int, int]], seed: int) -> None:
    units, strata = columns(found)
    second = halves(units, strata, seed=seed)
    for unit in set(units.tolist()):
        assert len(set(second[units == unit].tolist())) == 1


@given(rows, st.integers(0, 5))
def test_sides_differ_by_at_most_one_unit_in_every_stratum(
    found: list[tuple[int, int]], seed: int
) -> None:
    units, strata = columns([(unit, unit % 3) for unit, _ in found])
    second = halves(units, strata, seed=seed)
    for chosen in (strata == 0, strata == 1, strata == 2, strata >= 0):
        sides = [len(set(units[chosen & side].tolist())) for side in (second, ~second)]
        assert abs(sides[0] - sides[1]) <= 1


@given(rows, st.integers(0, 5), st.randoms(use_true_random=False))
def test_split_depends_on_the_seed_and_the_units_not_on_the_order_of_rows(
    found: list[tuple[int, int]], seed: int, random
) -> None:
    units, strata = columns(found)
    order = np.array(random.sample(range(len(found)), len(found)), np.int64)
    expected = halves(units, strata, seed=seed)[order]
    assert halves(units[order], strata[order], seed=seed).tolist() == expected.tolist()


def test_another_seed_splits_otherwise_and_every_unit_changes_sides() -> None:
    units, strata = np.arange(101), np.zeros(101, np.int64)
    splits = np.array([halves(units, strata, seed=seed) for seed in range(200)])
    assert len({tuple(split) for split in splits.tolist()}) == 200
    assert splits.mean(axis=0) == pytest.approx(0.5, abs=0.2)
    # Neighbours go together as often as any two of 101 drawn halves do: in 49.5 of 100.
    assert (splits[:, 0] == splits[:, 1]).mean() == pytest.approx(0.5, abs=0.12)


def test_rows_without_a_stratum_are_refused() -> None:
    with pytest.raises(ValueError, match="per row"):
        halves(np.arange(3), np.arange(2))


def test_what_is_learned_from_one_half_is_said_of_the_other_only() -> None:
    second = np.array([True, False, True, False])
    told = cross_fit(lambda on: np.full(4, int(np.flatnonzero(on)[0])), second)
    assert told.tolist() == [1, 0, 1, 0]
