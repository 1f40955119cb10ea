"""Drops of scores whose items weigh unevenly: bounds that no further loss improves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trusteval.stats.clusters import Cell, estimate_difference
from trusteval.stats.estimate import ALPHA, Z
from trusteval.stats.losses import Losses
from trusteval.stats.paired import tango_upper_bound

LIMITS = (0.0, 0.01, 0.05, 0.2)


def losses(u, weight) -> Losses:
    total = sum(weight)
    return Losses(np.array(u) / total, np.array(weight) / total, int(np.count_nonzero(u)))


@st.composite
def further_losses(draw):
    """Return the shares (-1 to 1) that items lost, then with one of them losing more."""
    weight = draw(st.lists(st.sampled_from([0.1, 1.0, 2.0, 5.5, 9.0]), min_size=1, max_size=12))
    steps = st.integers(-4, 4)
    before = draw(st.lists(steps, min_size=len(weight), max_size=len(weight)))
    place = draw(st.integers(0, len(weight) - 1))
    after = [*before]
    after[place] = draw(st.integers(before[place], 4))
    return tuple(
        losses([w * s / 4 for w, s in zip(weight, steps, strict=True)], weight)
        for steps in (before, after)
    )


@given(further_losses(), st.sampled_from(LIMITS))
def test_who_loses_more_has_no_better_bound_and_no_larger_p(pair, limit):
    fewer, more = pair
    assert more.high >= fewer.high - 1e-9
    assert more.p_above(limit) <= fewer.p_above(limit) + 1e-9


ALL_LOST = losses([0.0, 0.0, 10.0, 0.0, 10.0, 10.0], [1.0, 1.0, 10.0, 1.0, 10.0, 10.0])


@given(further_losses(), st.sampled_from(LIMITS))
@example((ALL_LOST, ALL_LOST), 0.0)
def test_bounds_hold_the_value_and_are_where_the_p_values_say(pair, limit):
    for one in pair:
        assert -1 <= one.low <= one.value + 1e-9
        assert one.value <= one.high + 1e-9 <= 1 + 2e-9
        assert (one.p_above(limit) <= ALPHA) == (one.low >= limit) or abs(one.low - limit) < 1e-6
        assert (one.p_below(limit) <= ALPHA) == (one.high <= limit) or abs(one.high - limit) < 1e-6


@given(further_losses(), st.sampled_from(LIMITS), st.sampled_from(LIMITS))
@example((ALL_LOST, ALL_LOST), 0.0, 0.2)
def test_a_wider_limit_is_never_harder_to_show(pair, one, other):
    narrow, wide = sorted((one, other))
    for drop in pair:
        assert drop.p_below(wide) <= drop.p_below(narrow) + 1e-6
        assert drop.p_above(wide) >= drop.p_above(narrow) - 1e-6
        assert drop.p_below(drop.value - 0.01) >= 0.5


@pytest.mark.parametrize("n", [50, 200, 2109])
def test_identical_answers_of_even_items_reach_as_far_as_pairs_do(n):
    identical = losses([0.0] * n, [1.0] * n)
    assert identical.high == pytest.approx(Z * Z / n)
    assert identical.high == pytest.approx(tango_upper_bound(0, 0, n), rel=0.06)
    assert identical.p_above(0.0) == pytest.approx(0.5)


@pytest.mark.parametrize(("lost", "gained"), [(3, 0), (12, 4), (20, 20)])
def test_even_items_have_nearly_the_bound_of_pairs(lost, gained):
    n = 500
    u = [1.0] * lost + [-1.0] * gained + [0.0] * (n - lost - gained)
    assert losses(u, [1.0] * n).high == pytest.approx(tango_upper_bound(lost, gained, n), abs=0.004)


def test_one_heavy_item_is_no_drop_that_is_shown():
    weight = [9.0] + [1.0] * 91
    assert losses([9.0] + [0.0] * 91, weight).p_above(0.0) > ALPHA
    assert losses([9.0] + [1.0] * 20 + [0.0] * 71, weight).p_above(0.0) < ALPHA


def test_a_heavy_loss_does_not_hide_a_drop_that_light_ones_show():
    weight = [100.0] + [1.0] * 400
    light = losses([0.0] + [1.0] * 20 + [0.0] * 380, weight)
    both = losses([100.0] + [1.0] * 20 + [0.0] * 380, weight)
    assert both.p_above(0.01) <= light.p_above(0.01)


def test_rows_of_an_item_that_differ_both_ways_cancel_and_are_counted():
    cells = [
        Cell(0.5, np.array([1.0, 0.0]), np.array([0, 1]), np.zeros(2, np.int64)),
        Cell(0.5, np.array([-1.0, 0.0]), np.array([0, 1]), np.zeros(2, np.int64)),
    ]
    found = estimate_difference(cells)
    assert isinstance(found, Losses)
    assert (found.value, found.differing) == (0.0, 1)
