"""Shapley values: their axioms, and the average over all orders of joining."""

from __future__ import annotations

from itertools import permutations
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trusteval.stats.shapley import shapley


def by_orders(values: list[float], m: int) -> list[float]:
    orders = list(permutations(range(m)))
    totals = [0.0] * m
    for order in orders:
        joined = 0
        for member in order:
            totals[member] += values[joined | 1 << member] - values[joined]
            joined |= 1 << member
    return [total / len(orders) for total in totals]


numbers = st.floats(-10, 10)


def tables(m: int) -> st.SearchStrategy[list[float]]:
    return st.lists(numbers, min_size=2**m, max_size=2**m)


games = st.integers(0, 5).flatmap(tables)
approx = pytest.approx


@settings(max_examples=60, deadline=None)
@given(games)
def test_value_is_the_mean_of_what_a_member_adds_over_all_orders(values: list[float]) -> None:
    m = len(values).bit_length() - 1
    assert shapley(values) == approx(by_orders(values, m), abs=1e-9)


@given(games)
def test_members_share_all_that_is_reached(values: list[float]) -> None:
    assert sum(shapley(values)) == approx(values[-1] - values[0], abs=1e-9)


@given(tables(4))
def test_members_that_can_be_exchanged_get_the_same(values: list[float]) -> None:
    swapped = {0b01: 0b10, 0b10: 0b01}
    alike = [
        (value + values[(index & ~0b11) | swapped.get(index & 0b11, index & 0b11)]) / 2
        for index, value in enumerate(values)
    ]
    found = shapley(alike)
    assert found[0] == approx(found[1], abs=1e-9)


@given(tables(3), numbers)
def test_member_that_adds_the_same_to_every_subset_gets_that(values: list[float], own) -> None:
    found = shapley([*values, *[value + own for value in values]])
    assert found == approx([*shapley(values), own], abs=1e-9)


@given(tables(3), tables(3), numbers)
def test_values_of_a_sum_are_the_sum_of_values(one: list[float], other: list[float], by) -> None:
    both = [a + by * b for a, b in zip(one, other, strict=True)]
    expected = [a + by * b for a, b in zip(shapley(one), shapley(other), strict=True)]
    assert shapley(both) == approx(expected, abs=1e-9)


def test_majority_of_three_is_shared_evenly_and_ten_members_are_counted() -> None:
    assert shapley([0, 0, 0, 1, 0, 1, 1, 1]) == approx([1 / 3] * 3)
    assert shapley([bin(index).count("1") / 10 for index in range(1024)]) == approx([0.1] * 10)


@pytest.mark.parametrize("values", [[], [0.0] * 3, [0.0] * 6, [0.0, nan], [0.0, 1.0, inf, 1.0]])
def test_table_without_a_value_for_every_subset_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="every subset"):
        shapley(values)
