"""The Pareto front, against its definition point by point."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trusteval.stats.pareto import front

Points = list[tuple[float, float]]
points = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=15)


def on_front(found: Points) -> list[bool]:
    costs, values = [cost for cost, _ in found], [value for _, value in found]
    return front(costs, values).tolist()


def beats(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a != b and a[0] <= b[0] and a[1] >= b[1]


@given(points)
@example([(1, 1), (1, 1)])
@example([(1, 1), (1, 2), (2, 2)])
def test_front_is_what_no_point_beats(found: Points) -> None:
    assert on_front(found) == [not any(beats(other, one) for other in found) for one in found]


@given(points)
def test_whatever_is_off_the_front_is_beaten_by_a_point_on_it(found: Points) -> None:
    best = [one for one, on in zip(found, on_front(found), strict=True) if on]
    for one in found:
        assert one in best or any(beats(other, one) for other in best)


@given(points.filter(bool))
def test_cheapest_and_worthiest_are_on_the_front(found: Points) -> None:
    best = [one for one, on in zip(found, on_front(found), strict=True) if on]
    assert min(cost for cost, _ in best) == min(cost for cost, _ in found)
    assert max(value for _, value in best) == max(value for _, value in found)


@pytest.mark.parametrize(("costs", "values"), [([1], [nan]), ([inf], [1]), ([1, 2], [1])])
def test_points_without_a_number_are_refused(costs: list[float], values: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        front(costs, values)
